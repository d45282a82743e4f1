internal import Glibc

/// A figure with its interval.
public struct Estimate: Sendable, Equatable {
    /// The figure.
    public var value: Double
    /// The interval; nil when a single repeat gives none.
    public var interval: ClosedRange<Double>?
    /// The repeats' figures, where they disagree so much that no one figure stands for them; else
    /// empty.
    public var disagreeing: [Double] = []

    /// A figure with its interval.
    public init(value: Double, interval: ClosedRange<Double>?) {
        self.value = value
        self.interval = interval
    }

    /// The two ends count as even while the farther is at most so many times as far from the figure
    /// as the nearer.
    public static let evenEndsRatioMax = 1.5
    /// Ends that are no farther from the figure than this share of it count as even.
    public static let evenShareMax = 0.01
    /// Repeats disagree when the greatest is more than so many times the least.
    public static let agreeingRatioMax = 2.0

    /// The farther end's distance from the figure, as a share of it, where the ends are even; else
    /// nil, because no one number says where they are.
    public var evenSpread: Double? {
        guard let interval else { return nil }
        let below = value - interval.lowerBound, above = interval.upperBound - value
        let (nearer, farther) = (min(below, above), max(below, above))
        if farther == 0 { return 0 }
        guard value != 0, nearer >= 0 else { return nil }
        let share = farther / value.magnitude
        return share <= Self.evenShareMax || farther <= Self.evenEndsRatioMax * nearer ? share : nil
    }
}

extension Estimate {
    /// The median of one figure per repeat, with the lowest and the highest as its interval; nil
    /// without any.
    public static func median(_ figures: [Double]) -> Estimate? {
        guard let value = Statistics.median(figures) else { return nil }
        var estimate = Estimate(value: value, interval: range(figures))
        if let interval = estimate.interval, interval.upperBound > agreeingRatioMax * interval.lowerBound {
            estimate.disagreeing = figures
        }
        return estimate
    }

    /// The mean of one figure per repeat, with the lowest and the highest as its interval; nil
    /// without any.
    public static func mean(_ figures: [Double]) -> Estimate? {
        guard !figures.isEmpty else { return nil }
        return Estimate(value: figures.reduce(0, +) / Double(figures.count), interval: range(figures))
    }

    /// The greatest of one figure per repeat; nil without any. It has no interval: more repeats can
    /// only raise it.
    public static func greatest(_ figures: [Double]) -> Estimate? {
        figures.max().map { Estimate(value: $0, interval: nil) }
    }

    private static func range(_ figures: [Double]) -> ClosedRange<Double>? {
        guard figures.count > 1, let low = figures.min(), let high = figures.max() else { return nil }
        return low...high
    }

    /// The ratio of the first figure to the second, from pairs measured in the same round: the
    /// geometric mean of the rounds' ratios with its 95 % interval, by Student's t on their
    /// logarithms.
    ///
    /// Nil without a pair; no interval from a single one. Figures must be above 0: other pairs are
    /// left out.
    public static func ratio(_ pairs: [(numerator: Double, denominator: Double)]) -> Estimate? {
        let logs = pairs.filter { $0.numerator > 0 && $0.denominator > 0 }.map {
            Glibc.log($0.numerator / $0.denominator)
        }
        guard !logs.isEmpty else { return nil }
        let count = Double(logs.count)
        let mean = logs.reduce(0, +) / count
        guard logs.count > 1 else { return Estimate(value: exp(mean), interval: nil) }
        let variance = logs.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / (count - 1)
        let halfWidth =
            StudentT.quantile(0.975, degreesOfFreedom: Double(logs.count - 1)) * (variance / count).squareRoot()
        return Estimate(value: exp(mean), interval: exp(mean - halfWidth)...exp(mean + halfWidth))
    }
}

/// The middle value, or the mean of the two in the middle; nil without any.
public func median(_ figures: [Double]) -> Double? {
    guard !figures.isEmpty else { return nil }
    let sorted = figures.sorted()
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
