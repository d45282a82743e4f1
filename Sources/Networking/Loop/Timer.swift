extension EventLoop {
    /// A call that the loop will make at a set time, unless it is cancelled first.
    public final class Timer {
        private let loop: EventLoop
        /// Where the loop's heap holds this timer; −1 once it has fired or was cancelled.
        var heapIndex = -1
        private var body: (() -> Void)?
        private var stopped: (() -> Void)?

        init(loop: EventLoop, onStop stopped: (() -> Void)?, _ body: @escaping () -> Void) {
            self.loop = loop
            self.stopped = stopped
            self.body = body
        }

        /// True until the timer fires, is cancelled, or its loop stops.
        public var isPending: Bool { body != nil }

        /// Forgets the call if it has not been made yet; on the loop.
        public func cancel() {
            loop.preconditionCurrent()
            if heapIndex >= 0 { loop.timers.remove(at: heapIndex) }
            body = nil
            stopped = nil
        }

        func fire() {
            let body = self.body
            self.body = nil
            stopped = nil
            body?()
        }

        func stop() {
            let stopped = self.stopped
            self.stopped = nil
            body = nil
            stopped?()
        }
    }

    /// Calls `body` on the loop at `atNs` or as soon after as it can; on the loop.
    ///
    /// If the loop stops first, `onStop` is called instead (or, when it has stopped already, at
    /// once).
    @discardableResult
    public func schedule(
        atNs: UInt64, onStop: (() -> Void)? = nil, _ body: @escaping () -> Void
    ) -> Timer {
        preconditionCurrent()
        let timer = Timer(loop: self, onStop: onStop, body)
        if isOpen {
            timers.insert(timer, deadlineNs: atNs)
        } else {
            timer.stop()
        }
        return timer
    }

    /// Calls the timers that were due when this turn began; timers set meanwhile wait for the next
    /// turn. Returns the time if it read the clock, else 0.
    func fireTimers() -> UInt64 {
        guard timers.count > 0 else { return 0 }
        let nowNs = Self.nowNs()
        let sequence = timers.nextSequence
        while let timer = timers.popDue(nowNs, before: sequence) { timer.fire() }
        return nowNs
    }

    /// True if the next timer is due already; otherwise the wait will end when it is.
    func isTimerDue(atNs nowNs: UInt64) -> Bool {
        guard let earliestNs = timers.earliestNs else { return false }
        guard earliestNs > nowNs else { return true }
        poller.wake(atNs: earliestNs)
        return false
    }
}
