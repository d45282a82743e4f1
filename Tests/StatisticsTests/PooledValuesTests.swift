import Statistics
import Testing

@Suite struct PooledValuesTests {
    @Test func poolsAllRepeats() {
        let pool = PooledValues([[(1, 5), (10, 5)], [], [(2, 10)]])
        #expect(pool.count == 20)
        #expect(pool.percentile(25, seed: 1)?.value == 1)
        #expect(pool.percentile(50, seed: 1)?.value == 2)
        #expect(pool.percentile(75, seed: 1)?.value == 2)
        #expect(pool.percentile(100, seed: 1)?.value == 10)
        #expect(PooledValues([]).percentile(50, seed: 1) == nil)
        #expect(PooledValues([[], []]).count == 0)
    }

    @Test func givesTheSameIntervalForTheSameSeed() throws {
        let repeats = (1...8).map { place in (0..<100).map { (value: UInt64(place * 100 + $0), count: UInt64(1)) } }
        let pool = PooledValues(repeats)
        let estimate = try #require(pool.percentile(50, seed: 3))
        #expect(pool.percentile(50, seed: 3) == estimate)
        #expect(pool.percentile(50, seed: 4) != nil)
        let interval = try #require(estimate.interval)
        #expect(interval.contains(estimate.value))
        // Eight repeats at 100, 200 … 800: the median of a draw moves by hundreds, yet hardly to an
        // extreme.
        #expect(interval.lowerBound >= 200 && interval.upperBound <= 850)
        #expect(interval.upperBound - interval.lowerBound > 200)
    }

    @Test func resamplesRepeatsAndNotValues() throws {
        // Within a repeat all is equal, so that resampling values would see the whole mixture every
        // time.
        let pool = PooledValues([[(value: 1, count: 1000)], [(value: 9, count: 1000)]])
        #expect(try #require(pool.percentile(50, seed: 1)).interval == 1...9)
        #expect(PooledValues([[(value: 7, count: 30)]]).percentile(50, seed: 1)?.interval == nil)
    }

    @Test func coversTheTruthAboutAsOftenAsItSays() throws {
        // Repeats differ by their level, drawn evenly from 1000…2000: the truth is the median
        // level, 1500.
        var generator = Drawn(state: 5)
        var coveredCount = 0
        for trial in 0..<200 {
            let repeats = (0..<12).map { _ in
                [(value: UInt64.random(in: 1000...2000, using: &generator), count: UInt64(50))]
            }
            let interval = try #require(PooledValues(repeats).percentile(50, resamples: 200, seed: UInt64(trial)))
            if interval.interval?.contains(1500) == true { coveredCount += 1 }
        }
        #expect((170...200).contains(coveredCount), "\(coveredCount) of 200")
    }

    @Test(arguments: [
        (50.0, 19, false), (50, 20, true), (99, 999, false), (99, 1000, true), (99.9, 9999, false), (99.9, 10000, true),
        (100, 1_000_000_000, false),
    ])
    func wantsTenSamplesBeyond(percentile: Double, count: UInt64, supported: Bool) {
        #expect(PooledValues.supports(percentile: percentile, count: count) == supported)
        #expect(PooledValues([[(value: 1, count: count)]]).supports(percentile: percentile) == supported)
    }
}

private struct Drawn: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ (state >> 29)
    }
}
