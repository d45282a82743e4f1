/// How often something happens, from `count` of `trials`: the exact interval of Clopper and Pearson
/// (1934).
public struct BinomialInterval: Sendable, Equatable {
    /// How often it happened.
    public let count: Int
    /// How often it could have happened.
    public let trials: Int
    /// The share's interval.
    public let share: ClosedRange<Double>

    /// The two-sided interval with this confidence; `count` is of 0 to `trials`.
    public init(count: Int, of trials: Int, confidence: Double = 0.95) {
        self.count = count
        self.trials = trials
        let tail = (1 - confidence) / 2
        let (hits, misses) = (Double(count), Double(trials - count))
        let low = hits > 0 ? root(in: 0...1) { incompleteBeta($0, a: hits, b: misses + 1) - tail } : 0
        let high = misses > 0 ? root(in: 0...1) { incompleteBeta($0, a: hits + 1, b: misses) - (1 - tail) } : 1
        share = low...max(low, high)
    }
}
