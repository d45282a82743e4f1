internal import Results
internal import Statistics

/// A figure by which cells are compared with the baseline's, round by round.
struct Comparison {
    let metric: Metric
    /// Whether the ratio says something of a cell with the one load and a baseline with the other.
    var fits: (Load.Kind?, Load.Kind?) -> Bool = { _, _ in true }

    /// Of a saturated cell's latencies only lower bounds are known.
    var isLatency: Bool { metric.latency != nil }
}

extension SectionBuilder {
    /// A column for each way to compare, when there is a baseline.
    var ratioFields: [Field] {
        guard let baseline = experiment.baseline, !baseline.isEmpty else { return [] }
        let name = baseline.map { "\($0.name) \($0.value)" }.joined(separator: ", ")
        return comparisons.map { comparison in
            let column = Column(
                group: "\(comparison.metric.title), ratio to \(name)", title: "(95 % interval)",
                key: "ratio.\(comparison.metric.key)")
            return Field(column) { ratio($0, comparison) }
        }
    }

    /// What cells are compared by: their rate or, in an open loop, whose rate is given, their
    /// latency; starts by the last end that they have.
    private var comparisons: [Comparison] {
        let medians = latencyFields.map(\.latency).filter { $0 != .refusal }.compactMap { latency in
            catalogue.metrics.first { $0.kind == .percentile(50, of: latency) }
        }
        if experiment.kind == .start { return medians.suffix(1).map { Comparison(metric: $0) } }
        let rates = [catalogue[Metric.recordsPerSecond]].compactMap { $0 }.map {
            Comparison(metric: $0) { $0 != .open && $1 != .open }
        }
        return rates + medians.prefix(1).map { Comparison(metric: $0) { $0 == .open && $1 == .open } }
    }

    private func ratio(_ cell: CellFigures, _ comparison: Comparison) -> Entry {
        guard let baseline = experiment.baselineCell(of: cell.cell),
            let figures = cells.first(where: { $0.cell.axes == baseline.axes }),
            comparison.fits(cell.cell.load?.kind, baseline.load?.kind)
        else { return .nothing }
        if baseline.axes == cell.cell.axes { return .baseline }
        // A multiple of a lower bound says nothing.
        if comparison.isLatency, figures.isSaturated { return .nothing }
        return .figure(
            cell.ratio(to: figures, comparison.metric), .ratio,
            isLowerBound: comparison.isLatency && cell.isSaturated, of: comparison.metric.title)
    }
}
