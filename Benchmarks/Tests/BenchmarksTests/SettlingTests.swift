import BenchmarkPlan
import Testing

@Suite struct SettlingTests {
    /// Whether it ended after each round, of which each cell's cost is given.
    private func ends(_ rounds: [[Int]]) -> [Bool] {
        var settling = Settling()
        return rounds.map { costs in
            for (index, cost) in costs.enumerated() {
                var sample = Sample(cell: "cell \(index)", contestant: .kafkaBroker, round: 1, payloadBytes: 1_000_000)
                sample.brokerCPUNs = cost
                settling.enter(sample)
            }
            return settling.endRound()
        }
    }

    @Test func aCostThatStillFallsIsWaitedFor() {
        #expect(ends([[7611], [5181], [4023], [3610], [3654]]) == [false, false, false, false, false])
        #expect(ends([[7611], [3610], [3654], [3500], [3700]]) == [false, false, false, false, true])
    }

    @Test func oneCostThatFallsIsEnoughToGoOn() {
        #expect(ends([[100, 100], [100, 80], [101, 79]]) == [false, false, false])
        #expect(
            ends([[100, 100], [100, 80], [101, 79], [101, 79], [99, 80]]) == [false, false, false, false, true])
    }

    @Test func aRiseAndAFallByLessThanATenthAreNoise() {
        #expect(ends([[100], [91], [300], [95]]) == [false, false, false, true])
    }

    @Test func aFallAfterANoisyRoundIsWaitedForAnew() {
        #expect(ends([[7000], [7100], [4000], [4100], [4050], [3900]]) == [false, false, false, false, false, true])
    }

    @Test func samplesThatSayNothingOfABrokerUnderLoadEndIt() {
        var settling = Settling()
        settling.enter(Sample(cell: "a start", contestant: .weir, round: 1))
        let first = settling.endRound()
        settling.enter(Sample(cell: "a start", contestant: .weir, round: 2, failure: "it failed"))
        let (second, third) = (settling.endRound(), settling.endRound())
        #expect([first, second, third] == [false, false, true])
    }
}
