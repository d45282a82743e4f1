import Results
import Testing

@testable import LoadEngine
@testable import Scenario

@Suite struct RepeatDisturbanceTests {
    private func made(windowMs: UInt64) -> Repeat {
        Repeat(round: 1, windowNs: windowMs * 1_000_000, disturbances: Disturbances())
    }

    /// Milliseconds outside the latencies of four starts, of which one met a leader that was gone.
    @Test(arguments: [
        ([5, 4, 6, 5], false), ([5, 5_100, 300, 5], true), ([400, 300, 500, 400], false),
        ([800, 900, 800, 900], false),
    ])
    func timeInNoStartsLatencyIsHeldAgainstTheWindow(outsideMs: [UInt64], isTooLong: Bool) throws {
        var made = made(windowMs: 8_800)
        made.judge(outsideNs: outsideMs.map { $0 * 1_000_000 })
        #expect(made.invalidReasons.map(\.code) == (isTooLong ? [.noProgress] : []))
        let found = try #require(made.disturbances)
        #expect(found.outsideNs == outsideMs.reduce(0, +) * 1_000_000)
        #expect(found.longestGapNs == (outsideMs.max() ?? 0) * 1_000_000)
    }

    @Test func aGapBetweenArrivalsCountsBesideThatBetweenAcknowledgements() {
        var made = made(windowMs: 5_000)
        var acknowledged = ProgressGaps(beginNs: 0), arrived = acknowledged
        for ms: UInt64 in 1...5_000 { acknowledged.note(atNs: ms * 1_000_000) }
        arrived.note(atNs: 4_000_000_000)
        arrived.end(atNs: 5_000_000_000)
        made.judge(acknowledged, usualNs: 0, .acknowledged)
        #expect(made.isValid)
        made.judgeArrivals(arrived, usualNs: 0)
        #expect(made.invalidReasons.map(\.code) == [.noProgress])
        #expect(made.disturbances?.longestGapNs == 4_000_000_000)
    }

    @Test func nothingIsSaidWhereNothingWasCounted() {
        var made = Repeat(round: 1, windowNs: 1)
        made.judge(ProgressGaps(beginNs: 0), usualNs: 0, .consumed)
        #expect(made.isValid && made.disturbances == nil)
    }

    @Test(arguments: [
        (0, 300, 300), (0, 9_000, 2_000), (500, 400, 500), (2_500, 9_000, 2_500), (1_500, 9_000, 2_000),
    ])
    func aFirstRepeatIsWarmedUpForItsWindowOrTwoSeconds(warmupMs: UInt64, forMs: UInt64, firstMs: UInt64) {
        let measure = MeasureSpec(
            warmupNs: warmupMs * 1_000_000, extent: .time(ns: forMs * 1_000_000), repeats: 1, pauseNs: 0)
        #expect(measure.ofFirstRepeat.warmupNs == firstMs * 1_000_000)
    }
}
