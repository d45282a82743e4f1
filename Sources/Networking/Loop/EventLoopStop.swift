import Glibc
import Synchronization
import System

extension EventLoop {
    /// Jobs run before the thread ends; what is left then, or comes later, is run by the global
    /// pool.
    private static let drainedJobCountMax = 100_000

    /// Ends the loop: forgets every descriptor and timer and says so to their owners, runs the jobs
    /// that are queued, joins the thread and closes its descriptors.
    ///
    /// Sleeping tasks are resumed with `CancellationError`, connections are closed with
    /// `.loopStopped`. It may be called more than once and from anywhere, the loop's own tasks
    /// included; it returns when the thread has ended.
    public nonisolated(nonsending) func stop() async {
        let joins = shared.withLock { shared in
            if shared.stage == .running {
                shared.stage = .stopping
                poller.wake()
            }
            defer { shared.isJoinStarted = true }
            return !shared.isJoinStarted
        }
        if joins { Task.detached { self.joinThread() } }
        await joined.wait()
    }

    private func joinThread() {
        pthread_join(thread, nil)
        joined.fire()
    }

    /// The last thing that the loop's thread does.
    func shutDown() {
        isOpen = false
        for pollable in poller.removeAll() { pollable.loopStopped() }
        while let timer = timers.popAny() { timer.stop() }
        var left = Self.drainedJobCountMax
        repeat {
            shared.withLock { takeInbox(&$0) }
            left -= Self.jobCountMax
            endTurn()
        } while runJobs(countMax: Self.jobCountMax) && left > 0
        endTurn()
        actAsLoop(false)
        let runsLate = shared.withLock { shared in
            shared.stage = .ended
            poller.closeDescriptors()
            shared.isRunningLate = !shared.inbox.isEmpty || hasLocalWork
            return shared.isRunningLate
        }
        if runsLate { Task.detached { self.runLate() } }
    }

    private var hasLocalWork: Bool { runningIndex < running.count || !local.isEmpty }

    /// Runs what was enqueued after the thread's end, one at a time, as if it were the loop's
    /// thread; on the global pool.
    func runLate() {
        actAsLoop(true)
        shared.withLock { takeInbox(&$0) }
        runJobs(countMax: Self.jobCountMax)
        endTurn()
        actAsLoop(false)
        let hasMore = shared.withLock { shared in
            shared.isRunningLate = !shared.inbox.isEmpty || hasLocalWork
            return shared.isRunningLate
        }
        // A new task, so that one that yields for ever shares the pool with the others.
        if hasMore { Task.detached { self.runLate() } }
    }
}
