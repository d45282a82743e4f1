internal import Statistics

/// Says of each expectation of a run whether it is met.
///
/// Each valid repeat gives one value, each round in which both cells are valid one ratio. Their
/// logarithms are held against the bound by one-sided t tests; counts are exact. `not met` is
/// corrected over the whole run (Holm).
public enum ExpectationJudge {
    /// The probability of calling something met that is not, and of any false `not met` in a run.
    public static let alpha = 0.01

    /// What became of all expectations of a run, in its order.
    public static func judge(_ result: RunResult) -> [ExpectationOutcome] {
        let evidence = result.experiments.flatMap { experiment in
            experiment.cells.flatMap { cell in
                (cell.expectations ?? []).map { Evidence($0, of: cell, in: experiment) }
            }
        }
        let refuted = holm(evidence.map(\.pValueWhereItHolds), alpha: alpha)
        return zip(evidence, refuted).map { $0.outcome(isRefuted: $1) }
    }
}

/// What the repeats say of one expectation.
private struct Evidence {
    private var blank: ExpectationOutcome
    /// How probable what was seen is where the expectation holds; small speaks against it.
    private(set) var pValueWhereItHolds = 1.0
    /// How probable it is where it does not hold; small speaks for it.
    private var pValueWhereItFails = 1.0

    init(_ expectation: Expectation, of cell: CellResult, in experiment: ExperimentResult) {
        blank = ExpectationOutcome(
            experiment: experiment.name, axes: cell.axes, expectation: expectation, verdict: .inconclusive,
            valueCount: 0)
        do {
            weigh(try MetricCatalogue(experiment.kind).metric(titled: expectation.metric), cell, experiment)
        } catch {
            blank.reason = "\(error)"
        }
    }

    private mutating func weigh(_ metric: Metric, _ cell: CellResult, _ experiment: ExperimentResult) {
        let unit = blank.expectation.unit
        if metric.kind == .count, unit != .timesBaseline {
            count(metric, cell)
        } else if unit == .timesBaseline {
            compare(metric, cell, experiment.baselineCell(of: cell))
        } else {
            test(metric, cell.validRepeats, cell.validRepeats.compactMap(metric.value))
        }
    }

    /// A count is what it is, over all repeats, those too that are invalid for it.
    private mutating func count(_ metric: Metric, _ cell: CellResult) {
        let values = cell.repeats.compactMap(metric.value)
        guard !values.isEmpty else { return blank.reason = "no repeat has it" }
        blank.valueCount = values.count
        settle(values.reduce(0, +))
    }

    /// A value that is exact meets its bound or does not.
    private mutating func settle(_ value: Double) {
        blank.value = value
        let bound = blank.expectation.bound
        let holds =
            switch blank.expectation.relation {
            case .atMost: value <= bound
            case .atLeast: value >= bound
            case .equal: value == bound
            }
        pValueWhereItHolds = holds ? 1 : 0
        pValueWhereItFails = holds ? 0 : 1
    }

    private mutating func compare(_ metric: Metric, _ cell: CellResult, _ baseline: CellResult?) {
        guard let baseline else { return blank.reason = "it has no baseline" }
        guard cell.load?.kind == baseline.load?.kind else {
            return blank.reason = "its load is of another kind than the baseline's: the two are not compared"
        }
        let others = Dictionary(baseline.validRepeats.map { ($0.round, $0) }) { first, _ in first }
        let pairs = cell.validRepeats.compactMap { own in others[own.round].map { (own, $0) } }
        guard !pairs.contains(where: { metric.value($1) == 0 }) else {
            return blank.reason = "a figure of the baseline is 0, which nothing is a multiple of"
        }
        let ratios = pairs.compactMap { own, other -> Double? in
            guard let numerator = metric.value(own), let denominator = metric.value(other), denominator > 0
            else { return nil }
            return numerator / denominator
        }
        test(metric, pairs.flatMap { [$0, $1] }, ratios)
        // So many times a lower bound says nothing of how many times the figure.
        if metric.latency != nil, pairs.contains(where: \.1.saturated) { pValueWhereItHolds = 1 }
    }

    private mutating func test(_ metric: Metric, _ repeats: [Repeat], _ values: [Double]) {
        blank.valueCount = values.count
        guard blank.expectation.relation != .equal else { return blank.reason = "only counts can be the very same" }
        guard !values.isEmpty || repeats.isEmpty else { return blank.reason = "no repeat has it" }
        guard values.count >= LogarithmicTest.countMin else {
            blank.reason = "\(values.count) of at least \(LogarithmicTest.countMin) values"
            blank.furtherCount = LogarithmicTest.countMin - values.count
            return
        }
        if let only = values.first, values.allSatisfy({ $0 == only }) {
            settle(only)
            return doubt(metric, repeats)
        }
        guard let mean = LogarithmicTest(values) else {
            blank.reason = "a value is 0, which has no logarithm"
            return
        }
        let bound = blank.expectation.bound
        let isUpperBound = blank.expectation.relation == .atMost
        let (below, above) = (mean.pValueBelow(bound), mean.pValueAbove(bound))
        let confidence = 1 - ExpectationJudge.alpha
        blank.value = mean.geometricMean
        blank.interval = mean.lowerBound(confidence: confidence)...mean.upperBound(confidence: confidence)
        pValueWhereItHolds = isUpperBound ? above : below
        pValueWhereItFails = isUpperBound ? below : above
        blank.furtherCount = mean.countNeeded(against: bound, confidence: confidence).map { max($0 - mean.count, 1) }
        doubt(metric, repeats)
    }

    /// What keeps figures from meeting a bound, however they stand to it.
    private mutating func doubt(_ metric: Metric, _ repeats: [Repeat]) {
        if metric.latency != nil, repeats.contains(where: \.saturated) {
            pValueWhereItFails = 1
            blank.furtherCount = nil
            blank.reason = "saturated: the latencies are lower bounds"
        }
        if !repeats.allSatisfy(metric.isSupported) {
            (pValueWhereItHolds, pValueWhereItFails) = (1, 1)
            blank.furtherCount = nil
            blank.reason =
                if case .percentile = metric.kind {
                    "a repeat has fewer than ten samples beyond it: measure longer, or more starts"
                } else {
                    "a repeat does not have it"
                }
        }
    }

    func outcome(isRefuted: Bool) -> ExpectationOutcome {
        var outcome = blank
        if isRefuted {
            outcome.verdict = .notMet
        } else if pValueWhereItFails <= ExpectationJudge.alpha {
            outcome.verdict = .met
        }
        guard outcome.verdict == .inconclusive else {
            (outcome.reason, outcome.furtherCount) = (nil, nil)
            return outcome
        }
        if outcome.reason == nil { outcome.reason = "the interval holds the bound" }
        return outcome
    }
}
