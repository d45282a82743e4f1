import System

/// The sign-flip test of paired differences, and the interval that it gives by inversion.
///
/// Where a side has no effect, each pair's difference is as probable with the other sign. So of all
/// ways to flip signs, few give a sum as great as the one seen. No distribution is assumed (Fisher
/// 1935, Hartigan 1969).
public struct SignFlipTest: Sendable {
    /// Up to so many pairs all flips are counted; beyond it a drawn sample of them is.
    public static let exactCountMax = 24
    /// How many flips are drawn beyond that.
    public static let drawnCount = 1 << 16

    /// The pairs' differences.
    public let differences: [Double]
    private let flips: Flips

    /// A test of these differences; the seed is for what is drawn.
    public init(_ differences: [Double], seed: UInt64) {
        self.init(differences, seed: seed, exactCountMax: Self.exactCountMax, drawnCount: Self.drawnCount)
    }

    init(_ differences: [Double], seed: UInt64, exactCountMax: Int, drawnCount: Int) {
        self.differences = differences
        flips =
            differences.count <= exactCountMax
            ? Flips(exactly: differences) : Flips(drawn: differences, drawnCount, seed)
    }

    /// Whether all flips were counted.
    public var isExact: Bool { flips.isExact }

    /// The mean of the differences.
    public var mean: Double { differences.reduce(0, +) / Double(max(differences.count, 1)) }

    /// How probable differences as great as these, or greater, are when the effect is `effect` at
    /// most.
    public func pValue(above effect: Double) -> Double { flips.share(withMeanUpTo: effect) }

    /// How probable differences as small as these, or smaller, are when the effect is `effect` at
    /// least.
    public func pValue(below effect: Double) -> Double { flips.share(withMeanFrom: effect) }

    /// The standard error that drawing leaves in a p-value; 0 where all flips were counted.
    public func standardError(ofPValue p: Double) -> Double {
        isExact ? 0 : (p * (1 - p) / flips.total).squareRoot()
    }

    /// The effects that a two-sided test at `alpha` does not reject; an end is infinite where the
    /// pairs are too few.
    public func interval(alpha: Double) -> ClosedRange<Double> {
        let low = differences.min() ?? 0
        let high = differences.max() ?? 0
        // Outside of the differences themselves every p-value is as small as there are; by more
        // than sums are rounded.
        let step = 1e-9 * max(abs(low), abs(high), 1e-3)
        let lowest = pValue(above: low - step) <= alpha / 2
        let highest = pValue(below: high + step) <= alpha / 2
        guard low < high else { return lowest && highest ? low...low : -.infinity ... .infinity }
        let lower = lowest ? root(in: low...high) { pValue(above: $0) > alpha / 2 ? 1 : -1 } : -.infinity
        let upper = highest ? root(in: low...high) { pValue(below: $0) > alpha / 2 ? -1 : 1 } : .infinity
        return lower...max(lower, upper)
    }
}

/// The sums of all subsets of differences, or of drawn ones: what flipping just these subtracts.
///
/// A flip gives a sum as great as the one seen when the differences of its subset, less the effect,
/// sum to 0 at most.
private struct Flips: Sendable {
    /// Subsets of one half of the differences, by size: their sums, ascending.
    private var first: [[Double]] = []
    /// The same of the other half; every subset is one of each.
    private var second: [[Double]] = []
    /// The means of drawn subsets, ascending; empty where all are counted.
    private var means: [Double] = []
    /// How many flips there are.
    let total: Double
    let isExact: Bool

    init(exactly differences: [Double]) {
        isExact = true
        total = Double(sign: .plus, exponent: differences.count, significand: 1)
        let middle = differences.count / 2
        first = Self.subsetSums(differences.prefix(middle))
        second = Self.subsetSums(differences.dropFirst(middle))
    }

    init(drawn differences: [Double], _ count: Int, _ seed: UInt64) {
        isExact = false
        var generator = SplitMix64(seed: seed)
        let drawer = SubsetDrawer(differences)
        means = (0..<count).map { _ in drawer.drawnMean(&generator) }.sorted()
        // The flip of none, which was seen, is one of them.
        total = Double(means.count + 1)
    }

    private static func subsetSums(_ differences: ArraySlice<Double>) -> [[Double]] {
        var bySize = [[0.0]]
        for difference in differences {
            var next = bySize + [[]]
            for (size, sums) in bySize.enumerated() { next[size + 1] += sums.map { $0 + difference } }
            bySize = next
        }
        return bySize.map { $0.sorted() }
    }

    func share(withMeanUpTo effect: Double) -> Double {
        guard isExact else { return Double(1 + index { $0 > effect }) / total }
        return Double(pairCount(effect, sign: 1)) / total
    }

    func share(withMeanFrom effect: Double) -> Double {
        guard isExact else { return Double(1 + means.count - index { $0 >= effect }) / total }
        return Double(pairCount(effect, sign: -1)) / total
    }

    private func index(where isBeyond: (Double) -> Bool) -> Int {
        var (low, high) = (0, means.count)
        while low < high {
            let middle = (low + high) / 2
            if isBeyond(means[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }

    /// How many subsets have a sum of at most (or, with sign −1, at least) `effect` an element; the
    /// empty one counts.
    private func pairCount(_ effect: Double, sign: Double) -> Int {
        var count = 0
        for (size, sums) in first.enumerated() {
            for (otherSize, others) in second.enumerated() {
                // Sums are rounded: what lies within that of the bound counts as on it.
                let bound = Double(size + otherSize) * effect
                let slack = 1e-12 * max(abs(bound), 1e-3)
                count += Self.pairs(sums, others, upTo: bound, slack, sign)
            }
        }
        return count
    }

    private static func pairs(
        _ sums: [Double], _ others: [Double], upTo bound: Double, _ slack: Double, _ sign: Double
    ) -> Int {
        var count = 0
        var kept = sign > 0 ? others.count : 0
        for sum in sums {
            if sign > 0 {
                while kept > 0, sum + others[kept - 1] > bound + slack { kept -= 1 }
                count += kept
            } else {
                while kept < others.count, sum + others[others.count - 1 - kept] >= bound - slack { kept += 1 }
                count += kept
            }
        }
        return count
    }
}

/// Draws subsets of differences, eight differences at a time.
private struct SubsetDrawer {
    /// For each eight differences the sum of each of their 256 subsets.
    private let sums: [[Double]]
    /// Which of the last eight there are.
    private let lastMask: UInt64

    init(_ differences: [Double]) {
        var sums: [[Double]] = []
        for first in stride(from: 0, to: differences.count, by: 8) {
            let eight = differences[first..<min(first + 8, differences.count)]
            sums.append(
                (0..<256).map { subset in
                    eight.enumerated().reduce(0) { subset >> $1.offset & 1 == 1 ? $0 + $1.element : $0 }
                })
        }
        self.sums = sums
        lastMask = differences.count % 8 == 0 ? 255 : 1 << UInt64(differences.count % 8) - 1
    }

    func drawnMean(_ generator: inout SplitMix64) -> Double {
        while true {
            var (sum, count) = (0.0, 0)
            var bits: UInt64 = 0
            for (place, eight) in sums.enumerated() {
                if place % 8 == 0 { bits = generator.next() }
                let subset = bits & (place == sums.count - 1 ? lastMask : 255)
                sum += eight[Int(subset)]
                count += subset.nonzeroBitCount
                bits >>= 8
            }
            // An empty subset is the flip of none, which is counted already.
            if count > 0 { return sum / Double(count) }
        }
    }
}
