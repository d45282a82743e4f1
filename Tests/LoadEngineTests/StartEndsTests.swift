import Testing

@testable import LoadEngine

/// What passes until the engine sends a start's record is in none of the start's times.
@Suite struct StartEndsTests {
    private func ends(askedNs: UInt64, handedOverNs: UInt64, first: UInt64?, caughtUp: UInt64?) -> StartEnds {
        var ends = StartEnds()
        ends.readyNs = 1_000
        ends.wait = SendingWait(
            askedNs: askedNs, sent: SentRecords(handedOverNs: handedOverNs, appendedNs: handedOverNs + 500))
        ends.enter(firstRecordNs: first, caughtUpNs: caughtUp)
        return ends
    }

    @Test func theGapIsLeftOutOfWhatComesAfterIt() {
        let ends = ends(askedNs: 2_000, handedOverNs: 2_300, first: 3_000, caughtUp: 3_100)
        #expect(ends.firstRecordNs == 2_700 && ends.caughtUpNs == 2_800)
        let report = StartReport(ends, bornNs: 900, milestones: [], beginnings: [])
        #expect(report.readyNs == 100 && report.firstRecordNs == 1_800 && report.caughtUpNs == 1_900)
        #expect(report.record == RecordWait(gapNs: 300, appendedNs: 1_600))
        #expect(report.wholeNs == 1_900)
    }

    /// A record of somebody else's may come before the engine's is sent.
    @Test func whatCameBeforeItOrWithinItIsNotMovedBeforeTheRequest() {
        #expect(ends(askedNs: 2_000, handedOverNs: 2_300, first: 1_900, caughtUp: nil).firstRecordNs == 1_900)
        #expect(ends(askedNs: 2_000, handedOverNs: 2_300, first: 2_100, caughtUp: nil).firstRecordNs == 2_000)
    }

    @Test func withoutARecordNothingIsMoved() {
        var ends = StartEnds()
        ends.enter(firstRecordNs: 5, caughtUpNs: 7)
        #expect(ends.firstRecordNs == 5 && ends.caughtUpNs == 7)
        #expect(StartReport(ends, bornNs: 1, milestones: [], beginnings: []).record == nil)
    }
}
