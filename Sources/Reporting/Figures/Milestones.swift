internal import Results
internal import Statistics

/// The milestones of a cell's starts as mean gaps, which sum to the mean of the whole.
struct MilestoneGaps {
    /// The milestones that there are, in their order.
    let declared: [String]
    /// Those that any start reached.
    let names: [String]
    /// For each repeat, the mean gap before each milestone.
    private let repeats: [[Double]]

    init(_ cell: CellResult) {
        let records = cell.validRepeats.compactMap(\.starts).filter { !$0.reachedAtNs.isEmpty }
        var declared: [String] = []
        var reached: Set<String> = []
        for record in records {
            for (place, name) in record.milestones.enumerated() {
                if !declared.contains(name) { declared.append(name) }
                if record.reachedAtNs.contains(where: { $0.indices.contains(place) && $0[place] != nil }) {
                    reached.insert(name)
                }
            }
        }
        let names = declared.filter(reached.contains)
        self.declared = declared
        self.names = names
        repeats = records.map { record in
            let means = Self.meanGaps(record)
            return names.map { name in record.milestones.firstIndex(of: name).map { means[$0] } ?? 0 }
        }
    }

    var isEmpty: Bool { repeats.isEmpty }

    /// The mean gap before a milestone; nil for one that no start needed.
    func gap(_ name: String) -> Estimate? {
        guard let place = names.firstIndex(of: name) else { return nil }
        return Estimate.mean(repeats.map { $0[place] })
    }

    /// The mean of the whole.
    var total: Estimate? { Estimate.mean(repeats.map { $0.reduce(0, +) }) }

    /// A milestone that a start did not need has no gap there, and the next counts from the one before.
    private static func meanGaps(_ record: StartsRecord) -> [Double] {
        var sums = [Double](repeating: 0, count: record.milestones.count)
        for row in record.reachedAtNs {
            var beforeNs: UInt64 = 0
            for (place, reached) in row.enumerated() where place < sums.count {
                guard let reached else { continue }
                sums[place] += Double(reached) - Double(beforeNs)
                beforeNs = reached
            }
        }
        return sums.map { $0 / Double(record.reachedAtNs.count) }
    }
}
