public import Statistics

/// Decides after each pair whether a gate goes on, and what it says in the end; pure.
public struct GateCourse: Sendable {
    /// How it goes on.
    public enum Step: Sendable, Equatable {
        /// Measure another pair.
        case goOn
        /// It is over.
        case end(GateEnding)
    }

    /// The rule of looks.
    public static let rule = GateRule()
    /// A counted row whose pairs differ by more than this share of its margin is timing's work.
    static let countedDeviationMax = 1.0 / 3

    private let budgetNs: UInt64
    private let seed: UInt64
    private let goesToEnd: Bool
    /// The rows.
    public var rows: [GateRow] = []
    /// The pairs so far.
    public private(set) var pairs: [GatePair] = []
    /// How many pairs were under foreign load and count for nothing.
    public private(set) var disturbedCount = 0

    /// A gate that begins; one that `goesToEnd` does not stop when it is clear.
    public init(budgetNs: UInt64, seed: UInt64, goesToEnd: Bool = false) {
        (self.budgetNs, self.seed, self.goesToEnd) = (budgetNs, seed, goesToEnd)
    }

    /// A pair was measured, or none that counts; `elapsedNs` is how long the gate has taken so far.
    public mutating func enter(_ pair: GatePair?, elapsedNs: UInt64) -> Step {
        if let pair { pairs.append(pair) } else { disturbedCount += 1 }
        if pair != nil, !goesToEnd, let look = Self.rule.looks.first(where: { $0.pairCount == pairs.count }) {
            if GateRule.isClear(verdict(judge(at: look))) { return .end(.clear) }
        }
        if pairs.count >= pairCountMax { return .end(.pairsUsedUp) }
        let meanNs = elapsedNs / UInt64(max(1, pairs.count + disturbedCount))
        let (nextNs, isOver) = elapsedNs.addingReportingOverflow(meanNs)
        return isOver || nextNs > budgetNs ? .end(.budgetUsedUp) : .goOn
    }

    /// No pair after so many.
    private var pairCountMax: Int {
        goesToEnd ? Self.calibrationPairCountMax : Self.rule.looks.last?.pairCount ?? 0
    }

    /// How many pairs a calibration takes at most.
    public static let calibrationPairCountMax = 60

    /// What the last look said of each row; nil before the first.
    ///
    /// A gate whose budget ended between two looks has the next one's share of α for its last look.
    public func judgements(after ending: GateEnding?) -> [GateRule.Judgement]? {
        let looks = Self.rule.looks
        guard let first = looks.first, pairs.count >= first.pairCount, !rows.isEmpty else { return nil }
        let done = looks.last { $0.pairCount <= pairs.count } ?? first
        guard ending == .budgetUsedUp, done.pairCount < pairs.count,
            let next = looks.first(where: { $0.pairCount > pairs.count })
        else { return judge(at: done) }
        return judge(at: GateRule.Look(pairCount: pairs.count, alpha: next.alpha))
    }

    /// What a look says of each row.
    func judge(at look: GateRule.Look) -> [GateRule.Judgement] {
        let rows = self.rows.indices.map { row in
            GateRule.Row(
                logRatios: pairs.prefix(look.pairCount).map { $0.figures[row].logRatio }, margin: self.rows[row].margin)
        }
        return Self.rule.judge(rows, at: look, seed: seed)
    }

    /// What rows say together: a counted one that turned out to be timing's work is no reason to
    /// go on.
    public func verdict(_ judgements: [GateRule.Judgement]) -> GateRule.Verdict {
        let telling = zip(rows.indices, judgements).filter { $1.verdict != .inconclusive || !isTimingsWork($0) }
        return telling.isEmpty ? .inconclusive : GateRule.together(telling.map(\.1.verdict))
    }

    /// Whether a row that is usually counted differs from pair to pair as timed ones do.
    public func isTimingsWork(_ row: Int) -> Bool {
        guard rows[row].isCounted, !rows[row].isAsked else { return false }
        return (Spread(pairs.map { $0.figures[row].logRatio })?.deviation ?? 0)
            > Self.countedDeviationMax * rows[row].margin
    }
}

/// Why a gate measured no more pairs.
public enum GateEnding: String, Codable, Sendable, CaseIterable {
    /// A look was clear.
    case clear
    /// There are no more looks.
    case pairsUsedUp = "pairs used up"
    /// Another pair would not have fitted the budget.
    case budgetUsedUp = "budget used up"
    /// It was stopped.
    case interrupted
}

/// The mean and the standard deviation of some figures.
public struct Spread: Sendable, Equatable {
    /// The mean.
    public let mean: Double
    /// The standard deviation of one of them.
    public let deviation: Double

    /// Nil of fewer than two.
    public init?(_ figures: [Double]) {
        guard figures.count > 1 else { return nil }
        let count = Double(figures.count)
        let mean = figures.reduce(0, +) / count
        let squares = figures.map { ($0 - mean) * ($0 - mean) }.reduce(0, +)
        (self.mean, deviation) = (mean, (squares / (count - 1)).squareRoot())
    }
}
