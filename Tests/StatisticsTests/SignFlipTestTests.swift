import Testing

@testable import Statistics

@Suite struct SignFlipTestTests {
    private static let differences = [0.021, 0.034, -0.006, 0.051, 0.012, 0.028, 0.019, 0.044, 0.003, 0.025]

    // Each end is where the same test stops to reject.
    @Test(arguments: [0.01, 0.05, 0.2]) func theIntervalIsWhatIsNotRejected(alpha: Double) {
        let test = SignFlipTest(Self.differences, seed: 1)
        let interval = test.interval(alpha: alpha)
        #expect(test.isExact && interval.contains(test.mean))
        #expect(test.pValue(above: interval.lowerBound - 1e-9) <= alpha / 2)
        #expect(test.pValue(above: interval.lowerBound + 1e-9) > alpha / 2)
        #expect(test.pValue(below: interval.upperBound + 1e-9) <= alpha / 2)
        #expect(test.pValue(below: interval.upperBound - 1e-9) > alpha / 2)
    }

    @Test func tooFewPairsBoundNothing() {
        let interval = SignFlipTest([0.2, 0.3, 0.25], seed: 1).interval(alpha: 0.01)
        #expect(interval == -.infinity ... .infinity)
        #expect(SignFlipTest([0.1, 0.1], seed: 1).interval(alpha: 0.01) == -.infinity ... .infinity)
    }

    @Test func pairsThatAreAlikeBoundTheirEffect() {
        let test = SignFlipTest([Double](repeating: 0.02, count: 12), seed: 1)
        #expect(test.interval(alpha: 0.01) == 0.02...0.02)
        #expect(test.pValue(above: 0.01) == 1 / 4096 && test.pValue(below: 0.01) == 1)
    }

    @Test func drawnFlipsComeCloseToAllOfThem() {
        let exact = SignFlipTest(Self.differences, seed: 1)
        let drawn = SignFlipTest(Self.differences, seed: 1, exactCountMax: 9, drawnCount: 1 << 14)
        #expect(exact.isExact && !drawn.isExact)
        for effect in [0.0, 0.01, 0.02] {
            let p = exact.pValue(above: effect)
            // The draw is the same every time, so that this holds always or never; it leaves the
            // flip of none out.
            let error = 4 * drawn.standardError(ofPValue: p) + 1.0 / 1024
            #expect(abs(drawn.pValue(above: effect) - p) < error)
        }
        let (wide, near) = (drawn.interval(alpha: 0.05), exact.interval(alpha: 0.05))
        #expect(abs(wide.lowerBound - near.lowerBound) < 0.001 && abs(wide.upperBound - near.upperBound) < 0.001)
    }

    @Test func moreFiguresDecideWhatFewCannot() throws {
        let test = try #require(LogarithmicTest([95, 103, 99, 108, 97]))
        #expect(test.pValueBelow(102) > 0.01)
        let count = try #require(test.countNeeded(against: 102, confidence: 0.99))
        #expect(count > 5 && count < 200)
        #expect(test.countNeeded(against: test.geometricMean, confidence: 0.99) == nil)
        #expect(LogarithmicTest([1]) == nil && LogarithmicTest([1, 0]) == nil)
    }
}
