import Results
import Testing

@Suite struct DisturbanceRuleTests {
    private func codes(
        _ found: Disturbances, windowS: UInt64 = 10, requests: Int64 = 1_000, usualNs: UInt64 = 1_000_000,
        _ progress: DisturbanceRule.Progress = .consumed
    ) -> [InvalidReason.Code] {
        DisturbanceRule(
            windowNs: windowS * 1_000_000_000, requestCount: requests, usualGapNs: usualNs, progress: progress
        ).reasons(found).map(\.code)
    }

    @Test func nothingIsSaidOfAnUndisturbedWindow() {
        #expect(codes(Disturbances(longestGapNs: 2_000_000)) == [])
        // Attempts that fail are a part of what is measured, where a bootstrap server is dead.
        #expect(codes(Disturbances(failedConnections: 9)) == [])
    }

    @Test func oneLostConnectionIsTooMany() {
        #expect(codes(Disturbances(lostConnections: 1)) == [.connectionsLost])
    }

    @Test(arguments: [(0, 1, false), (0, 2, true), (1_000, 10, false), (1_000, 11, true)])
    func oneInAHundredMayBeSentAgain(requests: Int64, retries: Int64, isTooMuch: Bool) {
        #expect(codes(Disturbances(retries: retries), requests: requests) == (isTooMuch ? [.retried] : []))
    }

    @Test(arguments: [(100, false), (101, true)])
    func quotasMayTakeAHundredth(throttledMs: UInt64, isTooMuch: Bool) {
        let found = Disturbances(throttledAnswers: 1, throttledNs: throttledMs * 1_000_000)
        #expect(codes(found) == (isTooMuch ? [.throttled] : []))
    }

    /// A tenth of the window, half a second, three times what is usual: whichever is most.
    @Test(arguments: [
        (10, 1, 1_000, false), (10, 1, 1_001, true), (1, 1, 500, false), (1, 1, 501, true),
        (10, 1_000, 3_000, false), (10, 1_000, 3_001, true), (1, 300, 900, false),
    ])
    func aGapIsHeldAgainstWindowAndLoad(windowS: UInt64, usualMs: UInt64, gapMs: UInt64, isTooLong: Bool) {
        let found = Disturbances(longestGapNs: gapMs * 1_000_000)
        let codes = codes(found, windowS: windowS, usualNs: usualMs * 1_000_000)
        #expect(codes == (isTooLong ? [.noProgress] : []))
    }

    /// Against what is usual for the load and for itself.
    @Test(arguments: [(1_000, 1, false), (1_001, 1, true), (3_000, 1_000, false), (3_001, 1_000, true)])
    func oneBrokerOrPartitionMayNotStandStill(longestMs: UInt64, usualMs: UInt64, isTooLong: Bool) {
        let found = Disturbances(
            standstill: Standstill(of: "x", longestNs: longestMs * 1_000_000, usualNs: usualMs * 1_000_000))
        #expect(codes(found) == (isTooLong ? [.noProgress] : []))
    }

    @Test func theOneThatIsBeyondItsLimitIsNamed() {
        let rule = DisturbanceRule(windowNs: 24_000_000_000, requestCount: 9, usualGapNs: 0, progress: .consumed)
        let slow = Standstill(of: "partition t-1", longestNs: 20_000_000_000, usualNs: 10_000_000_000)
        let frozen = Standstill(of: "broker b:1", longestNs: 18_000_000_000)
        #expect(rule.worst(of: [slow, frozen]) == frozen)
        #expect(rule.worst(of: [slow]) == slow && rule.worst(of: []) == nil)
        #expect(
            rule.reasons(Disturbances(longestGapNs: 17_000_000_000, standstill: frozen)).map(\.detail) == [
                "no record was consumed for 17 s of 24 s (limit 2.4 s); nothing came of broker b:1 for 18 s of 24 s, "
                    + "although something was due (limit 2.4 s)"
            ])
        // What was split is no failure.
        #expect(rule.reasons(Disturbances(splitBatches: 99_999)).isEmpty)
    }

    @Test func saysWhatAndHowMuch() {
        let rule = DisturbanceRule(
            windowNs: 8_800_000_000, requestCount: 200, usualGapNs: 4_000_000, progress: .started)
        let found = Disturbances(
            lostConnections: 2, failedConnections: 7, unansweredRequests: 3, retries: 5, throttledAnswers: 1,
            throttledNs: 19_000_000_000, longestGapNs: 5_100_000_000, outsideNs: 5_400_000_000)
        #expect(
            rule.reasons(found).map(\.detail) == [
                "2 lost in the window with requests under way (3 not answered, 7 failed attempts to connect)",
                "5.1 s of 8.8 s (limit 0.9 s) are in no start's latency, 5.4 s in all",
                "5 failed and were sent again, with 200 requests in the window (limit 1 %)",
                "a quota held the client back for 19 s in a window of 8.8 s (throttle_time_ms; limit 1 %)",
            ])
        #expect(
            DisturbanceRule(windowNs: .max, requestCount: -1, usualGapNs: .max, progress: .acknowledged)
                .reasons(Disturbances(longestGapNs: .max)) == [])
    }
}
