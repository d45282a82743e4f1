import Statistics

/// Something that a figure should reach.
public struct Goal: Sendable {
    /// Which side of a bound is good.
    public enum Bound: Sendable, Equatable {
        /// The ratio may be no more than this.
        case atMost(Double)
        /// The ratio must be at least this.
        case atLeast(Double)
    }

    /// What the figure is held against.
    public enum Reference: Sendable {
        /// One contestant, with an addend to its figure.
        case contestant(Contestant, addend: Double)
        /// Whoever of these has the best figure.
        case best(Set<Contestant>)
        /// A number in the metric's unit.
        case constant(Double)
    }

    /// What it is called in the table.
    public var title: String
    /// The cell it is about.
    public var cell: Cell
    /// The figure.
    public var metric: Metric
    /// Whose figure.
    public var subject: Contestant
    /// What it is held against.
    public var reference: Reference
    /// What the ratio must be.
    public var bound: Bound

    init(
        _ title: String, _ cell: Cell, _ metric: Metric, of subject: Contestant = .weir, against reference: Reference,
        _ bound: Bound
    ) {
        self.title = title
        self.cell = cell
        self.metric = metric
        self.subject = subject
        self.reference = reference
        self.bound = bound
    }
}

/// How a goal stands.
public struct GoalResult: Sendable {
    /// Whether it is reached.
    public enum Verdict: Sendable, Equatable {
        /// The interval's worse bound meets it.
        case met
        /// It does not.
        case notMet
        /// There is too little to say, and why.
        case notMeasured(String)
    }

    /// The goal.
    public var goal: Goal
    /// Who it was held against in the end; nil for a constant.
    public var reference: Contestant?
    /// The ratio, where there is one.
    public var ratio: Ratio?
    /// How it stands.
    public var verdict: Verdict
}

extension Goal {
    /// How the goal stands by a run's samples.
    public func result(_ record: BenchmarkRecord) -> GoalResult {
        guard record.plannedRounds[cell.id] != nil else { return missing("not part of this run") }
        switch reference {
        case .contestant(let other, let addend): return judged(record, against: other, addend: addend)
        case .best(let candidates):
            let isLeastBest = if case .atMost = bound { true } else { false }
            guard let best = record.best(metric, of: candidates, in: cell, isLeastBest: isLeastBest) else {
                return missing("no peer was measured")
            }
            return judged(record, against: best, addend: 0)
        case .constant(let number): return judged(record, number)
        }
    }

    private func missing(_ why: String) -> GoalResult {
        GoalResult(goal: self, reference: nil, ratio: nil, verdict: .notMeasured(why))
    }

    private func judged(_ record: BenchmarkRecord, against other: Contestant, addend: Double) -> GoalResult {
        guard let ratio = record.ratio(metric, of: subject, to: other, in: cell, addend: addend) else {
            let absent = record.samples(subject, in: cell).isEmpty ? subject : other
            return missing("\(absent.title): \(record.missing[absent] ?? "no valid sample")")
        }
        return GoalResult(
            goal: self, reference: other, ratio: ratio, verdict: verdict(ratio, needed: Profile.judgedRounds))
    }

    /// Against a number, the figure itself decides where its cell has a single round.
    private func judged(_ record: BenchmarkRecord, _ number: Double) -> GoalResult {
        let values = record.samples(subject, in: cell).values.compactMap(metric.value)
        guard let ratio = Ratio(values.map { ($0, number) }) else {
            return missing("\(subject.title): \(record.missing[subject] ?? "no valid sample")")
        }
        let needed = min(Profile.judgedRounds, cell.workload.isLong ? 1 : Profile.judgedRounds)
        return GoalResult(goal: self, reference: nil, ratio: ratio, verdict: verdict(ratio, needed: needed))
    }

    private func verdict(_ ratio: Ratio, needed: Int) -> GoalResult.Verdict {
        guard ratio.rounds >= needed else { return .notMeasured("\(ratio.rounds) of \(needed) rounds") }
        let interval = ratio.estimate.interval ?? ratio.estimate.value...ratio.estimate.value
        switch bound {
        case .atMost(let most): return interval.upperBound <= most ? .met : .notMet
        case .atLeast(let least): return interval.lowerBound >= least ? .met : .notMet
        }
    }
}

extension Workload {
    /// Whether a sample takes a minute, so that there is only one.
    var isLong: Bool { if case .memory = self { true } else { false } }
}
