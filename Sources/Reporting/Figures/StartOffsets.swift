internal import Results

/// Where a cell's starts began, over all its repeats: a wrong start counts also where it makes its repeat invalid.
struct StartOffsets {
    let rule: String
    let demanded: OffsetRange
    let observed: OffsetRange
    /// Starts times partitions.
    let checkedCount: Int64
    let wrongCount: Int64
    let replayedRecords: Int64
    let skippedRecords: Int64

    /// Nil when no start was recorded.
    init?(_ cell: CellResult) {
        let records = cell.repeats.compactMap(\.starts)
        let partitions = records.flatMap(\.partitions)
        guard !partitions.isEmpty else { return nil }
        var rules: [String] = []
        for rule in partitions.map(\.rule) where !rules.contains(rule) { rules.append(rule) }
        rule = rules.joined(separator: "; ")
        demanded = OffsetRange(partitions.flatMap(\.demanded))
        observed = OffsetRange(partitions.flatMap(\.observed))
        checkedCount = Int64(partitions.map(\.observed.count).reduce(0, +))
        wrongCount = Int64(records.map(\.wrongCount).reduce(0, +))
        replayedRecords = records.map(\.replayedRecords).reduce(0) { $0.addingReportingOverflow($1).partialValue }
        skippedRecords = records.map(\.skippedRecords).reduce(0) { $0.addingReportingOverflow($1).partialValue }
    }
}

/// The offsets from the least to the greatest, as far as there are any.
struct OffsetRange: Sendable {
    let low: Int64?
    let high: Int64?
    /// Whether there was none somewhere: where a start was, or had to be, refused.
    let isMissingSome: Bool

    init(_ offsets: [Int64?]) {
        let known = offsets.compactMap { $0 }
        low = known.min()
        high = known.max()
        isMissingSome = known.count < offsets.count
    }

    /// What people read.
    var text: String {
        guard let low, let high else { return "none" }
        let text = low == high ? NumberText.grouped(low) : "\(NumberText.grouped(low))…\(NumberText.grouped(high))"
        return isMissingSome ? "\(text), none" : text
    }
}
