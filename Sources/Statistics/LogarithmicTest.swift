internal import Glibc

/// One figure per repeat, judged against a bound by Student's t on the figures' logarithms.
public struct LogarithmicTest: Sendable {
    /// How many figures a verdict wants.
    public static let countMin = 5

    /// How many figures there are.
    public let count: Int
    /// Their geometric mean.
    public let geometricMean: Double
    /// The standard deviation of their logarithms.
    public let logDeviation: Double
    private let logMean: Double

    /// Nil of fewer than two figures, and where one is not above 0.
    public init?(_ figures: [Double]) {
        guard figures.count > 1, figures.allSatisfy({ $0 > 0 && $0.isFinite }) else { return nil }
        let logs = figures.map { log($0) }
        count = logs.count
        logMean = logs.reduce(0, +) / Double(count)
        let mean = logMean
        let squares = logs.map { ($0 - mean) * ($0 - mean) }.reduce(0, +)
        logDeviation = (squares / Double(count - 1)).squareRoot()
        geometricMean = exp(logMean)
    }

    private var standardError: Double { logDeviation / Double(count).squareRoot() }

    /// The one-sided upper bound of the geometric mean at this confidence.
    public func upperBound(confidence: Double) -> Double { exp(logMean + halfWidth(confidence)) }

    /// The one-sided lower bound of the geometric mean at this confidence.
    public func lowerBound(confidence: Double) -> Double { exp(logMean - halfWidth(confidence)) }

    private func halfWidth(_ confidence: Double) -> Double {
        StudentT.quantile(confidence, degreesOfFreedom: Double(count - 1)) * standardError
    }

    /// How probable figures as high as these, or higher, are when the geometric mean is `bound` at
    /// most.
    public func pValueAbove(_ bound: Double) -> Double { pValue(distance: log(bound) - logMean) }

    /// How probable figures as low as these, or lower, are when the geometric mean is `bound` at
    /// least.
    public func pValueBelow(_ bound: Double) -> Double { pValue(distance: logMean - log(bound)) }

    /// The share of t below a distance, from its own tail: 1 less the other one has no digits left
    /// of a small one.
    private func pValue(distance: Double) -> Double {
        guard standardError > 0 else { return distance < 0 ? 0 : 1 }
        return StudentT.probability(below: distance / standardError, degreesOfFreedom: Double(count - 1))
    }

    /// How many figures in all would put the one-sided bound on the near side of `bound`, if mean
    /// and spread stay as they are; nil where more than `limit` would be needed, or where the mean
    /// is at the bound.
    public func countNeeded(against bound: Double, confidence: Double, limit: Int = 10_000) -> Int? {
        let distance = abs(logMean - log(bound))
        func decides(_ count: Int) -> Bool {
            let t = StudentT.quantile(confidence, degreesOfFreedom: Double(count - 1))
            return t * logDeviation / Double(count).squareRoot() < distance
        }
        guard distance > 0, decides(limit) else { return nil }
        var (low, high) = (2, limit)
        while low < high {
            let middle = (low + high) / 2
            if decides(middle) { high = middle } else { low = middle + 1 }
        }
        return max(low, 2)
    }
}
