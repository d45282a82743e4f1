internal import Results
internal import Statistics

/// Where a cell's time went: mean gaps between the milestones of a producer's life, or of a record, which sum to the mean of the whole.
struct BreakdownFigures {
    /// What the means are for.
    let per: String
    /// The phases in their order.
    let names: [String]
    private let breakdowns: [Breakdown]

    /// Nil when nothing was broken down.
    init?(_ cell: CellResult) {
        breakdowns = cell.validRepeats.compactMap(\.breakdown).filter { $0.count > 0 }
        guard let first = breakdowns.first else { return nil }
        per = first.per
        var names: [String] = []
        for name in breakdowns.flatMap(\.phases).map(\.name) where !names.contains(name) { names.append(name) }
        self.names = names
    }

    /// The mean of a phase; nil for one that never came.
    func mean(_ name: String) -> Estimate? {
        guard breakdowns.flatMap(\.phases).contains(where: { $0.name == name && $0.count > 0 }) else { return nil }
        return Estimate.mean(breakdowns.map { Self.totalNs($0) { $0.name == name } / Double($0.count) })
    }

    /// The mean of all phases together.
    var total: Estimate? { Estimate.mean(breakdowns.map { Self.totalNs($0) { _ in true } / Double($0.count) }) }

    private static func totalNs(_ breakdown: Breakdown, _ isWanted: (Breakdown.Phase) -> Bool) -> Double {
        breakdown.phases.filter(isWanted).map { Double($0.totalNs) }.reduce(0, +)
    }
}
