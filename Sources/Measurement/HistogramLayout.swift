/// How a histogram's counts are laid out over its values: buckets that double in width, each cut
/// into equal slots.
///
/// After Gil Tene's HdrHistogram. A value's slot is at most `10^-significantDigits` of the value
/// wide.
public struct HistogramLayout: Sendable, Equatable {
    /// The least value that is distinguished from zero.
    public let lowestDiscernibleValue: UInt64
    /// The number of decimal digits kept of every value, 0 to 4.
    public let significantDigits: Int

    let unitMagnitude: Int
    let subBucketHalfCountMagnitude: Int
    let subBucketHalfCount: Int
    let subBucketMask: UInt64
    private let leadingZeroCountBase: Int

    init(lowestDiscernibleValue: UInt64, significantDigits: Int) throws(HistogramError) {
        guard (0...4).contains(significantDigits) else { throw HistogramError(.significantDigits(significantDigits)) }
        guard lowestDiscernibleValue >= 1 else { throw HistogramError(.valueRange) }
        var singleUnitLimit: UInt64 = 2
        for _ in 0..<significantDigits { singleUnitLimit *= 10 }
        let subBucketCountMagnitude = UInt64.bitWidth - (singleUnitLimit - 1).leadingZeroBitCount
        self.lowestDiscernibleValue = lowestDiscernibleValue
        self.significantDigits = significantDigits
        unitMagnitude = UInt64.bitWidth - 1 - lowestDiscernibleValue.leadingZeroBitCount
        guard unitMagnitude + subBucketCountMagnitude <= 62 else { throw HistogramError(.valueRange) }
        subBucketHalfCountMagnitude = max(subBucketCountMagnitude, 1) - 1
        subBucketHalfCount = 1 << subBucketHalfCountMagnitude
        subBucketMask = UInt64(2 * subBucketHalfCount - 1) << UInt64(unitMagnitude)
        leadingZeroCountBase = UInt64.bitWidth - unitMagnitude - subBucketHalfCountMagnitude - 1
    }

    /// The slot of a value.
    @inline(always)
    func index(of value: UInt64) -> Int {
        let bucket = leadingZeroCountBase &- (value | subBucketMask).leadingZeroBitCount
        let subBucket = Int(truncatingIfNeeded: value &>> UInt64(truncatingIfNeeded: bucket &+ unitMagnitude))
        return (bucket &+ 1) &<< subBucketHalfCountMagnitude &+ subBucket &- subBucketHalfCount
    }

    /// The lowest value of a slot.
    func lowestValue(at index: Int) -> UInt64 {
        let bucket = index >> subBucketHalfCountMagnitude - 1
        let subBucket = index & (subBucketHalfCount - 1) + (bucket < 0 ? 0 : subBucketHalfCount)
        return UInt64(subBucket) << UInt64(max(bucket, 0) + unitMagnitude)
    }

    /// How many values share a slot.
    func width(at index: Int) -> UInt64 {
        1 << UInt64(max(index >> subBucketHalfCountMagnitude - 1, 0) + unitMagnitude)
    }

    /// The highest value of a slot.
    func highestValue(at index: Int) -> UInt64 { lowestValue(at: index) + (width(at: index) - 1) }

    /// The value in the middle of a slot.
    func medianValue(at index: Int) -> UInt64 { lowestValue(at: index) + width(at: index) >> 1 }

    /// How many slots cover every value up to `highestValue`.
    func slotCount(upTo highestValue: UInt64) -> Int {
        var untrackable = UInt64(2 * subBucketHalfCount) << UInt64(unitMagnitude)
        var bucketCount = 1
        while untrackable <= highestValue {
            bucketCount += 1
            if untrackable > UInt64(Int64.max) / 2 { break }
            untrackable <<= 1
        }
        return (bucketCount + 1) * subBucketHalfCount
    }
}

/// Why a histogram can't be made or read.
public struct HistogramError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What is wrong.
    public enum Code: Equatable, Sendable {
        /// A number of significant digits outside 0 to 4.
        case significantDigits(Int)
        /// A lowest and a highest value that do not fit together.
        case valueRange
        /// Text that is not base64.
        case base64
        /// Bytes that are not a V2 compressed histogram.
        case encoding(String)
        /// More slots than are accepted.
        case tooLarge(Int)
    }

    /// What is wrong.
    public let code: Code

    init(_ code: Code) { self.code = code }

    /// What is wrong, in words.
    public var description: String {
        switch code {
        case .significantDigits(let digits): "histogram: \(digits) significant digits (0 to 4 are possible)"
        case .valueRange: "histogram: its lowest and highest value can't go together"
        case .base64: "histogram: not base64"
        case .encoding(let what): "histogram: not the V2 compressed encoding: \(what)"
        case .tooLarge(let count): "histogram: \(count) slots are more than the bound of \(HdrHistogram.slotCountMax)"
        }
    }
}
