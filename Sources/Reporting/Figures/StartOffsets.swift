internal import Results

/// Where a cell's starts began, over all its repeats: a wrong start counts also where it makes its
/// repeat invalid.
struct StartOffsets {
    let rule: String
    let expected: OffsetRange
    let observed: OffsetRange
    /// Where each partition began; nil where all began at the same offsets.
    let byPartition: String?
    /// How far the first and the last offset that are right for a start lie apart, at most.
    let widest: Int64
    /// Starts times partitions.
    let checkedCount: Int64
    let wrongCount: Int64
    let totals: StartTotals
    /// What the totals count; nil in old results.
    let unit: String?
    /// A remark on the row.
    let note: String?

    /// Nil when no start was recorded.
    init?(_ cell: CellResult) {
        let records = cell.repeats.compactMap(\.starts)
        let partitions = records.flatMap(\.partitions)
        guard !partitions.isEmpty else { return nil }
        var rules: [String] = []
        for rule in partitions.map(\.rule) where !rules.contains(rule) { rules.append(rule) }
        rule = rules.joined(separator: "; ")
        expected = OffsetRange(
            partitions.flatMap { $0.demanded + ($0.demandedUpTo ?? []) }, missing: "a refusal")
        observed = OffsetRange(partitions.flatMap(\.observed), missing: "none")
        byPartition = Self.byPartition(partitions)
        widest = partitions.map(\.widest).max() ?? 0
        checkedCount = Int64(partitions.map(\.observed.count).reduce(0, +))
        wrongCount = Int64(records.map(\.wrongCount).reduce(0, +))
        var totals = StartTotals()
        for record in records { totals.add(record.totals) }
        self.totals = totals
        unit = records.lazy.compactMap(\.unit).first?.rawValue
        let notes = [
            Self.commits(aboveEnd: totals.commitsAboveEnd, of: checkedCount), Self.refusals(records, wrong: wrongCount),
        ].compactMap { $0 }
        note = notes.isEmpty ? nil : notes.joined(separator: "; ")
    }

    private static let partitionsShownMax = 16

    private static func byPartition(_ all: [PartitionStarts]) -> String? {
        var numbers: [Int32] = []
        for number in all.map(\.partition) where !numbers.contains(number) { numbers.append(number) }
        let ranges = numbers.prefix(partitionsShownMax).map { number in
            OffsetRange(all.filter { $0.partition == number }.flatMap(\.observed), missing: "none").text
        }
        guard Set(ranges).count > 1 else { return nil }
        let rest = numbers.count > ranges.count ? ", … \(numbers.count - ranges.count) more" : ""
        return zip(numbers, ranges).map { "\($0): \($1)" }.joined(separator: ", ") + rest
    }

    private static func commits(aboveEnd count: Int, of checked: Int64) -> String? {
        guard count > 0 else { return nil }
        let share = count == checked ? "" : " (\(NumberText.grouped(Int64(count))) of \(NumberText.grouped(checked)))"
        return "commit above the end\(share)"
    }

    private static func refusals(_ records: [StartsRecord], wrong: Int64) -> String? {
        var names: [String] = []
        for name in records.flatMap(\.refusals).map(\.error) where !names.contains(name) { names.append(name) }
        guard !names.isEmpty else { return nil }
        let error = names.joined(separator: ", ")
        return wrong == 0 ? "refuses, as it should: \(error)" : "refused: \(error)"
    }
}

/// The offsets from the least to the greatest, as far as there are any.
struct OffsetRange: Sendable {
    let low: Int64?
    let high: Int64?
    /// Whether a start has no offset, because it was, or had to be, refused.
    let isMissingSome: Bool
    /// The word for that.
    let missing: String

    init(_ offsets: [Int64?], missing: String) {
        let known = offsets.compactMap { $0 }
        low = known.min()
        high = known.max()
        isMissingSome = known.count < offsets.count
        self.missing = missing
    }

    /// What people read.
    var text: String {
        guard let low, let high else { return missing }
        let text = low == high ? NumberText.grouped(low) : "\(NumberText.grouped(low))…\(NumberText.grouped(high))"
        return isMissingSome ? "\(text), \(missing)" : text
    }
}
