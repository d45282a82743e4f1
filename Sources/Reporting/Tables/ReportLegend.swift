internal import Results
internal import Statistics

/// What stands below all tables: how their figures are to be read.
struct ReportLegend {
    private let tables: [Table]
    private let cells: [CellResult]

    init(_ sections: [Report.Section], _ result: RunResult) {
        tables = sections.flatMap(\.tables)
        cells = result.experiments.flatMap(\.cells)
    }

    /// Nothing where there is no table.
    var lines: [String] {
        tables.isEmpty ? [] : Self.intervals + disagreement + Self.percentiles + ratios + bytes + latencies
    }

    private static let intervals = [
        IntervalText.rule,
        "The interval is the range of the valid repeats; a percentile's is its 95 % interval from resampling repeats.",
    ]
    private static let percentiles = [
        "Percentiles are over the samples of all valid repeats, and left out (–) with fewer than ten samples beyond."
    ]

    private var disagreement: [String] {
        let disagrees = tables.contains { $0.rows.joined().contains { $0.disagreement != nil } }
        let factor = NumberText.plain(Estimate.agreeingRatioMax)
        return disagrees
            ? [
                "A range alone means that repeats disagree, the greatest being more than \(factor) times the least: "
                    + "no one figure stands for them."
            ] : []
    }

    private var ratios: [String] {
        has { $0.hasPrefix("ratio") }
            ? [
                "Ratios are geometric means over the rounds in which both cells are valid; one of p50 is of each round's own."
            ] : []
    }

    private var bytes: [String] {
        guard has({ $0 == Metric.megabytesPerSecond }) else { return [] }
        return MetricCatalogue.all.filter { $0.key == Metric.megabytesPerSecond }.map {
            "\($0.name) counts \($0.about)."
        }
    }

    private func has(_ isMeant: (String) -> Bool) -> Bool {
        tables.flatMap(\.columns).map(\.key).contains(where: isMeant)
    }

    /// From when to when each latency runs, of those that were recorded.
    private var latencies: [String] {
        let repeats = cells.flatMap(\.repeats)
        let kinds = Set(repeats.flatMap(\.latencies).map(\.kind))
        let begin = begin(hasLives: repeats.contains { $0.breakdown.map { $0.per != "record" } ?? false })
        return LatencyRecord.Kind.allCases.filter(kinds.contains).map { "\($0.title): \($0.span(from: begin))." }
    }

    /// When a record's latency begins; in an open loop at its intended time, whoever was late.
    private func begin(hasLives: Bool) -> String {
        let loads = Set(cells.compactMap(\.load?.kind))
        let life = hasLives ? ", or before the producer or client was made of which it is the first," : ""
        if !loads.contains(.open) { return "the actual send\(life)" }
        let intended = "the intended send, which the rate sets,"
        return loads == [.open] ? intended : "\(intended) in an open loop, else the actual send\(life)"
    }
}
