import System

/// Values of several repeats taken together, for percentiles over all of them.
///
/// The unit of sampling is the repeat, not the value: an interval comes from resampling whole
/// repeats.
public struct PooledValues: Sendable {
    /// How many samples must lie beyond a percentile before it is worth printing.
    public static let samplesBeyondMin = 10.0

    private let values: [UInt64]
    /// For each repeat, how many of its samples are at or below each value.
    private let cumulative: [[UInt64]]

    /// The repeats' distinct values with their counts; repeats without a sample are left out.
    public init(_ repeats: [[(value: UInt64, count: UInt64)]]) {
        let values = Array(Set(repeats.joined().map(\.value))).sorted()
        let places = Dictionary(uniqueKeysWithValues: values.enumerated().map { ($1, $0) })
        self.values = values
        cumulative = repeats.filter { !$0.isEmpty }.map { samples in
            var counts = [UInt64](repeating: 0, count: values.count)
            for (value, count) in samples { counts[places[value] ?? 0] += count }
            var sum: UInt64 = 0
            return counts.map { count in
                sum += count
                return sum
            }
        }
    }

    /// How many samples there are.
    public var count: UInt64 { cumulative.map { $0.last ?? 0 }.reduce(0, +) }

    /// Whether enough samples lie beyond a percentile.
    public func supports(percentile: Double) -> Bool { Self.supports(percentile: percentile, count: count) }

    /// Whether enough of `count` samples lie beyond a percentile.
    public static func supports(percentile: Double, count: UInt64) -> Bool {
        // 99.9 is not exact in binary: 10,000 samples must still be enough.
        Double(count) * (100 - percentile) / 100 >= samplesBeyondMin - 1e-6
    }

    /// The percentile over all samples, with the 95 % interval from `resamples` draws of repeats;
    /// nil without any.
    ///
    /// The same seed gives the same interval; a single repeat gives none.
    public func percentile(_ percentile: Double, resamples: Int = 1000, seed: UInt64) -> Estimate? {
        guard count > 0 else { return nil }
        let once = [UInt64](repeating: 1, count: cumulative.count)
        let pooled = Double(value(at: percentile, weights: once))
        guard cumulative.count > 1 else { return Estimate(value: pooled, interval: nil) }
        var generator = SplitMix64(seed: seed)
        let drawn = (0..<max(resamples, 1)).map { _ in
            value(at: percentile, weights: drawWeights(&generator))
        }.sorted()
        let low = Double(drawn[Int(0.025 * Double(drawn.count - 1))])
        let high = Double(drawn[Int((0.975 * Double(drawn.count - 1)).rounded(.up))])
        // With few repeats, every resample may miss what the pool shows.
        return Estimate(value: pooled, interval: min(low, pooled)...max(high, pooled))
    }

    /// How often each repeat is drawn, in as many draws with replacement as there are repeats.
    private func drawWeights(_ generator: inout SplitMix64) -> [UInt64] {
        var weights = [UInt64](repeating: 0, count: cumulative.count)
        for _ in cumulative { weights[Int.random(in: weights.indices, using: &generator)] += 1 }
        return weights
    }

    /// HdrHistogram's percentile: the least value up to which the share, rounded up to a whole
    /// sample, is reached.
    private func value(at percentile: Double, weights: [UInt64]) -> UInt64 {
        let total = samples(upTo: values.count - 1, weights)
        let wanted = max(UInt64((min(max(percentile.nextDown, 0), 100) * Double(total) / 100).rounded(.up)), 1)
        var low = 0
        var high = values.count - 1
        while low < high {
            let middle = (low + high) / 2
            if samples(upTo: middle, weights) >= wanted { high = middle } else { low = middle + 1 }
        }
        return values[low]
    }

    private func samples(upTo index: Int, _ weights: [UInt64]) -> UInt64 {
        var sum: UInt64 = 0
        for place in cumulative.indices { sum += weights[place] * cumulative[place][index] }
        return sum
    }
}
