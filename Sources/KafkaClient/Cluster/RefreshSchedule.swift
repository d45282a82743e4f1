/// When to ask for metadata: at once when asked to, one question at a time, and with back-off while
/// answers fail or do not suffice.
struct RefreshSchedule {
    /// What to do.
    enum Action: Equatable {
        /// Nothing: a question is under way or a timer runs.
        case none
        /// Ask now.
        case ask
        /// Ask at this time.
        case wait(untilNs: UInt64)
    }

    private enum State: Equatable {
        case idle
        case asking(again: Bool)
        case waiting(untilNs: UInt64)
    }

    private let backoff: Backoff
    private var state = State.idle
    private(set) var failures = 0

    init(backoff: Backoff) { self.backoff = backoff }

    /// A caller needs a newer answer than the last one.
    mutating func want(nowNs: UInt64) -> Action {
        switch state {
        case .idle:
            // Right after a failure the same question waits; a first one does not.
            guard failures == 0 else { return wait(nowNs: nowNs) }
            state = .asking(again: false)
            return .ask
        case .asking:
            state = .asking(again: true)
            return .none
        case .waiting: return .none
        }
    }

    /// The answer suffices for everybody who waits (`isEnough`), or there must be another.
    mutating func answered(isEnough: Bool, nowNs: UInt64) -> Action {
        guard case .asking(let again) = state else { return .none }
        state = .idle
        guard isEnough else {
            failures += 1
            return wait(nowNs: nowNs)
        }
        failures = 0
        guard again else { return .none }
        state = .asking(again: false)
        return .ask
    }

    /// No answer came.
    mutating func failed(isNeeded: Bool, nowNs: UInt64) -> Action {
        state = .idle
        failures += 1
        return isNeeded ? wait(nowNs: nowNs) : .none
    }

    /// The time that was waited for has come.
    mutating func woke() -> Action {
        guard case .waiting = state else { return .none }
        state = .asking(again: false)
        return .ask
    }

    private mutating func wait(nowNs: UInt64) -> Action {
        let untilNs = nowNs + backoff.waitNs(afterFailures: failures)
        state = .waiting(untilNs: untilNs)
        return .wait(untilNs: untilNs)
    }
}
