import System

/// The stretches of a window in which no record came, of which the longest is kept; it costs a
/// batch some comparisons.
struct ProgressGaps: Codable, Sendable, Equatable {
    private let beginNs: UInt64
    private let endNs: UInt64
    private var lastNs: UInt64
    private var momentCount: UInt64 = 0
    /// The longest stretch so far without a record.
    private(set) var longestNs: UInt64 = 0

    /// A window on the monotonic clock; what comes outside it does not count.
    init(beginNs: UInt64, endNs: UInt64 = .max) {
        self.beginNs = beginNs
        self.endNs = endNs
        lastNs = beginNs
    }

    /// Records came. Batches of one response come in the same moment and count once.
    mutating func note(atNs: UInt64) {
        guard atNs > lastNs, lastNs < endNs else { return }
        advance(to: atNs)
        momentCount += 1
    }

    /// The window has ended.
    mutating func end(atNs: UInt64) {
        guard atNs > lastNs else { return }
        advance(to: atNs)
    }

    private mutating func advance(to atNs: UInt64) {
        let untilNs = min(atNs, endNs)
        longestNs = max(longestNs, untilNs.since(lastNs))
        lastNs = untilNs
    }

    /// The mean time between two moments at which records came, without the longest stretch.
    var usualNs: UInt64 { momentCount == 0 ? 0 : lastNs.since(beginNs).since(longestNs) / momentCount }
}
