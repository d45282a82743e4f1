/// When each record of an open loop is meant to be sent: record n at `startNs + n / rate`, without drift.
public struct Pacer: Sendable, Equatable {
    /// When record 0 is meant to be sent.
    public let startNs: UInt64
    /// Nanoseconds from one record to the next.
    public let intervalNs: Double

    /// A schedule from `startNs` on; `perSecond` is above 0.
    public init(startNs: UInt64, perSecond: Double) {
        precondition(perSecond > 0)
        self.startNs = startNs
        intervalNs = 1_000_000_000 / perSecond
    }

    /// When the record with this number, from 0, is meant to be sent.
    public func intendedNs(of record: Int) -> UInt64 {
        startNs &+ UInt64((Double(record) * intervalNs).rounded())
    }

    /// How many records are due at a moment, from the first on.
    public func dueCount(atNs nowNs: UInt64) -> Int {
        guard nowNs >= startNs else { return 0 }
        var count = Int(Double(nowNs - startNs) / intervalNs) + 1
        // The division may be off by one where a record is due at this very nanosecond.
        while count > 0, intendedNs(of: count - 1) > nowNs { count -= 1 }
        while intendedNs(of: count) <= nowNs { count += 1 }
        return count
    }
}
