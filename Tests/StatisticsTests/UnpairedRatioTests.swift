import Statistics
import Testing

@Suite struct UnpairedRatioTests {
    struct Case: Sendable {
        let own: [Double], other: [Double], freedom: Double, low: Double, high: Double
    }

    // By SciPy 1.17.1: ttest_ind(log(own), log(other), equal_var=False), .df and
    // exp(.confidence_interval(0.95)).
    @Test(arguments: [
        Case(
            own: [104.1612065073689, 104.6194063230076], other: [77.7343496972305, 79.32159736480537],
            freedom: 1.0940992337925421, low: 1.1939153701408645, high: 1.480267788131043),
        Case(
            own: [104.61760843916085, 110.09413828073157, 104.20126952690356],
            other: [
                100.4975014273008, 100.17625300725503, 99.64873400373968, 100.0523844335309, 103.90683977514985,
                99.483261480384, 103.1835337048457, 101.27192153704515, 98.30834736762564,
            ],
            freedom: 2.463001191530214, low: 0.9863619633086341, high: 1.1288478175415217),
        Case(
            own: [104.33320342770425, 104.52560168153624, 103.88837087322526],
            other: [
                139.94000705473604, 112.79279722589493, 116.70699046263569, 73.97874955540897, 114.579206496527,
                85.42000254117936, 203.62178535821855, 97.3388740583966, 108.60682059527362,
            ],
            freedom: 8.005594711202823, low: 0.7416452707452661, high: 1.1591884806197625),
    ])
    func agreesWithSciPy(one: Case) throws {
        let ratio = try #require(UnpairedRatio(one.own, over: one.other))
        let interval = ratio.interval(confidence: 0.95)
        #expect(abs(ratio.degreesOfFreedom - one.freedom) < 1e-8)
        #expect(abs(interval.lowerBound - one.low) < 1e-8 && abs(interval.upperBound - one.high) < 1e-8)
        #expect(interval.contains(ratio.ratio))
    }

    @Test func wantsTwoFiguresOfEachSide() {
        #expect(UnpairedRatio([1], over: [1, 2]) == nil && UnpairedRatio([1, 2], over: [2]) == nil)
        #expect(UnpairedRatio([1, 0], over: [1, 2]) == nil)
    }

    @Test func sidesWithoutSpreadLeaveNoWidth() throws {
        let ratio = try #require(UnpairedRatio([4, 4], over: [2, 2, 2]))
        let interval = ratio.interval(confidence: 0.99)
        #expect(abs(ratio.ratio - 2) < 1e-12 && interval.lowerBound == interval.upperBound)
    }
}
