internal import Glibc

/// How many times the figures of one side those of the other are, where nothing pairs them, such as
/// runs of different days: the ratio of geometric means, by Welch's t on logarithms.
///
/// Each side's own variance from run to run is in the interval.
public struct UnpairedRatio: Sendable, Equatable {
    /// The ratio.
    public let ratio: Double
    /// The degrees of freedom, by Welch and Satterthwaite.
    public let degreesOfFreedom: Double
    /// The standard error of the ratio's logarithm.
    private let logError: Double

    /// Nil unless both sides have two figures, all of them above 0 and finite.
    public init?(_ figures: [Double], over others: [Double]) {
        guard let own = LogarithmicTest(figures), let other = LogarithmicTest(others) else { return nil }
        ratio = own.geometricMean / other.geometricMean
        let (a, b) = (Self.meanVariance(own), Self.meanVariance(other))
        logError = (a + b).squareRoot()
        let spread = a * a / Double(own.count - 1) + b * b / Double(other.count - 1)
        degreesOfFreedom = spread > 0 ? (a + b) * (a + b) / spread : Double(own.count + other.count - 2)
    }

    private static func meanVariance(_ side: LogarithmicTest) -> Double {
        side.logDeviation * side.logDeviation / Double(side.count)
    }

    /// Where the true ratio lies with this confidence; a side without any spread leaves it no
    /// width.
    public func interval(confidence: Double) -> ClosedRange<Double> {
        guard logError > 0 else { return ratio...ratio }
        let t = StudentT.quantile((1 + confidence) / 2, degreesOfFreedom: degreesOfFreedom)
        return ratio * exp(-t * logError)...ratio * exp(t * logError)
    }

    /// How probable a ratio so far from `bound`, to either side, is where the true one is `bound`.
    public func pValue(of bound: Double) -> Double {
        let distance = abs(log(ratio) - log(bound))
        guard logError > 0 else { return distance > 0 ? 0 : 1 }
        return 2 * StudentT.probability(below: -distance / logError, degreesOfFreedom: degreesOfFreedom)
    }
}
