import Statistics
import Testing

@Suite struct EstimateTests {
    @Test func takesTheMedianBetweenTheExtremes() {
        #expect(Estimate.median([3, 1.5, 2]) == Estimate(value: 2, interval: 1.5...3))
        #expect(Estimate.median([4, 2, 2, 3]) == Estimate(value: 2.5, interval: 2...4))
        #expect(Estimate.median([7]) == Estimate(value: 7, interval: nil))
        #expect(Estimate.median([]) == nil)
        #expect(Estimate.mean([1, 2, 6]) == Estimate(value: 3, interval: 1...6))
        #expect(Estimate.mean([]) == nil)
        #expect(Estimate.greatest([1, 6, 2]) == Estimate(value: 6, interval: nil))
        #expect(Estimate.greatest([]) == nil)
    }

    @Test(
        arguments: [
            (100, 90...110, 0.1), (100, 90...115, 0.15), (100, 85...110, 0.15), (100, 90...116, nil),
            (100, 80...110, nil),
            (26.1, 23.3...92, nil), (100, 100...101, 0.01), (100, 100...101.5, nil), (100, 100...100, 0),
            (-100, -115 ... -90, 0.15), (0, 0...0, 0), (0, 0...1, nil), (0, -1...1, nil), (3, 4...5, nil),
        ] as [(Double, ClosedRange<Double>, Double?)])
    func hasASpreadOnlyWhereBothEndsAreAlike(value: Double, interval: ClosedRange<Double>, spread: Double?) {
        #expect(Estimate(value: value, interval: interval).evenSpread == spread)
    }

    @Test func aSingleRepeatHasNoSpread() { #expect(Estimate(value: 100, interval: nil).evenSpread == nil) }

    @Test(arguments: [[2_465, 99_904], [0, 1], [1, 5, 5, 5, 5]])
    func repeatsMoreThanTwiceApartDisagree(figures: [Double]) {
        #expect(Estimate.median(figures)?.disagreeing == figures)
    }

    @Test(arguments: [[50, 100], [7], [0, 0], [51, 100, 75]])
    func othersAgree(figures: [Double]) { #expect(Estimate.median(figures)?.disagreeing == []) }

    // By hand: logs ln 0.5, ln 0.6, ln 0.55; mean −0.6006033, sd 0.0911923, t(2) 4.302653.
    @Test func comparesRoundByRound() throws {
        let ratio = try #require(Estimate.ratio([(5, 10), (12, 20), (11, 20)]))
        #expect(abs(ratio.value - 0.5484807) < 1e-6)
        let interval = try #require(ratio.interval)
        #expect(abs(interval.lowerBound - 0.4372993) < 1e-6)
        #expect(abs(interval.upperBound - 0.6879293) < 1e-6)
    }

    @Test func comparesOnlyWhatCanBeCompared() {
        #expect(Estimate.ratio([]) == nil)
        #expect(Estimate.ratio([(0, 1), (1, 0)]) == nil)
        #expect(Estimate.ratio([(3, 2), (0, 1)]) == Estimate(value: 1.5, interval: nil))
    }

    // The drift that all cells of a round share cancels: the interval is narrow though the rounds
    // differ tenfold.
    @Test func cancelsWhatARoundSlows() throws {
        let rounds = [1.0, 10, 3, 7].map { (numerator: 2.0 * $0, denominator: $0) }
        let interval = try #require(Estimate.ratio(rounds)?.interval)
        #expect(abs(interval.lowerBound - 2) < 1e-9 && abs(interval.upperBound - 2) < 1e-9)
    }
}
