import Results
import Testing

@testable import KafkaClient
@testable import LoadEngine

@Suite struct LifeMilestonesTests {
    private func span(
        _ kind: ClientMetrics.SpanKind, _ beginNs: UInt64, _ endNs: UInt64, client: Int = 1, isSuccess: Bool = true
    ) -> ClientMetrics.Span {
        ClientMetrics.Span(kind: kind, beginNs: beginNs, endNs: endNs, client: client, isSuccess: isSuccess)
    }

    @Test func whatIsAnsweredTogetherIsCountedOnce() {
        let spans = [
            span(.connect, 1010, 1100), span(.apiVersions, 1100, 1300), span(.metadata, 1100, 1302),
            span(.initProducerId, 1101, 1310),
        ]
        let life = LifeMilestones(spans: spans, client: 1, bornNs: 1000, acknowledgedNs: 1500, closedNs: 1550)
        #expect(life.reachedAtNs == [100, 300, 302, 310, 500, 550])
    }

    @Test func anotherClientsRequestsBelongToItsOwnLife() {
        let spans = [
            span(.connect, 1000, 1900, client: 2), span(.connect, 1010, 1100), span(.metadata, 1050, 1450, client: 2),
            span(.metadata, 1100, 1300),
        ]
        let life = LifeMilestones(spans: spans, client: 1, bornNs: 1000, acknowledgedNs: 1500, closedNs: 1500)
        #expect(life.reachedAtNs == [100, nil, 300, nil, 500, 500])
    }

    /// Three lives that share a client and overlap: each has the request that was sent first after
    /// its birth.
    @Test func aSharedClientsRequestBelongsToTheLifeBegunLastBeforeIt() {
        let spans = [
            span(.initProducerId, 100, 300), span(.initProducerId, 200, 310), span(.initProducerId, 150, 320),
        ]
        let reached = [100, 150, 200].map { bornNs in
            LifeMilestones(spans: spans, client: 1, bornNs: bornNs, acknowledgedNs: 400, closedNs: 400).reachedAtNs[3]
        }
        #expect(reached == [200, 170, 110])
    }

    @Test func anAttemptThatFailedIsNoMilestone() {
        let spans = [span(.connect, 0, 10, isSuccess: false), span(.connect, 20, 35)]
        let life = LifeMilestones(spans: spans, client: 1, bornNs: 0, acknowledgedNs: 50, closedNs: 60)
        #expect(life.reachedAtNs == [35, nil, nil, nil, 50, 60])
    }

    @Test func livesSumUpToTheirLength() {
        var lives = LifeTotals()
        lives.add(
            LifeMilestones(
                spans: [span(.connect, 0, 10), span(.metadata, 10, 30)], client: 1, bornNs: 0, acknowledgedNs: 70,
                closedNs: 100))
        lives.add(LifeMilestones(spans: [], client: 2, bornNs: 50, acknowledgedNs: 90, closedNs: 95))
        #expect(lives.count == 2)
        #expect(lives.gaps.map(\.totalNs) == [10, 0, 20, 0, 80, 35])
        #expect(lives.gaps.map(\.count) == [1, 0, 1, 0, 2, 2])
        #expect(lives.gaps.map(\.totalNs).reduce(0, +) == 100 + 45)
    }
}
