internal import Glibc
public import Statistics

/// What a pair of a gate takes.
public struct GateCost: Sendable, Equatable {
    /// What it takes whatever its slices: starting and ending processes, topics, preloads, warm-up.
    public var fixedNs: UInt64
    /// What a round of slices over all cells and both sides takes.
    public var roundNs: UInt64

    /// A cost.
    public init(fixedNs: UInt64, roundNs: UInt64) { (self.fixedNs, self.roundNs) = (fixedNs, roundNs) }

    /// How long a pair of so many rounds takes.
    public func pairNs(sliceCount: Int) -> UInt64 { fixedNs + roundNs * UInt64(sliceCount) }

    /// The mean cost of pairs that were measured; nil without one.
    public init?(of pairs: [GatePair], sliceCount: Int) {
        guard !pairs.isEmpty else { return nil }
        let count = UInt64(pairs.count)
        let roundNs = pairs.map(\.roundNs).reduce(0, +) / count
        let wholeNs = pairs.map(\.durationNs).reduce(0, +) / count
        let slicesNs = min(wholeNs, roundNs * UInt64(sliceCount))
        self.init(fixedNs: wholeNs - slicesNs, roundNs: roundNs)
    }
}

/// How the same differs from itself, in logarithms.
public struct GateNoise: Sendable, Equatable {
    /// The standard deviation from slice to slice within a pair.
    public var within: Double
    /// The standard deviation from pair to pair, as fresh processes bring it, beyond what slices do.
    public var between: Double

    /// Noise of these two parts.
    public init(within: Double, between: Double) { (self.within, self.between) = (within, between) }

    /// The standard deviation of a pair of so many slices.
    public func ofPair(sliceCount: Int) -> Double {
        (between * between + within * within / Double(max(1, sliceCount))).squareRoot()
    }
}

/// How a budget is split between slices of a pair and pairs of fresh processes, and how long slices
/// are.
public struct GateSplit: Sendable, Equatable {
    /// The length of slices, with what is known of it.
    public let length: GateLength
    /// The rounds of slices in a pair.
    public let sliceCount: Int
    /// The pairs that fit the budget, as far as looks use them.
    public let pairCount: Int

    /// A pair has so many rounds at least, or its figure is no mean …
    public static let sliceCountMin = 8
    /// … and so many at most.
    public static let sliceCountMax = 120
    /// What is taken for the noise where there is no calibration.
    public static let usualNoise = GateNoise(within: 0.1, between: 0.02)

    /// The split that leaves the least noise in the mean of all pairs, of all lengths; nil where the
    /// budget has no room for `pairCountMin` pairs. `sliceCount` is for who wants so many rounds and
    /// no others.
    public init?(budgetNs: UInt64, lengths: [GateLength], pairCountMin: Int, sliceCount: Int? = nil) {
        let counts = sliceCount.map { $0...$0 } ?? Self.sliceCountMin...Self.sliceCountMax
        let splits = lengths.flatMap { length in
            counts.map { GateSplit(budgetNs: budgetNs, length: length, sliceCount: $0) }
        }
        let fitting = splits.filter { $0.pairCount >= pairCountMin }
        guard let best = fitting.min(by: { $0.standardError < $1.standardError }) else { return nil }
        self = best
    }

    private init(budgetNs: UInt64, length: GateLength, sliceCount: Int) {
        let count = budgetNs / max(1, length.cost.pairNs(sliceCount: sliceCount))
        let pairCountMax = GateCourse.rule.looks.last?.pairCount ?? 0
        (self.length, self.sliceCount) = (length, sliceCount)
        pairCount = min(Int(clamping: count), pairCountMax)
    }

    /// The standard error of the mean of all pairs.
    public var standardError: Double {
        length.noise.ofPair(sliceCount: sliceCount) / Double(max(1, pairCount)).squareRoot()
    }

    /// The smallest budget that has room for `pairCountMin` pairs, with a tenth to spare.
    public static func budgetNeededNs(lengths: [GateLength], pairCountMin: Int, sliceCount: Int? = nil) -> UInt64 {
        let pairNs = lengths.map { $0.cost.pairNs(sliceCount: sliceCount ?? sliceCountMin) }.min() ?? 0
        return pairNs * UInt64(pairCountMin) / 10 * 11
    }
}

extension GateRule {
    /// The least pairs that can raise an alarm over so many rows: below them no p-value is small
    /// enough.
    public func pairCountMin(rows: Int) -> Int {
        let telling = looks.first { 2 * pow(2, -Double($0.pairCount)) * Double(max(rows, 1)) <= $0.alpha }
        return telling?.pairCount ?? looks.last?.pairCount ?? 0
    }

    /// The smallest effect, as a share, that so many pairs find with a probability of 90 %; nil
    /// where they find none.
    public func detectableEffect(deviation: Double, pairs: Int, rows: Int, margin: Double) -> Double? {
        guard let look = looks.last(where: { $0.pairCount <= pairs }), pairs >= pairCountMin(rows: rows) else {
            return nil
        }
        let reach = Self.reach(look.alpha / Double(2 * max(rows, 1)), power: 0.9, pairs: look.pairCount)
        return expm1(log1p(margin) + reach * deviation)
    }

    /// The least pairs after which the same passes with a probability of 90 %; nil where all looks
    /// are too few.
    public func pairsToPass(deviation: Double, margin: Double) -> Int? {
        looks.first { look in
            // Both ends have to lie inside.
            Self.reach(look.alpha / 2, power: 0.95, pairs: look.pairCount) * deviation <= log1p(margin)
        }?.pairCount
    }

    /// How many standard deviations of one pair the truth must lie from a bound; by Student's t,
    /// which the sign-flip test comes near.
    private static func reach(_ tail: Double, power: Double, pairs: Int) -> Double {
        let freedom = Double(pairs - 1)
        let sum =
            StudentT.quantile(1 - tail, degreesOfFreedom: freedom)
            + StudentT.quantile(power, degreesOfFreedom: freedom)
        return sum / Double(pairs).squareRoot()
    }
}
