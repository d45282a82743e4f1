import Networking
import Scenario

/// When a repeat's warm-up ends and its window closes, on the monotonic clock; by records, the
/// window closes with the last of them.
struct MeasureWindow: Equatable {
    let beginNs: UInt64
    let warmupEndNs: UInt64
    /// When nothing more is sent; `UInt64.max` where a number of records ends it.
    let endNs: UInt64
    /// How many records are sent after the warm-up; nil where time ends it.
    let recordCountMax: Int?

    init(beginNs: UInt64, warmupNs: UInt64, forNs: UInt64) {
        self.beginNs = beginNs
        warmupEndNs = beginNs + warmupNs
        endNs = warmupEndNs + forNs
        recordCountMax = nil
    }

    init(beginNs: UInt64, warmupNs: UInt64, records: Int) {
        self.beginNs = beginNs
        warmupEndNs = beginNs + warmupNs
        endNs = .max
        recordCountMax = records
    }

    /// The window of a measurement that begins at `beginNs`.
    init(beginNs: UInt64, _ measure: MeasureSpec) {
        switch measure.extent {
        case .time(let ns): self.init(beginNs: beginNs, warmupNs: measure.warmupNs, forNs: ns)
        case .records(let count), .starts(let count):
            self.init(beginNs: beginNs, warmupNs: measure.warmupNs, records: count)
        }
    }

    /// Whether a moment belongs to what is measured.
    func contains(_ ns: UInt64) -> Bool { ns >= warmupEndNs && ns < endNs }
}

extension EventLoop {
    /// Calls `begin` when the warm-up is over and, where time ends the window, `end` at its end; on
    /// the loop.
    func schedule<Load: Actor>(
        _ window: MeasureWindow, on load: Load, begin: @escaping (isolated Load) -> Void,
        end: @escaping (isolated Load) -> Void
    ) {
        schedule(atNs: window.warmupEndNs, on: load, begin)
        if window.endNs != .max { schedule(atNs: window.endNs, on: load, end) }
    }
}
