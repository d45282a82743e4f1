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
    /// What is known of each length of slices that was measured in two pairs at least, the shortest
    /// first; their noise is that of the timed row that differs most.
    public let lengths: [GateLength]
    /// The length that is best for a budget of 10 minutes; the others' rows are not told.
    public let best: GateLength

    /// The budget by which a length is called the best.
    private static let usualBudgetNs: UInt64 = 600_000_000_000

    /// What a calibration tells; nil of fewer than two pairs.
    public init?(_ result: GateResult) {
        let measured = Self.measuredLengths(result)
        let sliceCount = result.plan.sliceCount
        let timed = result.rows.indices.filter { !result.rows[$0].isCounted }
        let telling = timed.isEmpty ? Array(result.rows.indices) : timed
        let (rule, rowCount) = (GateCourse.rule, result.rows.count)
        let lengths = measured.compactMap { one in
            telling.map { one.noises[$0] }.max { $0.ofPair(sliceCount: sliceCount) < $1.ofPair(sliceCount: sliceCount) }
                .map { GateLength(sliceNs: one.sliceNs, cost: one.cost, noise: $0) }
        }
        func split(_ budgetNs: UInt64) -> GateSplit? {
            GateSplit(budgetNs: budgetNs, lengths: lengths, pairCountMin: rule.pairCountMin(rows: rowCount))
        }
        let splits = Self.budgetsNs.map(split)
        guard let best = split(Self.usualBudgetNs)?.length ?? lengths.first,
            let noises = measured.first(where: { $0.sliceNs == best.sliceNs })?.noises
        else { return nil }
        (self.lengths, self.best, self.splits) = (lengths, best, splits)
        rows = result.rows.indices.map { index in
            let row = result.rows[index]
            let effects = splits.map { split in
                split.flatMap { split in
                    measured.first { $0.sliceNs == split.length.sliceNs }.flatMap { one in
                        rule.detectableEffect(
                            deviation: one.noises[index].ofPair(sliceCount: split.sliceCount), pairs: split.pairCount,
                            rows: rowCount, margin: row.margin)
                    }
                }
            }
            let deviation = noises[index].ofPair(sliceCount: sliceCount)
            return Row(
                row: row, noise: noises[index], deviation: deviation, effects: effects,
                pairsToPass: rule.pairsToPass(deviation: deviation, margin: row.margin))
        }
    }

    /// A length with what its pairs took, and the noise of each row.
    private typealias Measured = (sliceNs: UInt64, cost: GateCost, noises: [GateNoise])

    private static func measuredLengths(_ result: GateResult) -> [Measured] {
        let groups = Dictionary(grouping: result.pairs) { $0.sliceNs ?? result.plan.sliceNs }
            .filter { $0.value.count > 1 }.sorted { $0.key < $1.key }
        let rows = result.rows.indices.compactMap { row in
            GateNoise.pooled(groups.map { $0.value.map { $0.figures[row] } })
        }
        guard rows.count == result.rows.count else { return [] }
        return groups.enumerated().compactMap { place, group in
            GateCost(of: group.value, sliceCount: result.plan.sliceCount).map { cost in
                (group.key, cost, rows.map { $0[place] })
            }
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
