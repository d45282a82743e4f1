import KafkaProtocol
import Scenario
import Testing

@testable import KafkaClient
@testable import LoadEngine

@Suite struct StartMilestonesTests {
    private func span(_ kind: ClientMetrics.SpanKind, _ beginNs: UInt64, _ endNs: UInt64) -> ClientMetrics.Span {
        ClientMetrics.Span(kind: kind, beginNs: beginNs, endNs: endNs, client: 1, isSuccess: true)
    }

    @Test func timesNeverFallAndSkippedMilestonesStayEmpty() {
        // ApiVersions and Metadata are pipelined, and a second connection is made after the
        // look-ups.
        let spans = [
            span(.connect, 1000, 1100), span(.apiVersions, 1100, 1300), span(.metadata, 1100, 1290),
            span(.listOffsets, 1300, 1400), span(.connect, 1400, 1450), span(.apiVersions, 1450, 1480),
            span(.fetch, 1500, 1600),
        ]
        let start = StartMilestones(
            spans: spans, bornNs: 1000, ends: StartEnds(readyNs: 1500, firstRecordNs: 1600), until: .firstRecord,
            needsList: true)
        #expect(start.reachedAtNs == [100, 300, 300, nil, nil, 400, 500, nil, nil, 600, nil, nil])
    }

    @Test func theGapsSumToTheTotal() {
        let spans = [
            span(.connect, 10, 20), span(.apiVersions, 20, 30), span(.metadata, 30, 60), span(.offsetFetch, 60, 90),
        ]
        let ends = StartEnds(readyNs: 95, firstRecordNs: 130, caughtUpNs: 200)
        let start = StartMilestones(spans: spans, bornNs: 5, ends: ends, until: .caughtUp, needsList: false)
        var last: UInt64 = 0
        var sum: UInt64 = 0
        for reached in start.reachedAtNs.compactMap(\.self) {
            sum += reached - last
            last = reached
        }
        #expect(sum == 195)
        #expect(start.reachedAtNs.count == StartMilestones.names.count)
    }

    @Test func whatHappenedAfterReadyBelongsToNoLookUp() {
        let spans = [span(.connect, 0, 10), span(.metadata, 10, 20), span(.offsetFetch, 100, 200)]
        let start = StartMilestones(
            spans: spans, bornNs: 0, ends: StartEnds(readyNs: 50), until: .ready, needsList: false)
        #expect(start.reachedAtNs == [10, nil, 20, nil, nil, nil, 50] + empty(5))
    }

    private func empty(_ count: Int) -> [UInt64?] { Array(repeating: nil, count: count) }

    /// The ends of the log are asked for beside the commits, and nobody waits for them where the
    /// commits count.
    @Test func aLookUpThatNobodyWaitsForIsNoMilestone() {
        let spans = [span(.connect, 0, 10), span(.offsetFetch, 10, 40), span(.listOffsets, 10, 30)]
        let ends = StartEnds(readyNs: 50, firstRecordNs: 60)
        let start = StartMilestones(spans: spans, bornNs: 0, ends: ends, until: .firstRecord, needsList: false)
        #expect(start.reachedAtNs == [10, nil, nil, nil, 40, nil, 50, nil, nil, 60, nil, nil])
    }

    @Test func theLookUpOfAResetIsAMilestoneOfItsOwn() {
        // One that nobody waited for, the reset's two in turn, and one of a partition that was
        // reset after the first record.
        let spans = [
            span(.connect, 0, 10), span(.offsetFetch, 10, 40), span(.listOffsets, 10, 55), span(.listOffsets, 70, 85),
            span(.listOffsets, 72, 90), span(.listOffsets, 95, 160),
        ]
        let ends = StartEnds(readyNs: 50, firstRecordNs: 120, caughtUpNs: 200)
        let start = StartMilestones(spans: spans, bornNs: 0, ends: ends, until: .caughtUp, needsList: false)
        #expect(start.reachedAtNs == [10, nil, nil, nil, 40, nil, 50, 70, 90, 120, 200, nil])
    }

    @Test func aRefusedStartEndsWithItsRefusal() {
        let spans = [span(.connect, 0, 10), span(.offsetFetch, 10, 40)]
        var ends = StartEnds()
        ends.refusal = StartRefusal(ClientError(.noOffset), atNs: 45)
        let start = StartMilestones(spans: spans, bornNs: 0, ends: ends, until: .firstRecord, needsList: true)
        #expect(start.reachedAtNs == [10, nil, nil, nil, 40] + empty(6) + [45])
        #expect(ends.refusal?.error == "NoOffsetForPartitionException" && ends.refusal?.isOfTheWhole == true)
        let late = StartRefusal(ClientError(.broker(.offsetOutOfRange)), atNs: 7)
        #expect(late?.error == "OFFSET_OUT_OF_RANGE" && late?.isOfTheWhole == false)
        #expect(StartRefusal(ClientError(.closed), atNs: 7) == nil)
    }
}
