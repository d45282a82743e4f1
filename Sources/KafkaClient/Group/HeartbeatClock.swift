import System

/// When a member heartbeats, and when it has heard nothing for so long that its session is over.
struct HeartbeatClock {
    private var nextNs: UInt64 = 0
    private var heardNs: UInt64 = 0
    private var failures = 0
    private(set) var isUnderWay = false

    /// When something is due.
    func wakeNs(_ settings: MembershipSettings) -> UInt64 {
        let sessionEndNs = heardNs.later(byMs: settings.sessionTimeoutMs)
        return isUnderWay ? sessionEndNs : min(nextNs, sessionEndNs)
    }

    /// The coordinator answered to something that it takes for a sign of life.
    mutating func heard(_ settings: MembershipSettings, nowNs: UInt64) {
        heardNs = nowNs
        nextNs = nowNs.later(byMs: settings.heartbeatMs)
        failures = 0
        isUnderWay = false
    }

    /// Whether a heartbeat is due; then it is under way.
    mutating func begin(_ settings: MembershipSettings, nowNs: UInt64) -> Bool {
        guard !isUnderWay, nowNs >= nextNs else { return false }
        isUnderWay = true
        nextNs = nowNs.later(byMs: settings.heartbeatMs)
        return true
    }

    /// It failed: the next goes out after the back-off.
    mutating func failed(_ settings: MembershipSettings, nowNs: UInt64) {
        isUnderWay = false
        failures += 1
        nextNs = nowNs.later(by: settings.backoff.waitNs(afterFailures: failures))
    }

    /// Whether the session is over for want of an answer; another begins then, with another
    /// coordinator maybe.
    mutating func endSession(_ settings: MembershipSettings, nowNs: UInt64) -> Bool {
        guard nowNs >= heardNs.later(byMs: settings.sessionTimeoutMs) else { return false }
        heardNs = nowNs
        nextNs = nowNs
        isUnderWay = false
        return true
    }
}
