import System

/// When each record of an open loop is meant to be sent: record n at `startNs + n / rate`, to the
/// nanosecond, without drift however long it runs.
///
/// The rate is kept as a whole number of millionths, so that all arithmetic is of integers and the
/// two directions agree.
public struct Pacer: Sendable, Equatable {
    /// Nanoseconds in a second, times a million.
    private static let scale: UInt128 = 1_000_000_000_000_000

    /// When record 0 is meant to be sent.
    public let startNs: UInt64
    /// Records in a second, times a million; 1 up to `scale`.
    private let microRate: UInt128

    /// Nanoseconds from one record to the next.
    public var intervalNs: Double { Double(Self.scale) / Double(microRate) }

    /// A schedule from `startNs` on; `perSecond` is above 0, and is taken to the millionth and to
    /// at most 10⁹.
    public init(startNs: UInt64, perSecond: Double) {
        precondition(perSecond > 0)
        self.startNs = startNs
        microRate = UInt128(min(max((perSecond * 1_000_000).rounded(), 1), Double(Self.scale)))
    }

    /// When the record with this number, from 0, is meant to be sent.
    public func intendedNs(of record: Int) -> UInt64 {
        UInt64(clamping: UInt128(startNs) + UInt128(record) * Self.scale / microRate)
    }

    /// How many records are due at a moment, from the first on; so the next one is due at
    /// `intendedNs(of:)` this count.
    public func dueCount(atNs nowNs: UInt64) -> Int {
        guard nowNs >= startNs else { return 0 }
        // Record n is due when ⌊n × scale / rate⌋ ≤ elapsed, which is when n × scale < (elapsed
        // + 1) × rate.
        let elapsedNs = UInt128(nowNs.since(startNs))
        return Int(clamping: ((elapsedNs + 1) * microRate - 1) / Self.scale + 1)
    }
}
