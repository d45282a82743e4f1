internal import Glibc
public import Statistics

/// Two sides compared cell by cell and metric by metric; their runs were not paired.
///
/// Each run gives one value a cell. What differs from run to run goes into the interval (Welch's t
/// on logarithms), so that runs on another day, or after a restart, are what the verdict is about.
public struct RunComparison: Sendable {
    /// By how much a figure must have moved to matter, unless told otherwise.
    public static let marginDefault = 0.03
    /// The probability of any false `regressed` or `improved` in a comparison.
    public static let alpha = 0.01

    /// One metric of one cell.
    public struct Row: Sendable {
        /// The experiment's name.
        public let experiment: String
        /// Where the cell stands.
        public let axes: [AxisSetting]
        /// The metric.
        public let metric: Metric
        /// The first side's figure: the geometric mean over its runs, 0 where one of them is.
        public let first: Double
        /// The second side's.
        public let second: Double
        /// How many times the first the second is; none where a figure is 0.
        public let ratio: Double?
        /// Where that lies with 99 % confidence; none with one run a side, or without a ratio.
        public let interval: ClosedRange<Double>?
        /// What is said of it.
        public let verdict: GateRule.Verdict
    }

    /// The rows, in the order of the first side's cells.
    public let rows: [Row]
    /// The cells and figures that only one side has, in words.
    public let unmatched: [String]
    /// The cells for which a side has no repeat that could be trusted, in words; nothing is said
    /// of them, so that the whole is not clear either.
    public let untold: [String]
    /// Whether there are runs enough on both sides to conclude anything beyond them.
    public let isConclusive: Bool

    /// Compares the second side with the first.
    public init(_ first: ComparisonSide, _ second: ComparisonSide, margin: Double = RunComparison.marginDefault) {
        let (firstCells, secondCells) = (ComparedCell.cells(of: first), ComparedCell.cells(of: second))
        isConclusive = first.runs.count > 1 && second.runs.count > 1
        let others = Dictionary(secondCells.map { ($0.place, $0) }) { first, _ in first }
        let places = Set(firstCells.map(\.place))
        let unmatched =
            firstCells.filter { others[$0.place] == nil }.map { "\($0.words) is only in \(first.name)" }
            + secondCells.filter { !places.contains($0.place) }.map { "\($0.words) is only in \(second.name)" }
        let pairs = firstCells.compactMap { cell in others[cell.place].map { (cell, $0) } }
        untold = pairs.flatMap { own, other in
            [(own, first.name), (other, second.name)].filter(\.0.runs.isEmpty).map {
                "\($0.words): no repeat in \($1) is valid, so that nothing can be said of it"
            }
        }
        self.unmatched = unmatched + pairs.flatMap { $0.oneSided($1, first.name, second.name) }
        rows = Draft.judged(pairs.flatMap { Draft.drafts($0, $1) }, margin: margin)
    }

    /// What the rows say together.
    public var verdict: GateRule.Verdict {
        let isOpen = rows.isEmpty || !untold.isEmpty
        return GateRule.together(rows.map(\.verdict) + (isOpen ? [.inconclusive] : []))
    }
}

/// One cell of a side, with the repeats of each run.
private struct ComparedCell {
    struct Place: Hashable {
        let experiment: String
        let axes: [AxisSetting]
    }

    let place: Place
    let kind: ExperimentResult.Kind
    /// The valid repeats of each run that has some.
    let runs: [[Repeat]]

    var words: String { place.axes.place(in: place.experiment) }

    static func cells(of side: ComparisonSide) -> [ComparedCell] {
        var order: [Place] = []
        var kinds: [Place: ExperimentResult.Kind] = [:]
        var repeats: [Place: [[Repeat]]] = [:]
        for experiment in side.runs.flatMap(\.experiments) {
            for cell in experiment.cells {
                let place = Place(experiment: experiment.name, axes: cell.axes)
                if kinds.updateValue(experiment.kind, forKey: place) == nil { order.append(place) }
                // Nobody may act on a cell that was mostly under bad conditions.
                if !cell.validRepeats.isEmpty, !cell.hadBadConditions {
                    repeats[place, default: []].append(cell.validRepeats)
                }
            }
        }
        return order.compactMap { place in
            kinds[place].map { ComparedCell(place: place, kind: $0, runs: repeats[place] ?? []) }
        }
    }

