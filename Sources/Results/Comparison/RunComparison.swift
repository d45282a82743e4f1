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
        /// The first side's figure: the geometric mean over its runs.
        public let first: Double
        /// The second side's.
        public let second: Double
        /// How many times the first the second is.
        public let ratio: Double
        /// Where that lies with 99 % confidence; none with one run a side.
        public let interval: ClosedRange<Double>?
        /// What is said of it.
        public let verdict: GateRule.Verdict
    }

    /// The rows, in the order of the first side's cells.
    public let rows: [Row]
    /// The cells that only one side has, in words.
    public let unmatched: [String]
    /// Whether there are runs enough on both sides to conclude anything beyond them.
    public let isConclusive: Bool

    /// Compares the second side with the first.
    public init(_ first: ComparisonSide, _ second: ComparisonSide, margin: Double = RunComparison.marginDefault) {
        let (firstCells, secondCells) = (ComparedCell.cells(of: first), ComparedCell.cells(of: second))
        isConclusive = first.runs.count > 1 && second.runs.count > 1
        let others = Dictionary(secondCells.map { ($0.place, $0) }) { first, _ in first }
        let places = Set(firstCells.map(\.place))
        unmatched =
            firstCells.filter { others[$0.place] == nil }.map { "\($0.words) is only in \(first.name)" }
            + secondCells.filter { !places.contains($0.place) }.map { "\($0.words) is only in \(second.name)" }
        let drafts = firstCells.flatMap { cell in others[cell.place].map { Draft.drafts(cell, $0) } ?? [] }
        rows = Draft.judged(drafts, margin: margin)
    }

    /// What the rows say together.
    public var verdict: GateRule.Verdict { rows.isEmpty ? .inconclusive : GateRule.together(rows.map(\.verdict)) }
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
                if !cell.validRepeats.isEmpty { repeats[place, default: []].append(cell.validRepeats) }
            }
        }
        return order.compactMap { place in
            kinds[place].map { ComparedCell(place: place, kind: $0, runs: repeats[place] ?? []) }
        }
    }

    /// A value for each run: the median of its valid repeats.
    func values(_ metric: Metric) -> [Double] {
        runs.compactMap { median($0.filter(metric.isSupported).compactMap(metric.value)) }
    }
}

/// A row before all rows are judged together.
private struct Draft {
    let cell: ComparedCell
    let metric: Metric
    let first: [Double]
    let second: [Double]
    let difference: UnpairedRatio?

    /// The metrics that say whether something is better or worse, where both sides have them.
    static func drafts(_ first: ComparedCell, _ second: ComparedCell) -> [Draft] {
        guard first.kind == second.kind else { return [] }
        return MetricCatalogue(first.kind).metrics.compactMap { metric in
            guard metric.better != .neither,
                metric.table == .answer || metric.table == .latencies || metric.table == .cost
            else { return nil }
            let (own, other) = (first.values(metric), second.values(metric))
            guard !own.isEmpty, !other.isEmpty, (own + other).allSatisfy({ $0 > 0 }) else { return nil }
            return Draft(
                cell: first, metric: metric, first: own, second: other,
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
        let interval = difference?.interval(confidence: 1 - RunComparison.alpha)
        return RunComparison.Row(
            experiment: cell.place.experiment, axes: cell.place.axes, metric: metric, first: own, second: other,
            ratio: other / own, interval: interval,
            verdict: verdict(other / own, interval, isMoved, margin))
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

    /// The geometric mean; all figures are above 0.
    private static func mean(_ figures: [Double]) -> Double {
        exp(figures.map { log($0) }.reduce(0, +) / Double(figures.count))
    }
}
