public import Statistics

extension BenchmarkRecord {
    /// The figure of one contestant over its rounds: the median between the lowest and the highest.
    public func figure(_ metric: Metric, of contestant: Contestant, in cell: Cell) -> Estimate? {
        Estimate.median(samples(contestant, in: cell).values.compactMap(metric.value))
    }

    /// The ratio of the subject's figure to the reference's, from the rounds in which both were
    /// measured.
    ///
    /// `addend` is added to the reference's figure, for a bound that is a difference.
    public func ratio(
        _ metric: Metric, of subject: Contestant, to reference: Contestant, in cell: Cell, addend: Double = 0
    ) -> Ratio? {
        let references = samples(reference, in: cell)
        let pairs = samples(subject, in: cell).compactMap {
            round, sample -> (numerator: Double, denominator: Double)? in
            guard let numerator = metric.value(sample),
                let denominator = references[round].flatMap(metric.value)
            else { return nil }
            return (numerator, denominator + addend)
        }
        return Ratio(pairs)
    }

    /// The contestant with the best figure in a cell: the least, or the greatest.
    public func best(_ metric: Metric, of candidates: Set<Contestant>, in cell: Cell, isLeastBest: Bool) -> Contestant?
    {
        let ranked = Contestant.allCases.filter(candidates.contains).compactMap { candidate in
            figure(metric, of: candidate, in: cell).map { (candidate, value: isLeastBest ? $0.value : -$0.value) }
        }
        return ranked.min { $0.value < $1.value }?.0
    }
}

/// A ratio of two figures, from rounds in which both were measured.
public struct Ratio: Sendable, Equatable {
    /// The geometric mean with its 95 % interval.
    public var estimate: Estimate
    /// How many rounds it is from.
    public var rounds: Int
}

extension Ratio {
    /// The ratio of pairs, each from one round; nil of none.
    init?(_ pairs: [(numerator: Double, denominator: Double)]) {
        guard let estimate = Estimate.ratio(pairs) else { return nil }
        self.init(estimate: estimate, rounds: pairs.count)
    }
}
