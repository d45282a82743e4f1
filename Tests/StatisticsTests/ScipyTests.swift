import Foundation
import Statistics
import Testing

/// What scipy says of the same numbers; Fixtures/make-vectors.py wrote it down.
@Suite struct ScipyTests {
    struct Vectors: Decodable {
        struct Beta: Decodable { let x, a, b, share: Double }
        struct Student: Decodable {
            let degreesOfFreedom, probability, t: Double
        }
        struct Binomial: Decodable {
            let count, trials: Int
            let confidence, low, high: Double
        }
        struct Logarithmic: Decodable {
            let figures: [Double]
            let confidence, lower, upper, bound, below, above: Double
        }
        struct FarTail: Decodable {
            let figures: [Double]
            let bound, below, above: Double
        }
        struct SignFlip: Decodable {
            let differences: [Double]
            let effect, above, below: Double
        }
        struct Holm: Decodable {
            let pValues: [Double]
            let rejected: [Bool]
        }
        struct Welch: Decodable {
            let first, second: [Double]
            let low, high, bound, pValue: Double
        }
        let beta: [Beta]
        let student: [Student]
        let binomial: [Binomial]
        let logarithmic: [Logarithmic]
        let farTails: [FarTail]
        let farQuantiles: [Student]
        let signFlip: [SignFlip]
        let holm: [Holm]
        let welch: [Welch]
    }

    static let vectors: Vectors = {
        let url = Bundle.module.url(forResource: "vectors", withExtension: "json", subdirectory: "Fixtures")!
        return try! JSONDecoder().decode(Vectors.self, from: try! Data(contentsOf: url))
    }()

    private func isClose(_ value: Double, _ other: Double, within share: Double = 1e-9) -> Bool {
        abs(value - other) <= share * max(abs(other), 1e-300)
    }

    @Test func theBetaFunctionAgrees() {
        for vector in Self.vectors.beta {
            let share = incompleteBeta(vector.x, a: vector.a, b: vector.b)
            #expect(isClose(share, vector.share) || vector.share < 1e-250, "\(vector): \(share)")
        }
    }

    @Test func studentsQuantilesAgree() {
        for vector in Self.vectors.student {
            let t = StudentT.quantile(vector.probability, degreesOfFreedom: vector.degreesOfFreedom)
            #expect(isClose(t, vector.t) || abs(t - vector.t) < 1e-12, "\(vector): \(t)")
            let back = StudentT.probability(below: vector.t, degreesOfFreedom: vector.degreesOfFreedom)
            #expect(isClose(back, vector.probability), "\(vector): \(back)")
        }
        #expect(StudentT.quantile(0.975, degreesOfFreedom: 0) == .infinity)
    }

    @Test func clopperAndPearsonsIntervalsAgree() {
        for vector in Self.vectors.binomial {
            let share = BinomialInterval(count: vector.count, of: vector.trials, confidence: vector.confidence).share
            #expect(isClose(share.lowerBound, vector.low), "\(vector): \(share)")
            #expect(isClose(share.upperBound, vector.high), "\(vector): \(share)")
        }
    }

    @Test func theTestOnLogarithmsAgrees() throws {
        for vector in Self.vectors.logarithmic {
            let test = try #require(LogarithmicTest(vector.figures))
            #expect(isClose(test.lowerBound(confidence: vector.confidence), vector.lower))
            #expect(isClose(test.upperBound(confidence: vector.confidence), vector.upper))
            #expect(isClose(test.pValueBelow(vector.bound), vector.below, within: 1e-8))
            #expect(isClose(test.pValueAbove(vector.bound), vector.above, within: 1e-8))
        }
    }

    @Test func farTailsKeepTheirDigitsOnBothSides() throws {
        for vector in Self.vectors.farTails {
            let test = try #require(LogarithmicTest(vector.figures))
            // The figures' logarithms have 15 digits, which t has to some power.
            #expect(isClose(test.pValueBelow(vector.bound), vector.below, within: 1e-8), "\(vector)")
            #expect(isClose(test.pValueAbove(vector.bound), vector.above, within: 1e-8), "\(vector)")
        }
        for vector in Self.vectors.farQuantiles {
            let t = StudentT.quantile(vector.probability, degreesOfFreedom: vector.degreesOfFreedom)
            #expect(isClose(t, vector.t), "\(vector): \(t)")
        }
    }

    @Test func figuresWithoutSpreadOnTheBoundSpeakAgainstNeitherSide() throws {
        let test = try #require(LogarithmicTest([2, 2, 2, 2, 2]))
        #expect(test.pValueBelow(2) == 1 && test.pValueAbove(2) == 1)
        #expect(test.pValueBelow(3) == 0 && test.pValueAbove(3) == 1)
    }

    @Test func theSignFlipTestAgrees() {
        for vector in Self.vectors.signFlip {
            let test = SignFlipTest(vector.differences, seed: 1)
            #expect(isClose(test.pValue(above: vector.effect), vector.above), "\(vector)")
            #expect(isClose(test.pValue(below: vector.effect), vector.below), "\(vector)")
        }
    }

    @Test func holmsCorrectionAgrees() {
        for vector in Self.vectors.holm { #expect(holm(vector.pValues, alpha: 0.05) == vector.rejected) }
    }

    @Test func welchsTestAgrees() throws {
        for vector in Self.vectors.welch {
            let difference = try #require(UnpairedRatio(vector.first, over: vector.second))
            let interval = difference.interval(confidence: 0.99)
            #expect(isClose(interval.lowerBound, vector.low) && isClose(interval.upperBound, vector.high), "\(vector)")
            #expect(isClose(difference.pValue(of: vector.bound), vector.pValue, within: 1e-8), "\(vector)")
        }
        #expect(UnpairedRatio([1, 2], over: [1]) == nil)
    }
}
