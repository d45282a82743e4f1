internal import Measurement
internal import Results
internal import Statistics

/// The figures of one cell, over its repeats as each figure's summary says.
struct CellFigures {
    let cell: CellResult
    let seed: UInt64
    private let repeats: [Repeat]
    private let pools: [LatencyRecord.Kind: PooledValues]

    init(_ cell: CellResult, seed: UInt64) throws(HistogramError) {
        self.cell = cell
        self.seed = seed
        repeats = cell.validRepeats
        var pools: [LatencyRecord.Kind: PooledValues] = [:]
        for latency in LatencyRecord.Kind.allCases {
            var samples: [[(value: UInt64, count: UInt64)]] = []
            for record in repeats.compactMap({ $0.latency(latency) }) {
                samples.append(try record.decoded().recordedValues)
            }
            if !samples.isEmpty { pools[latency] = PooledValues(samples) }
        }
        self.pools = pools
    }

    /// Whether latencies of this cell are lower bounds.
    var isSaturated: Bool { repeats.contains(where: \.saturated) }

    /// What stands in a row for a figure.
    func entry(_ metric: Metric) -> Entry {
        switch metric.summary {
        case .median, .greatest, .meanOfPart: figure(estimate(metric), metric)
        case .pooled: percentile(metric)
        case .greatestOfAll: greatestOfAll(metric)
        case .totalOfAll: totalOfAll(metric)
        }
    }

    /// The figure over the valid repeats; nil for one that is summarised otherwise.
    func estimate(_ metric: Metric) -> Estimate? {
        let values = repeats.compactMap(metric.value).filter(\.isFinite)
        switch metric.summary {
        case .median: return Estimate.median(values)
        case .greatest: return Estimate.greatest(values)
        case .meanOfPart:
            guard !values.isEmpty else { return nil }
            return Estimate.mean(repeats.filter { StepMeans($0) != nil }.map { metric.value($0) ?? 0 })
        case .pooled, .greatestOfAll, .totalOfAll: return nil
        }
    }

    private func figure(_ estimate: Estimate?, _ metric: Metric) -> Entry {
        .figure(estimate, metric.unit, isLowerBound: metric.latency != nil && isSaturated)
    }

    /// A percentile over all samples; left out when too few lie beyond it.
    private func percentile(_ metric: Metric) -> Entry {
        guard case .percentile(let percentile, let latency) = metric.kind, let pool = pools[latency], pool.count > 0
        else { return .nothing }
        guard pool.supports(percentile: percentile) else { return .leftOut }
        return figure(pool.percentile(percentile, seed: seed), metric)
    }

    private func greatestOfAll(_ metric: Metric) -> Entry {
        guard let most = cell.repeats.compactMap(metric.value).max(), most > 0 else { return .nothing }
        return metric.kind == .count
            ? .count(whole(most)) : .figure(Estimate(value: most, interval: nil), metric.unit)
    }

    /// A sum, or a dash where it does not apply; nothing where the result does not say.
    private func totalOfAll(_ metric: Metric) -> Entry {
        let values = cell.repeats.compactMap(metric.value)
        guard !values.isEmpty else { return cell.repeats.contains { $0.starts?.unit != nil } ? .leftOut : .nothing }
        return .count(whole(values.reduce(0, +)))
    }

    private func whole(_ value: Double) -> Int64 {
        value < 0x1p63 ? Int64(value.rounded()) : .max
    }

    /// How many times the baseline's figure this cell's is, from the rounds in which both are
    /// valid.
    func ratio(to baseline: CellFigures, _ metric: Metric) -> Estimate? {
        var others: [Int: Double] = [:]
        for made in baseline.repeats { others[made.round] = metric.value(made) }
        return Estimate.ratio(
            repeats.compactMap { made in
                guard let own = metric.value(made), let other = others[made.round] else { return nil }
                return (own, other)
            })
    }
}
