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

    /// Whether a moment belongs to what is measured.
    func contains(_ ns: UInt64) -> Bool { ns >= warmupEndNs && ns < endNs }
}
