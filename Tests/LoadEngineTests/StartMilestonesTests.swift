import Testing

@testable import KafkaClient
@testable import LoadEngine

@Suite struct StartMilestonesTests {
    private func span(_ phase: ClientMetrics.Phase, _ beginNs: UInt64, _ endNs: UInt64) -> ClientMetrics.Span {
        ClientMetrics.Span(phase: phase, beginNs: beginNs, endNs: endNs, client: 1, isSuccess: true)
    }

    @Test func timesNeverFallAndSkippedMilestonesStayEmpty() {
        // ApiVersions and Metadata are pipelined, and a second connection is made after the look-ups.
        let spans = [
            span(.connect, 1000, 1100), span(.apiVersions, 1100, 1300), span(.metadata, 1100, 1290),
            span(.listOffsets, 1300, 1400), span(.connect, 1400, 1450), span(.apiVersions, 1450, 1480),
            span(.fetch, 1500, 1600),
        ]
        let start = StartMilestones(
            spans: spans, bornNs: 1000, readyNs: 1500, firstRecordNs: 1600, caughtUpNs: nil)
        #expect(start.reachedAtNs == [100, 300, 300, nil, nil, 400, 500, 600])
    }

    @Test func theGapsSumToTheTotal() {
        let spans = [
            span(.connect, 10, 20), span(.apiVersions, 20, 30), span(.metadata, 30, 60), span(.offsetFetch, 60, 90),
        ]
        let start = StartMilestones(spans: spans, bornNs: 5, readyNs: 95, firstRecordNs: 130, caughtUpNs: 200)
        var last: UInt64 = 0
        var sum: UInt64 = 0
        for reached in start.reachedAtNs.compactMap(\.self) {
            sum += reached - last
            last = reached
        }
        #expect(sum == 195)
        #expect(start.reachedAtNs.count == StartMilestones.names.count + 1)
    }

    @Test func whatHappenedAfterReadyBelongsToNoLookUp() {
        let spans = [span(.connect, 0, 10), span(.metadata, 10, 20), span(.offsetFetch, 100, 200)]
        let start = StartMilestones(spans: spans, bornNs: 0, readyNs: 50, firstRecordNs: nil, caughtUpNs: nil)
        #expect(start.reachedAtNs == [10, nil, 20, nil, nil, nil, 50, nil])
    }
}
