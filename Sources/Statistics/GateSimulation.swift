internal import System

/// Gates simulated by drawing from pairs that were measured where nothing changed.
public struct GateSimulation: Sendable {
    /// Each row's log-ratios, pair by pair.
    private let series: [[Double]]
    private let margins: [Double]
    private var generator: SplitMix64

    /// Fewer flips than a gate draws, as a thousand gates are simulated; enough for the p-values
    /// that looks ask for.
    private static let drawnCount = 1 << 14

    /// Draws from pairs: `series` has a list of as many log-ratios for each row.
    public init(series: [[Double]], margins: [Double], seed: UInt64) {
        (self.series, self.margins) = (series, margins)
        generator = SplitMix64(seed: seed, part: "simulated gates")
    }

    /// What the next gate says: its pairs are drawn, with the sides of each swapped or not, and
    /// looked at until it is clear.
    public mutating func next(_ rule: GateRule) -> GateRule.Verdict {
        let pairCount = rule.looks.last?.pairCount ?? 0
        let drawn = (0..<pairCount).map { _ in
            (
                pair: Int.random(in: 0..<max(1, series.first?.count ?? 0), using: &generator),
                isSwapped: Bool.random(using: &generator)
            )
        }
        for look in rule.looks {
            let tests = series.map { row in
                SignFlipTest(
                    drawn.prefix(look.pairCount).map { $0.isSwapped ? -row[$0.pair] : row[$0.pair] },
                    seed: generator.next(), exactCountMax: SignFlipTest.exactCountMax, drawnCount: Self.drawnCount)
            }
            let verdict = GateRule.together(GateRule.verdicts(tests, margins: margins, alpha: look.alpha))
            if GateRule.isClear(verdict) { return verdict }
        }
        return .inconclusive
    }
}
