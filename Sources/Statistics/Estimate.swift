internal import Glibc

/// A figure with the interval that it lies in.
public struct Estimate: Sendable, Equatable {
    /// The figure.
    public var value: Double
    /// The interval; nil when a single repeat gives none.
    public var interval: ClosedRange<Double>?

    /// A figure with its interval.
    public init(value: Double, interval: ClosedRange<Double>?) {
        self.value = value
        self.interval = interval
    }

    /// Half the interval's width as a share of the figure; nil without an interval, or for the figure 0.
    public var relativeHalfWidth: Double? {
        guard let interval, value != 0 else { return nil }
        return (interval.upperBound - interval.lowerBound) / 2 / value.magnitude
    }
}

extension Estimate {
    /// The median of one figure per repeat, between the lowest and the highest of them; nil of none.
    public static func median(_ figures: [Double]) -> Estimate? {
        guard let value = Statistics.median(figures) else { return nil }
        return Estimate(value: value, interval: range(figures))
    }

    /// The mean of one figure per repeat, between the lowest and the highest of them; nil of none.
    public static func mean(_ figures: [Double]) -> Estimate? {
        guard !figures.isEmpty else { return nil }
        return Estimate(value: figures.reduce(0, +) / Double(figures.count), interval: range(figures))
    }

    /// The greatest of one figure per repeat, between the lowest and the highest of them; nil of none.
    public static func greatest(_ figures: [Double]) -> Estimate? {
        figures.max().map { Estimate(value: $0, interval: range(figures)) }
    }

    private static func range(_ figures: [Double]) -> ClosedRange<Double>? {
        guard figures.count > 1, let low = figures.min(), let high = figures.max() else { return nil }
        return low...high
    }

    /// How many times the second figure the first is, from pairs measured in the same round: the geometric mean of
    /// the rounds' ratios with its 95 % interval, by Student's t on their logarithms.
    ///
    /// Nil without a pair; no interval from a single one. Figures must be above 0: other pairs are left out.
    public static func ratio(_ pairs: [(numerator: Double, denominator: Double)]) -> Estimate? {
        let logs = pairs.filter { $0.numerator > 0 && $0.denominator > 0 }.map {
            Glibc.log($0.numerator / $0.denominator)
        }
        guard !logs.isEmpty else { return nil }
        let count = Double(logs.count)
        let mean = logs.reduce(0, +) / count
        guard logs.count > 1 else { return Estimate(value: exp(mean), interval: nil) }
        let variance = logs.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / (count - 1)
        let halfWidth = studentT975(degreesOfFreedom: logs.count - 1) * (variance / count).squareRoot()
        return Estimate(value: exp(mean), interval: exp(mean - halfWidth)...exp(mean + halfWidth))
    }
}

/// The value in the middle, or the mean of the two there; nil of none.
public func median(_ figures: [Double]) -> Double? {
    guard !figures.isEmpty else { return nil }
    let sorted = figures.sorted()
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