    /// The metrics that say whether something is better or worse.
    var judged: [Metric] {
        MetricCatalogue(kind).metrics.filter {
            $0.better != .neither && ($0.table == .answer || $0.table == .latencies || $0.table == .cost)
        }
    }

    /// The figures that only this cell or only the other side's has, in words.
    func oneSided(_ other: ComparedCell, _ name: String, _ otherName: String) -> [String] {
        guard kind == other.kind, !runs.isEmpty, !other.runs.isEmpty else { return [] }
        return judged.compactMap { metric in
            let isHere = !values(metric).isEmpty
            guard isHere == other.values(metric).isEmpty else { return nil }
            return "\(words): only \(isHere ? name : otherName) has \(metric.title)"
        }
    }

    /// Whether latencies of a kind are lower bounds in one of its runs.
    func isLowerBound(_ metric: Metric) -> Bool { metric.latency != nil && runs.joined().contains(where: \.saturated) }

    /// A value for each run: the median of its valid repeats.
    func values(_ metric: Metric) -> [Double] {
        runs.compactMap { median($0.filter(metric.isSupported).compactMap(metric.value)) }
    }
}

/// A row before all rows are judged together.
private struct Draft {
    let cell: ComparedCell
    let other: ComparedCell
    let metric: Metric
    let first: [Double]
    let second: [Double]
    let difference: UnpairedRatio?

    /// The metrics that say whether something is better or worse, where both sides have them.
    static func drafts(_ first: ComparedCell, _ second: ComparedCell) -> [Draft] {
        guard first.kind == second.kind else { return [] }
        return first.judged.compactMap { metric in
            let (own, other) = (first.values(metric), second.values(metric))
            guard !own.isEmpty, !other.isEmpty, (own + other).contains(where: { $0 > 0 }) else { return nil }
            return Draft(
                cell: first, other: second, metric: metric, first: own, second: other,
                difference: UnpairedRatio(other, over: own))
        }
    }

    static func judged(_ drafts: [Draft], margin: Double) -> [RunComparison.Row] {
        let pValues = drafts.map { draft in
            draft.difference.map { $0.pValue(of: $0.ratio > 1 ? 1 + margin : 1 / (1 + margin)) } ?? 1
        }
        return zip(drafts, holm(pValues, alpha: RunComparison.alpha)).map { $0.row(isMoved: $1, margin: margin) }
    }

    private func row(isMoved: Bool, margin: Double) -> RunComparison.Row {
        let (own, other) = (Self.mean(first), Self.mean(second))
        let ratio = own > 0 && other > 0 ? other / own : nil
        let interval = difference?.interval(confidence: 1 - RunComparison.alpha)
        let verdict = ratio.map { self.verdict($0, interval, isMoved, margin) } ?? .inconclusive
        return RunComparison.Row(
            experiment: cell.place.experiment, axes: cell.place.axes, metric: metric, first: own, second: other,
            ratio: ratio, interval: interval, verdict: isTold(verdict) ? verdict : .inconclusive)
    }

    /// Whether lower bounds allow a verdict: what is worse than the other side may be worse still,
    /// and nothing else is certain.
    private func isTold(_ verdict: GateRule.Verdict) -> Bool {
        switch verdict {
        case .regressed: !cell.isLowerBound(metric)
        case .improved: !other.isLowerBound(metric)
        case .pass: !cell.isLowerBound(metric) && !other.isLowerBound(metric)
        case .inconclusive: true
        }
    }

    private func verdict(
        _ ratio: Double, _ interval: ClosedRange<Double>?, _ isMoved: Bool, _ margin: Double
    ) -> GateRule.Verdict {
        guard let interval else { return .inconclusive }
        // The test refutes that the ratio equals a margin; it must also lie beyond it.
        if isMoved, ratio > 1 + margin || ratio < 1 / (1 + margin) {
            return (ratio > 1) == (metric.better == .lower) ? .regressed : .improved
        }
        let isInside = interval.lowerBound >= 1 / (1 + margin) && interval.upperBound <= 1 + margin
        return isInside ? .pass : .inconclusive
    }

    /// The geometric mean; 0 where a figure is.
    private static func mean(_ figures: [Double]) -> Double {
        guard figures.allSatisfy({ $0 > 0 }) else { return 0 }
        return exp(figures.map { log($0) }.reduce(0, +) / Double(figures.count))
    }
}
