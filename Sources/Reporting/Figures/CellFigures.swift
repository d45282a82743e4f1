internal import Measurement
internal import Results
internal import Statistics

/// The figures of one cell, over its valid repeats.
struct CellFigures {
    let cell: CellResult
    let kind: ExperimentResult.Kind
    let seed: UInt64
    private let repeats: [Repeat]
    private let pools: [LatencyRecord.Kind: PooledValues]

    init(_ cell: CellResult, kind: ExperimentResult.Kind, seed: UInt64) throws(HistogramError) {
        self.cell = cell
        self.kind = kind
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

    /// One figure per repeat, of the repeats that have one.
    func perRepeat(_ figure: (Repeat) -> Double?) -> [Double] { repeats.compactMap(figure).filter(\.isFinite) }

    func median(_ unit: Figure.Unit, _ figure: (Repeat) -> Double?) -> Entry {
        .figure(Estimate.median(perRepeat(figure)), unit)
    }

    /// A percentile over all samples; left out when too few lie beyond it.
    func percentile(_ percentile: Double, _ latency: LatencyRecord.Kind) -> Entry {
        guard let pool = pools[latency], pool.count > 0 else { return .nothing }
        guard pool.supports(percentile: percentile) else { return .leftOut }
        return .figure(
            pool.percentile(percentile, seed: seed), .nanoseconds, isLowerBound: isSaturated)
    }

    /// The greatest of all samples.
    func greatest(_ latency: LatencyRecord.Kind) -> Entry {
        let greatest = perRepeat { made in made.latency(latency).flatMap { $0.count > 0 ? Double($0.maxNs) : nil } }
        return .figure(Estimate.greatest(greatest), .nanoseconds, isLowerBound: isSaturated)
    }

    /// How many times the baseline's figure this cell's is, from the rounds in which both are valid.
    func ratio(to baseline: CellFigures, _ figure: (Repeat) -> Double?) -> Estimate? {
        var others: [Int: Double] = [:]
        for made in baseline.repeats { others[made.round] = figure(made) }
        return Estimate.ratio(
            repeats.compactMap { made in
                guard let own = figure(made), let other = others[made.round] else { return nil }
                return (own, other)
            })
    }
}

extension Repeat {
    /// The records that an experiment of this kind is about.
    func records(_ kind: ExperimentResult.Kind) -> Int64 {
        kind == .produce ? counts.acknowledged : counts.consumed
    }

    /// Key and value bytes of those.
    func recordBytes(_ kind: ExperimentResult.Kind) -> Int64 {
        kind == .produce ? counts.acknowledgedBytes : counts.consumedBytes
    }

    /// An amount in each second of the window.
    func perSecond(_ amount: Int64) -> Double? { windowNs == 0 ? nil : Double(amount) / (Double(windowNs) / 1e9) }
}
