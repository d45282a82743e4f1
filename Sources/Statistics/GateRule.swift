internal import Glibc

/// When a gate looks at its pairs, and what it then says of each row.
///
/// Each look spends a fixed share of α, so that all looks together raise a false alarm with a
/// probability of at most α (union bound).
public struct GateRule: Sendable {
    /// A look at the pairs measured so far.
    public struct Look: Sendable, Equatable {
        /// After how many pairs.
        public let pairCount: Int
        /// The look's share of α.
        public let alpha: Double

        /// A look after so many pairs, with this share.
        public init(pairCount: Int, alpha: Double) { (self.pairCount, self.alpha) = (pairCount, alpha) }
    }

    /// The looks, by their pairs, ascending.
    public let looks: [Look]

    /// The probability of a false alarm, over all looks and rows, where nothing changed.
    public static let alphaDefault = 0.01
    /// Pairs at each look, and the look's share of α. Half goes to the first: its twelve pairs
    /// cannot give a p-value below 2 in 4,096, which ten rows, corrected, must still be able to
    /// use.
    static let shares: [(pairCount: Int, share: Double)] = [(12, 0.5), (16, 0.15), (24, 0.15), (40, 0.2)]

    /// The looks for this α.
    public init(alpha: Double = GateRule.alphaDefault) {
        looks = Self.shares.map { Look(pairCount: $0.pairCount, alpha: alpha * $0.share) }
    }

    /// What is said of a row, or of the whole.
    public enum Verdict: String, Sendable, Codable, CaseIterable {
        /// The candidate is worse by more than the margin.
        case regressed
        /// It cannot be told.
        case inconclusive
        /// The candidate is better by more than the margin.
        case improved
        /// Whatever effect there is lies inside the margin.
        case pass
    }

    /// A row: one metric of one cell, and its pairs.
    public struct Row: Sendable {
        /// Each pair's logarithm of candidate over baseline, so that above 0 is worse.
        public var logRatios: [Double]
        /// How much worse or better is too much, such as 0.03.
        public let margin: Double

        /// A row of pairs, in their order.
        public init(logRatios: [Double], margin: Double) {
            self.logRatios = logRatios
            self.margin = margin
        }
    }

    /// A row as judged.
    public struct Judgement: Sendable {
        /// How many times worse the candidate is: the ratio of means of logarithms.
        public let ratio: Double
        /// The effects not rejected at this look; an end is infinite, or 0, where the pairs are too
        /// few.
        public let interval: ClosedRange<Double>
        /// What is said of the row.
        public let verdict: Verdict
    }

    /// Judges all rows, which have the look's pairs, at one look.
    public func judge(_ rows: [Row], at look: Look, seed: UInt64) -> [Judgement] {
        let tests = rows.map { SignFlipTest($0.logRatios, seed: seed) }
        return zip(tests, Self.verdicts(tests, margins: rows.map(\.margin), alpha: look.alpha)).map { test, verdict in
            let interval = test.interval(alpha: look.alpha)
            return Judgement(
                ratio: exp(test.mean), interval: exp(interval.lowerBound)...exp(interval.upperBound), verdict: verdict)
        }
    }

    /// What each row's test says: whether its interval clears the margin, corrected over all rows,
    /// or lies inside it.
    static func verdicts(_ tests: [SignFlipTest], margins: [Double], alpha: Double) -> [Verdict] {
        let sides = zip(tests, margins).map { test, margin in
            (worse: test.pValue(above: log1p(margin)), better: test.pValue(below: -log1p(margin)))
        }
        // Two sides were looked at.
        let cleared = holm(sides.map { min(1, 2 * min($0.worse, $0.better)) }, alpha: alpha)
        return tests.indices.map { index in
            if cleared[index] { return sides[index].worse < sides[index].better ? .regressed : .improved }
            let (test, bound) = (tests[index], log1p(margins[index]))
            let isInside = max(test.pValue(below: bound), test.pValue(above: -bound)) <= alpha / 2
            return isInside ? .pass : .inconclusive
        }
    }

    /// What the rows say together: the worst that any says, `improved` before `pass`.
    public static func together(_ verdicts: some Sequence<Verdict>) -> Verdict {
        let said = Set(verdicts)
        return [.regressed, .inconclusive, .improved].first(where: said.contains) ?? .pass
    }

    /// Whether a gate may stop at a look that says this: it is clear, and more pairs would not be
    /// needed.
    public static func isClear(_ verdict: Verdict) -> Bool { verdict != .inconclusive }
}
