extension HdrHistogram {
    /// Each slot that has counts: the highest value it stands for, and how many.
    public var recordedValues: [(value: UInt64, count: UInt64)] {
        counts.indices.compactMap { index in
            counts[index] == 0 ? nil : (layout.highestValue(at: index), counts[index])
        }
    }

    /// The value that `percentile` percent of all values do not exceed, as HdrHistogram defines it.
    ///
    /// The least slot up to which the share is reached; its highest value, or its lowest for
    /// percentile 0.
    public func value(atPercentile percentile: Double) -> UInt64 {
        // One representable step below, so that 50 % of 2 asks for 1 and rounding never asks for
        // the next.
        let requested = min(max(percentile.nextDown, 0), 100)
        let wanted = max(UInt64((requested * Double(totalCount) / 100).rounded(.up)), 1)
        var reached: UInt64 = 0
        for index in counts.indices {
            reached += counts[index]
            if reached >= wanted {
                return percentile == 0 ? layout.lowestValue(at: index) : layout.highestValue(at: index)
            }
        }
        return 0
    }

    /// How many values lie in slots above the one of `value`.
    public func count(above value: UInt64) -> UInt64 {
        let index = layout.index(of: value)
        return index + 1 < counts.count ? counts[(index + 1)...].reduce(0, +) : 0
    }

    /// How many values share the slot of `value`.
    public func count(at value: UInt64) -> UInt64 {
        let index = layout.index(of: value)
        return index < counts.count ? counts[index] : 0
    }

    /// The least value, to the resolution of its slot; 0 when there is none.
    public var minValue: UInt64 { counts.firstIndex { $0 != 0 }.map(layout.lowestValue(at:)) ?? 0 }

    /// The greatest value, to the resolution of its slot; 0 when there is none.
    public var maxValue: UInt64 { counts.lastIndex { $0 != 0 }.map(layout.highestValue(at:)) ?? 0 }

    /// The mean of the slots' middle values; 0 when there is none.
    public var mean: Double {
        totalCount == 0 ? 0 : sum { Double(layout.medianValue(at: $0)) } / Double(totalCount)
    }

    /// The standard deviation over all values; 0 when there is none.
    public var standardDeviation: Double {
        guard totalCount > 0 else { return 0 }
        let mean = mean
        let squares = sum { index in
            let deviation = Double(layout.medianValue(at: index)) - mean
            return deviation * deviation
        }
        return (squares / Double(totalCount)).squareRoot()
    }

    private func sum(_ term: (Int) -> Double) -> Double {
        var sum = 0.0
        for index in counts.indices where counts[index] != 0 { sum += term(index) * Double(counts[index]) }
        return sum
    }
}
