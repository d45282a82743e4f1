import Testing

@testable import LoadEngine

@Suite struct StartRuleTests {
    @Test(arguments: [
        // The guide's table: last committed record 4, so the commit stands at 5.
        (nil, false, StartRule.Policy.earliest, 2 as Int64?, StartRule.Reason.newGroup),
        (nil, true, .latest, 9, .newGroup),
        (5 as Int64?, false, .earliest, 5, .committed),
        (5, false, .latest, 5, .committed),
        (5, true, .earliest, 2, .resetOnStart),
        (5, true, .latest, 9, .resetOnStart),
        // Beyond the log on either side.
        (1, false, .latest, 9, .outOfRange),
        (10, false, .earliest, 2, .outOfRange),
        (10, false, .none, nil, .outOfRange),
        // At its edges a commit is in range.
        (2, false, .latest, 2, .committed),
        (9, false, .earliest, 9, .committed),
        (nil, false, .none, nil, .newGroup),
    ])
    func demands(
        committed: Int64?, resetsOnStart: Bool, policy: StartRule.Policy, offset: Int64?, reason: StartRule.Reason
    ) {
        let rule = StartRule(policy: policy, resetsOnStart: resetsOnStart)
        let log = StartLog(start: 2, end: 9, highWatermark: 9)
        let demanded = rule.expectedOffset(committed: committed, log: log)
        #expect(demanded.offset == offset)
        #expect(demanded.reason == reason)
        // A log that does not move leaves one offset, or none, to be right.
        let commit = StartCommit(committed)
        let judged = rule.judge(committed: commit, before: log, after: log, observed: offset)
        #expect(
            judged
                == StartJudgement(
                    reason: reason, demanded: offset.map { $0...$0 }, log: 2...9, committed: committed))
        #expect(!rule.judge(committed: commit, before: log, after: log, observed: 7).allows(7))
    }

    @Test func withoutAGroupNoRuleSpeaksOfOne() {
        for reason in [StartRule.Reason.noGroup, .noCommit] {
            let rule = StartRule(policy: .latest, resetsOnStart: false, withoutCommit: reason)
            let demanded = rule.expectedOffset(committed: nil, log: StartLog(start: 0, end: 9, highWatermark: 9))
            #expect(demanded.offset == 9 && demanded.reason == reason)
        }
    }

    /// Others write, and retention goes on, while a start looks: from 100…200 to 110…230.
    @Test(arguments: [
        (nil, StartRule.Policy.latest, 200 as Int64?, true, StartRule.Reason.newGroup, 100...200),
        (nil, .latest, 217, true, .newGroup, 100...217), (nil, .latest, 230, true, .newGroup, 100...230),
        (nil, .latest, 199, false, .newGroup, 100...200), (nil, .latest, 231, false, .newGroup, 100...230),
        (nil, .earliest, 105, true, .newGroup, 105...200), (nil, .earliest, 99, false, .newGroup, 100...200),
        (nil, .earliest, 111, false, .newGroup, 110...200),
        // In range and out of range for certain.
        (150 as Int64?, .latest, 150, true, .committed, 100...200), (150, .latest, 217, false, .committed, 100...217),
        (99, .latest, 217, true, .outOfRange, 100...217), (99, .latest, 99, false, .outOfRange, 100...200),
        (231, .earliest, 103, true, .outOfRange, 103...200), (231, .latest, 231, false, .outOfRange, 100...230),
        // Either, as it may have been before or after.
        (105, .latest, 105, true, .committed, 100...200), (105, .latest, 217, true, .outOfRange, 110...217),
        (105, .latest, 199, false, .committed, 100...200), (215, .earliest, 215, true, .committed, 100...215),
        (215, .earliest, 104, true, .outOfRange, 104...200),
        (215, .none, 215, true, .committed, 100...215), (215, .none, nil, true, .outOfRange, 100...200),
        // Refused, as it must be, and not.
        (nil, .none, nil, true, .newGroup, 100...200), (nil, .none, 100, false, .newGroup, 100...200),
        (99, .none, nil, true, .outOfRange, 100...200), (150, .none, nil, false, .committed, 100...200),
    ])
    func whatLiesBetweenTheEndsIsRight(
        committed: Int64?, policy: StartRule.Policy, observed: Int64?, isRight: Bool, reason: StartRule.Reason,
        log: ClosedRange<Int64>
    ) {
        let judged = StartRule(policy: policy, resetsOnStart: false).judge(
            committed: StartCommit(committed), before: StartLog(start: 100, end: 200, highWatermark: 200),
            after: StartLog(start: 110, end: 230, highWatermark: 230), observed: observed)
        #expect(judged.allows(observed) == isRight && judged.reason == reason && judged.log == log)
    }

    /// The owner of a group commits, sets back or deletes while a start looks, in a log from 100
    /// to 200.
    @Test(arguments: [
        (110 as Int64?, 120 as Int64?, 110 as Int64?, true, StartRule.Reason.committed, 110 as Int64?),
        (110, 120, 114, true, .committed, 114), (110, 120, 120, true, .committed, 120),
        (110, 120, 109, false, .committed, 110), (110, 120, 121, false, .committed, 110),
        (120, 110, 114, true, .committed, 114),
        // The first of all, and the last.
        (nil, 120, 200, true, .noCommit, nil), (nil, 120, 120, true, .committed, 120),
        (nil, 120, 119, false, .committed, 120), (110, nil, 110, true, .committed, 110),
        (110, nil, 200, true, .noCommit, nil),
        // From before the log into it.
        (90, 120, 200, true, .outOfRange, 90), (90, 120, 105, true, .committed, 105),
        (90, 95, 95, false, .outOfRange, 95),
    ])
    func everyCommitBetweenThoseBeforeAndAfterIsRight(
        before: Int64?, after: Int64?, observed: Int64?, isRight: Bool, reason: StartRule.Reason, commit: Int64?
    ) {
        let log = StartLog(start: 100, end: 200, highWatermark: 200)
        let judged = StartRule(policy: .latest, resetsOnStart: false, withoutCommit: .noCommit).judge(
            committed: StartCommit(before: before, after: after), before: log, after: log, observed: observed)
        #expect(judged.allows(observed) == isRight && judged.reason == reason && judged.committed == commit)
    }

    @Test func underReadCommittedTheEndIsTheLastStableOffset() {
        let log = StartLog(start: 0, end: 50, highWatermark: 90)
        let rule = StartRule(policy: .latest, resetsOnStart: false)
        #expect(rule.expectedOffset(committed: nil, log: log).offset == 50)
        // Between the two an offset is in range, though nothing comes from there yet.
        #expect(rule.expectedOffset(committed: 70, log: log).reason == .committed)
        #expect(rule.expectedOffset(committed: 91, log: log).offset == 50)
    }
}
