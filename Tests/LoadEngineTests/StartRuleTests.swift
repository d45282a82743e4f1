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
        let demanded = rule.expectedOffset(committed: committed, logStartOffset: 2, logEndOffset: 9)
        #expect(demanded.offset == offset)
        #expect(demanded.reason == reason)
    }
}
