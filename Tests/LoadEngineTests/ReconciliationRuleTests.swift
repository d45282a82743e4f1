import Results
import Testing

@testable import LoadEngine

@Suite struct ReconciliationRuleTests {
    private func reasons(
        _ counts: Reconciliation, acksNone: Bool = false, waivesCodec: Bool = false
    ) -> [InvalidReason.Code] {
        ReconciliationRule(counts: counts, acksNone: acksNone, waivesCodec: waivesCodec).disagreements().map(\.code)
    }

    @Test func countsThatAgreeAreTrue() {
        let counts = Reconciliation(
            attempted: 5, acknowledged: 5, endOffsetDelta: 5, readBack: 5, codecExpected: "lz4",
            codecsStored: ["lz4": 2])
        #expect(reasons(counts).isEmpty)
    }

    @Test func aLostOrDoubledRecordIsSeen() {
        #expect(
            reasons(Reconciliation(attempted: 5, acknowledged: 5, endOffsetDelta: 4, readBack: 4)) == [.countsDisagree])
        #expect(
            reasons(Reconciliation(attempted: 5, acknowledged: 5, endOffsetDelta: 6, readBack: 6)) == [.countsDisagree])
        #expect(
            reasons(Reconciliation(attempted: 5, acknowledged: 5, endOffsetDelta: 5, readBack: 4)) == [.countsDisagree])
    }

    @Test func unknownOutcomesMayBeStoredOrNotButAreNoSuccess() {
        for delta in 3...5 as ClosedRange<Int64> {
            let counts = Reconciliation(
                attempted: 5, acknowledged: 3, unknownOutcomes: 2, endOffsetDelta: delta, readBack: delta)
            #expect(reasons(counts) == [.recordsFailed])
        }
        let lost = Reconciliation(attempted: 5, acknowledged: 3, unknownOutcomes: 2, endOffsetDelta: 2, readBack: 2)
        #expect(reasons(lost) == [.countsDisagree, .recordsFailed])
    }

    @Test func withoutAcknowledgementsOnlyTooManyIsWrong() {
        let fewer = Reconciliation(attempted: 5, acknowledged: 0, unknownOutcomes: 5, endOffsetDelta: 3, readBack: 3)
        #expect(reasons(fewer, acksNone: true).isEmpty)
        let more = Reconciliation(attempted: 5, acknowledged: 0, unknownOutcomes: 5, endOffsetDelta: 6, readBack: 6)
        #expect(reasons(more, acksNone: true) == [.countsDisagree])
        let waived = Reconciliation(attempted: 5, acknowledged: 0, unknownOutcomes: 5, readBack: 3)
        #expect(reasons(waived, acksNone: true).isEmpty)
        let moreWaived = Reconciliation(attempted: 5, acknowledged: 0, unknownOutcomes: 5, readBack: 6)
        #expect(reasons(moreWaived, acksNone: true) == [.countsDisagree])
    }

    @Test func anotherCodecIsSeenUnlessWaived() {
        let counts = Reconciliation(
            attempted: 1, acknowledged: 1, endOffsetDelta: 1, readBack: 1, codecExpected: "zstd",
            codecsStored: ["none": 3, "zstd": 1])
        #expect(reasons(counts) == [.wrongCodec])
        #expect(reasons(counts, waivesCodec: true).isEmpty)
    }

    @Test func aWaivedCountIsNotCompared() {
        #expect(reasons(Reconciliation(attempted: 5, acknowledged: 5)).isEmpty)
    }
}
