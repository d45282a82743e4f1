internal import Results
internal import Statistics

/// A figure of each repeat by which cells are compared with the baseline's.
struct Comparison {
    /// What the ratio is of, in the words of a column.
    let of: String
    /// The ratio's name in the JSON form.
    let key: String
    /// Whether the figure is a latency, of which a saturated cell has only lower bounds.
    var isLatency = false
    /// Whether the ratio says something of a cell with the one load and a baseline with the other.
    var fits: (Load.Kind?, Load.Kind?) -> Bool = { _, _ in true }
    let figure: (Repeat) -> Double?
}

extension SectionBuilder {
    /// A column for each way to compare, when there is a baseline.
    func ratioColumns(_ comparisons: [Comparison]) -> [Column] {
        guard let baseline = experiment.baseline, !baseline.isEmpty else { return [] }
        let name = baseline.map { "\($0.name) \($0.value)" }.joined(separator: ", ")
        return comparisons.map {
            Column(group: "\($0.of), ratio to \(name)", title: "(95 % interval)", key: $0.key)
        }
    }

    /// What stands in those columns for a cell.
    func ratioEntries(_ cell: CellFigures, _ comparisons: [Comparison]) -> [Entry] {
        guard !ratioColumns(comparisons).isEmpty else { return [] }
        guard let baseline = experiment.baselineCell(of: cell.cell),
            let figures = cells.first(where: { $0.cell.axes == baseline.axes })
        else { return comparisons.map { _ in .nothing } }
        return comparisons.map { comparison in
            guard comparison.fits(cell.cell.load?.kind, baseline.load?.kind) else { return .nothing }
            if baseline.axes == cell.cell.axes { return .baseline }
            // A multiple of a lower bound says nothing.
            if comparison.isLatency, figures.isSaturated { return .nothing }
            return .figure(
                cell.ratio(to: figures, comparison.figure), .ratio,
                isLowerBound: comparison.isLatency && cell.isSaturated, of: comparison.of)
        }
    }
}
