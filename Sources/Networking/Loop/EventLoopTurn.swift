import CLinux
import Glibc
import Synchronization

/// Something that acts once at the end of a turn, after all its events were handled.
protocol TurnEnder: AnyObject {
    func turnEnded()
}

extension EventLoop {
    /// Jobs in one turn, so that a task that yields for ever cannot keep the loop from its
    /// descriptors and timers.
    static let jobCountMax = 256

    func enqueue(_ work: Work) {
        if isCurrent { return local.append(work) }
        let startsLateRun = shared.withLock { shared in
            shared.inbox.append(work)
            if shared.isAsleep {
                shared.isAsleep = false
                // Under the lock, so that the loop cannot have closed its descriptors meanwhile.
                poller.wake()
            }
            guard shared.stage == .ended, !shared.isRunningLate else { return false }
            shared.isRunningLate = true
            return true
        }
        if startsLateRun { Task.detached { self.runLate() } }
    }

    /// The loop's thread from its start to its end.
    func run() {
        actAsLoop(true)
        _ = unsafe setThreadName(name)
        // The kernel's default lets waits end 50 µs late.
        _ = setTimerSlack(1)
        while shared.withLock({ $0.stage == .running }) { turn() }
        shutDown()
    }

    private func turn() {
        turnCount &+= 1
        runJobs(countMax: Self.jobCountMax)
        let nowNs = fireTimers()
        endTurn()
        let waits = !isTimerDue(atNs: nowNs) && prepareToWait()
        let count = poller.wait(timeoutMs: waits ? -1 : 0)
        shared.withLock { shared in
            shared.isAsleep = false
            takeInbox(&shared)
        }
        poller.dispatch(count)
    }

    /// True if there is nothing to do but wait.
    private func prepareToWait() -> Bool {
        guard runningIndex == running.count, local.isEmpty else { return false }
        return shared.withLock { shared in
            guard shared.inbox.isEmpty, shared.stage == .running else { return false }
            shared.isAsleep = true
            return true
        }
    }

    func takeInbox(_ shared: inout Shared) {
        guard !shared.inbox.isEmpty else { return }
        if local.isEmpty {
            swap(&local, &shared.inbox)
        } else {
            local.append(contentsOf: shared.inbox)
            shared.inbox.removeAll(keepingCapacity: true)
        }
    }

    /// Runs what is queued, in order, and what that enqueues; at most `countMax`. False if nothing
    /// was queued.
    @discardableResult
    func runJobs(countMax: Int) -> Bool {
        var left = countMax
        while left > 0 {
            if runningIndex == running.count {
                running.removeAll(keepingCapacity: true)
                runningIndex = 0
                swap(&running, &local)
                guard !running.isEmpty else { return left < countMax }
            }
            let work = running[runningIndex]
            runningIndex += 1
            left -= 1
            switch work {
            case .job(let job):
                unsafe job.runSynchronously(
                    isolatedTo: asUnownedSerialExecutor(), taskExecutor: asUnownedTaskExecutor())
            case .body(let body): body()
            }
        }
        return true
    }

    /// Calls all that asked for it during the turn, and those that ask meanwhile.
    func endTurn() {
        var index = 0
        while index < turnEnders.count {
            turnEnders[index].turnEnded()
            index += 1
        }
        turnEnders.removeAll(keepingCapacity: true)
    }
}
