/// The rule that each batch of a partition must continue where the one before ended.
///
/// It costs a comparison a batch, and nothing a record. A topic that this run filled has a record
/// at each offset. A topic of others may be compacted or hold control records, so there gaps are
/// allowed. Going back is wrong everywhere.
struct ReadingOrder {
    /// Whether there is a record at each offset.
    let isDense: Bool
    /// For each partition, the offset after the last that came.
    private var nextOffsets: [Int64]

    /// Partitions that are read from `starts` on.
    init(starts: [Int64], isDense: Bool) {
        nextOffsets = starts
        self.isDense = isDense
    }

    /// Enters a batch, and returns in words what is wrong with it; nil for nothing.
    mutating func enter(_ batch: BatchCount) -> String? {
        let next = nextOffsets[batch.partition]
        nextOffsets[batch.partition] = batch.lastOffset + 1
        let offsetCount = batch.lastOffset - batch.firstOffset + 1
        if batch.firstOffset == next, batch.recordCount == Int(offsetCount) { return nil }
        if !isDense, batch.firstOffset >= next, batch.recordCount <= Int(offsetCount) { return nil }
        let offsets = "offsets \(batch.firstOffset) to \(batch.lastOffset)"
        return "\(batch.recordCount) records of \(offsets) where \(next) was next"
    }

    /// The offset after the last that was read.
    func next(_ partition: Int) -> Int64 { nextOffsets[partition] }

    /// A partition is read from another offset on.
    mutating func rewind(_ partition: Int, to offset: Int64) { nextOffsets[partition] = offset }
}
