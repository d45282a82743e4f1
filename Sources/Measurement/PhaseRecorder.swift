public import System

/// A named phase of a run, in nanoseconds since the recorder's start.
public struct PhaseSpan: Codable, Sendable, Equatable {
    /// What was done, such as "warm-up".
    public var name: String
    /// When it began.
    public var beginNs: UInt64
    /// When it ended.
    public var endNs: UInt64

    /// A phase with its begin and end.
    public init(name: String, beginNs: UInt64, endNs: UInt64) {
        self.name = name
        self.beginNs = beginNs
        self.endNs = endNs
    }
}

/// Collects the phases of one repeat, one after the other: beginning one ends the one before.
public struct PhaseRecorder: Sendable {
    /// The phases that have ended.
    public private(set) var spans: [PhaseSpan] = []
    private let originNs: UInt64
    private var current: (name: String, beginNs: UInt64)?

    /// A recorder whose spans count from `originNs` on the monotonic clock.
    public init(originNs: UInt64 = MonotonicClock.nowNs()) { self.originNs = originNs }

    /// Ends the current phase, if there is one, and begins another.
    public mutating func begin(_ name: String, atNs: UInt64 = MonotonicClock.nowNs()) {
        end(atNs: atNs)
        current = (name, atNs.since(originNs))
    }

    /// Ends the current phase, if there is one.
    public mutating func end(atNs: UInt64 = MonotonicClock.nowNs()) {
        guard let (name, beginNs) = current else { return }
        spans.append(PhaseSpan(name: name, beginNs: beginNs, endNs: max(beginNs, atNs.since(originNs))))
        current = nil
    }
}
