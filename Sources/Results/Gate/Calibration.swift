internal import Statistics

/// What pairs of A against A tell of a host: how its figures differ where nothing changed.
public struct Calibration: Sendable {
    /// What is known of one row.
    public struct Row: Sendable {
        /// The row.
        public let row: GateRow
        /// How it differs from itself.
        public let noise: GateNoise
        /// The standard deviation of the pairs that were measured.
        public let deviation: Double
        /// The smallest effect that is found with a probability of 90 %, a share for each of
        /// `budgetsNs`; nil where none is.
        public let effects: [Double?]
        /// The pairs after which the same passes its margin with a probability of 90 %; nil where
        /// even all looks are too few.
        public let pairsToPass: Int?
    }

    /// The budgets that effects are told for: 2, 5, 10 and 20 minutes.
    public static let budgetsNs: [UInt64] = [2, 5, 10, 20].map { $0 * 60_000_000_000 }

    /// The rows in their order.
    public let rows: [Row]
    /// How the budget of each of `budgetsNs` is best split; nil where it is too small.
    public let splits: [GateSplit?]
    /// What a pair takes.
    public let cost: GateCost
    /// The noise that splits go by: that of the timed row that differs most.
    public let noise: GateNoise

    /// What a calibration tells; nil of fewer than two pairs.
    public init?(_ result: GateResult) {
        guard let cost = GateCost(of: result.pairs, sliceCount: result.plan.sliceCount), result.pairs.count > 1 else {
            return nil
        }
        let noises = result.rows.indices.compactMap { row in GateNoise(of: result.pairs.map { $0.figures[row] }) }
        guard noises.count == result.rows.count else { return nil }
        let sliceCount = result.plan.sliceCount
        let timed = zip(result.rows, noises).filter { !$0.0.isCounted }.map(\.1)
        let worst = (timed.isEmpty ? noises : timed).max {
            $0.ofPair(sliceCount: sliceCount) < $1.ofPair(sliceCount: sliceCount)
        }
        guard let worst else { return nil }
        (self.cost, noise) = (cost, worst)
        let (rule, rowCount) = (GateCourse.rule, noises.count)
        let pairCountMin = rule.pairCountMin(rows: rowCount)
        let splits = Self.budgetsNs.map {
            GateSplit(budgetNs: $0, cost: cost, noise: worst, pairCountMin: pairCountMin)
        }
        self.splits = splits
        rows = zip(result.rows, noises).map { row, noise in
            let effects = splits.map { split in
                split.flatMap {
                    rule.detectableEffect(
                        deviation: noise.ofPair(sliceCount: $0.sliceCount), pairs: $0.pairCount, rows: rowCount,
                        margin: row.margin)
                }
            }
            let deviation = noise.ofPair(sliceCount: sliceCount)
            return Row(
                row: row, noise: noise, deviation: deviation, effects: effects,
                pairsToPass: rule.pairsToPass(deviation: deviation, margin: row.margin))
        }
    }

    /// How many gates cried wolf that were simulated by drawing from pairs of A against A, each with
    /// its sides swapped or not.
    public static func simulate(
        _ result: GateResult, gateCount: Int = 1_000, isStopped: () -> Bool
    ) -> SimulatedGates? {
        guard !result.pairs.isEmpty, !result.rows.isEmpty else { return nil }
        let series = result.rows.indices.map { row in result.pairs.map { $0.figures[row].logRatio } }
        var simulation = GateSimulation(series: series, margins: result.rows.map(\.margin), seed: result.seed)
        var (count, alarms) = (0, 0)
        while count < gateCount, !isStopped() {
            let verdict = simulation.next(GateCourse.rule)
            alarms += verdict == .regressed || verdict == .improved ? 1 : 0
            count += 1
        }
        return count > 0 ? SimulatedGates(gates: count, alarms: alarms) : nil
    }
}
