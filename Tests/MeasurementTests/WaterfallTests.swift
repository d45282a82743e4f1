import Measurement
import Testing

@Suite struct WaterfallTests {
    private typealias Span = Waterfall.Span

    /// What must hold of any waterfall.
    private func expectWhole(_ waterfall: Waterfall) {
        #expect(waterfall.gaps.map(\.ns).reduce(0, +) == waterfall.totalNs)
        #expect(waterfall.gaps.allSatisfy { $0.ns > 0 })
        #expect(zip(waterfall.gaps, waterfall.gaps.dropFirst()).allSatisfy { $0.endNs == $1.beginNs })
        #expect(Waterfall.Cause.allCases.map(waterfall.ns).reduce(0, +) == waterfall.totalNs)
    }

    @Test func whatOverlapsIsShownAsOverlapping() {
        let waterfall = Waterfall(
            [
                Span("TCP", 1_010, 1_030), Span("OffsetFetch", 1_040, 1_070), Span("ListOffsets", 1_050, 1_090),
            ], from: 1_000, to: 1_100)
        #expect(
            waterfall.gaps.map(\.title) == [
                "before TCP", "TCP", "before OffsetFetch", "OffsetFetch", "OffsetFetch + ListOffsets", "ListOffsets",
                "to the end",
            ])
        #expect(waterfall.gaps.map(\.ns) == [10, 20, 10, 10, 20, 20, 10])
        #expect(waterfall.ns(of: .client) == 30 && waterfall.ns(of: .exchange) == 70)
        expectWhole(waterfall)
    }

    @Test func waitsOfTheBrokerStandApart() {
        let waterfall = Waterfall(
            [
                Span("Join", 0, 3_000, .brokerWait), Span("Metadata", 500, 700), Span("Sync", 3_000, 3_100),
            ], from: 0, to: 3_200)
        // While something else is answered, the time is not the wait's.
        #expect(waterfall.gaps.map(\.cause) == [.brokerWait, .exchange, .brokerWait, .exchange, .client])
        #expect(waterfall.ns(of: .brokerWait) == 2_800)
        expectWhole(waterfall)
    }

    @Test func whatReachesBeyondIsCutAndWhatIsEmptyIsLeftOut() {
        let waterfall = Waterfall(
            [Span("early", 0, 150), Span("late", 180, 900), Span("empty", 160, 160), Span("after", 300, 400)],
            from: 100, to: 200)
        #expect(waterfall.gaps.map(\.title) == ["early", "before late", "late"])
        expectWhole(waterfall)
        #expect(Waterfall([], from: 5, to: 5).gaps == [] && Waterfall([], from: 9, to: 5).totalNs == 0)
        #expect(Waterfall([], from: 5, to: 8).gaps.map(\.title) == ["to the end"])
    }

    @Test func milestonesAreSpansOneAfterTheOther() {
        let waterfall = Waterfall(
            milestones: ["connect", "FindCoordinator", "Join", "first record"], reachedAtNs: [10, nil, 40, 100],
            waits: ["Join"])
        #expect(waterfall.gaps.map(\.title) == ["connect", "Join", "first record"])
        #expect(waterfall.gaps.map(\.ns) == [10, 30, 60] && waterfall.ns(of: .brokerWait) == 30)
        expectWhole(waterfall)
    }

    @Test func meansSumToTheMeanOfTheWhole() {
        let short = Waterfall([Span("a", 0, 10), Span("b", 10, 30)], from: 0, to: 30)
        let long = Waterfall(
            [Span("a", 0, 20), Span("x", 20, 50), Span("b", 50, 100), Span("a", 100, 110)], from: 0, to: 110)
        let summary = WaterfallSummary([short, long, short])
        #expect(summary.gaps.map(\.title) == ["a", "x", "b", "a"])
        #expect(summary.gaps.map(\.count) == [3, 1, 3, 1] && summary.gaps.map(\.medianNs) == [10, 30, 20, 10])
        #expect(abs(summary.gaps.map(\.meanNs).reduce(0, +) - summary.meanNs) < 1e-9)
        #expect(summary.gaps.allSatisfy { $0.p99Ns == nil })
        #expect(WaterfallSummary([]).gaps == [])
    }

    @Test func aPercentileStandsWithTenBeyond() {
        let waterfalls = (1...1_000).map { Waterfall([Span("a", 0, UInt64($0))], from: 0, to: UInt64($0)) }
        #expect(WaterfallSummary(waterfalls).gaps[0].p99Ns == 990)
        #expect(WaterfallSummary(waterfalls.dropLast()).gaps[0].p99Ns == nil)
        #expect(WaterfallSummary(waterfalls).gaps[0].medianNs == 500)
    }
}
