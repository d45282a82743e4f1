import KafkaProtocol
import Testing

@testable import KafkaClient

/// A classic member's state machine by scripts: events in, actions out, without a clock.
@Suite(.timeLimit(.minutes(1))) struct ClassicMemberTests {
    // MARK: Into the group

    @Test func aMemberJoinsTwiceAndSyncsAsALeader() {
        var script = ClassicScript()
        #expect(script.begin() == ["join as '' of -1"])
        #expect(script.join(.memberIdRequired, memberId: "m") == ["join as 'm' of -1"])
        #expect(script.join(leader: "m") == ["share among m by range"])
        #expect(script.share(["m": [script[0], script[1]]]) == ["sync of 1: m gets t-0 t-1"])
        #expect(script.sync([0, 1]) == ["take t-0 t-1"])
        #expect(script.member.state == .stable && script.member.committer?.generation == 1)
    }

    @Test func aFollowerSyncsWithNothing() {
        var script = ClassicScript()
        _ = script.begin()
        #expect(script.join(leader: "other") == ["sync of 1:"])
        #expect(script.sync([1]) == ["take t-1"])
    }

    /// A member may get nothing, as no bytes or as an empty assignment.
    @Test func nothingIsAnAssignmentToo() {
        var script = ClassicScript()
        _ = script.begin()
        _ = script.join(leader: "other")
        #expect(script.act { $0.syncAnswered(.success(SyncAnswer()), nowNs: $1) } == ["take"])
        #expect(script.member.state == .stable)
    }

    @Test func aStaticLeaderThatComesBackLeavesTheAssignmentAsItIs() {
        var script = ClassicScript { $0.instanceId = "i" }
        _ = script.begin()
        var answer = script.joinAnswer(leader: "m")
        answer.skipsAssignment = true
        #expect(script.act { $0.joinAnswered(.success(answer), nowNs: $1) } == ["sync of 1:"])
    }

    @Test(arguments: [
        ErrorCode.inconsistentGroupProtocol, .invalidSessionTimeout, .invalidGroupId, .groupAuthorizationFailed,
        .groupMaxSizeReached, .fencedInstanceId, .unreleasedInstanceId, .unsupportedVersion, .invalidRequest,
        .unknownServerError,
    ]) func joinErrorsThatDoNotMendThemselvesAreSurfaced(_ error: ErrorCode) {
        var script = ClassicScript()
        _ = script.begin()
        #expect(script.join(error) == ["fail \(error.name)"])
        #expect(script.member.wakeNs == nil)
    }

    @Test(arguments: [ErrorCode.coordinatorNotAvailable, .notCoordinator])
    func aCoordinatorThatMovesIsLookedForAndAskedAfterTheBackOff(_ error: ErrorCode) {
        var script = ClassicScript()
        _ = script.begin()
        #expect(script.join(error) == ["find", "note \(error.name)"])
        #expect(script.wake() == ["join as '' of -1"])
        _ = script.join(leader: "other")
        #expect(script.sync(error) == ["find", "note \(error.name)"])
        // The generation that it joined is not forgotten for it.
        #expect(script.wake() == ["join as 'm' of 1"])
    }

    @Test func aCoordinatorThatLoadsIsAskedAgainAfterTheBackOff() {
        var script = ClassicScript()
        _ = script.begin()
        #expect(script.join(.coordinatorLoadInProgress) == ["note COORDINATOR_LOAD_IN_PROGRESS"])
        let firstNs = script.member.wakeNs! - script.nowNs
        #expect(script.wake() == ["join as '' of -1"])
        _ = script.join(.coordinatorLoadInProgress)
        #expect((script.member.wakeNs! - script.nowNs) > firstNs)
    }

    @Test func aCoordinatorThatNeverAnswersIsLookedForAnewWithBackOff() {
        var script = ClassicScript()
        _ = script.begin()
        for _ in 0..<5 {
            let error = ClientError(.timedOut(afterMs: 5))
            #expect(script.act { $0.joinAnswered(.failure(error), nowNs: $1) } == ["find", "note timedOut"])
            #expect(script.wake() == ["join as '' of -1"])
        }
        #expect(script.act { $0.joinAnswered(.failure(ClientError(.closed)), nowNs: $1) } == ["fail closed"])
    }

    @Test func whoIsUnknownWhenJoiningJoinsAsANewOne() {
        var script = ClassicScript()
        _ = script.begin()
        _ = script.join(.memberIdRequired, memberId: "m")
        #expect(script.join(.unknownMemberId) == ["note UNKNOWN_MEMBER_ID", "join as '' of -1"])
        // A broker that says so again and again is not asked without a pause.
        #expect(script.join(.unknownMemberId) == ["note UNKNOWN_MEMBER_ID"])
        #expect(script.wake() == ["join as '' of -1"])
    }

    @Test(arguments: [
        (ErrorCode.rebalanceInProgress, "join as 'm' of 1"), (.illegalGeneration, "join as 'm' of -1"),
        (.unknownMemberId, "join as '' of -1"),
    ]) func whoIsTooLateToSyncJoinsAgain(_ error: ErrorCode, _ question: String) {
        var script = ClassicScript()
        _ = script.begin()
        _ = script.join(leader: "other")
        #expect(script.sync(error) == ["note \(error.name)", question])
    }

    @Test(arguments: [
        ErrorCode.fencedInstanceId, .groupAuthorizationFailed, .inconsistentGroupProtocol, .unknownServerError,
    ]) func syncErrorsThatDoNotMendThemselvesAreSurfaced(_ error: ErrorCode) {
        var script = ClassicScript()
        _ = script.begin()
        _ = script.join(leader: "other")
        #expect(script.sync(error) == ["fail \(error.name)"])
    }

    @Test func anAssignorOrAGroupOfAnotherKindIsInconsistent() {
        var script = ClassicScript()
        _ = script.begin()
        var answer = script.joinAnswer(leader: "other")
        answer.strategy = "roundrobin"
        #expect(
            script.act { $0.joinAnswered(.success(answer), nowNs: $1) } == ["fail INCONSISTENT_GROUP_PROTOCOL"])
        script = ClassicScript()
        _ = script.begin()
        answer = script.joinAnswer(leader: "other")
        answer.protocolType = "connect"
        #expect(
            script.act { $0.joinAnswered(.success(answer), nowNs: $1) } == ["fail INCONSISTENT_GROUP_PROTOCOL"])
    }

    @Test func brokenBytesOfOthersAreSurfaced() {
        var script = ClassicScript()
        _ = script.begin()
        var answer = script.joinAnswer(leader: "m")
        answer.members = [("m", nil, [0])]
        #expect(script.act { $0.joinAnswered(.success(answer), nowNs: $1) } == ["fail malformedResponse"])
        script = ClassicScript()
        _ = script.begin()
        _ = script.join(leader: "other")
        var sync = SyncAnswer()
        sync.assignment = [0, 3, 9]
        #expect(script.act { $0.syncAnswered(.success(sync), nowNs: $1) } == ["fail malformedResponse"])
    }

    // MARK: Rebalances

    @Test func anEagerMemberGivesUpAllAndJoins() {
        var script = ClassicScript.stable([0, 1])
        #expect(script.heartbeat(.rebalanceInProgress) == ["give up t-0 t-1"])
        // It is in its generation until all is committed.
        #expect(script.member.committer?.generation == 1)
        #expect(script.gaveUp([0, 1]) == ["join as 'm' of 1"])
        #expect(script.member.committer == nil)
        _ = script.join(leader: "other", generation: 2)
        #expect(script.sync([1]) == ["take t-1"])
    }

    @Test func aCooperativeMemberGivesUpWhatMovesAndJoinsAgain() {
        var script = ClassicScript.stable([0, 1, 2]) { $0.strategies = [.cooperativeSticky] }
        #expect(script.heartbeat(.rebalanceInProgress) == ["join as 'm' of 1 with t-0 t-1 t-2"])
        _ = script.join(leader: "other", generation: 2)
        #expect(script.sync([0, 3]) == ["give up t-1 t-2"])
        #expect(script.gaveUp([1, 2]) == ["take t-3", "join as 'm' of 2 with t-0 t-3"])
        _ = script.join(leader: "other", generation: 3)
        #expect(script.sync([0, 3]) == ["take"])
        #expect(script.member.state == .stable)
    }

    @Test func withBothStrategiesARebalanceIsEager() {
        var script = ClassicScript.stable([0]) { $0.strategies = [.cooperativeSticky, .range] }
        #expect(script.heartbeat(.rebalanceInProgress) == ["give up t-0"])
    }

    @Test func anAssignmentOfAnotherSubscriptionIsNotTaken() {
        var script = ClassicScript.stable([0])
        #expect(script.act { $0.subscribe(to: ["u"], nowNs: $1) } == ["give up t-0"])
        #expect(script.gaveUp([0]) == ["join as 'm' of 1"])
        _ = script.join(leader: "other", generation: 2)
        #expect(script.sync([0]) == ["join as 'm' of 2"])
    }

    @Test func aCooperativeMemberGivesUpTopicsItUnsubscribesFrom() {
        var script = ClassicScript.stable([0, 1]) { $0.strategies = [.cooperativeSticky] }
        #expect(script.act { $0.subscribe(to: ["u"], nowNs: $1) } == ["give up t-0 t-1"])
    }

    @Test func aLeaderSharesOutAgainWhenATopicGrows() {
        var script = ClassicScript()
        _ = script.begin()
        _ = script.join(leader: "m")
        _ = script.share(["m": [script[0]]])
        _ = script.sync([0])
        #expect(script.act { $0.metadataChanged(["t": 4], nowNs: $1) } == [])
        #expect(script.act { $0.metadataChanged(["t": 5], nowNs: $1) } == ["give up t-0"])
        // A follower leaves that to its leader.
        var follower = ClassicScript.stable([0])
        #expect(follower.act { $0.metadataChanged(["t": 5], nowNs: $1) } == [])
    }

    @Test func whatChangesDuringARebalanceBeginsAnother() {
        var script = ClassicScript()
        _ = script.begin()
        _ = script.join(leader: "m")
        _ = script.share(["m": [script[0]]])
        #expect(script.act { $0.metadataChanged(["t": 5], nowNs: $1) } == [])
        #expect(script.sync([0]) == ["take t-0", "give up t-0"])
    }

    // MARK: Heartbeats

    @Test func aMemberHeartbeatsAtItsIntervalOneAtATime() {
        var script = ClassicScript.stable([0])
        #expect(script.member.wakeNs == script.nowNs + 3_000_000_000)
        #expect(script.wake() == ["heartbeat of 1"])
        // The next only after the answer, or at the end of the session.
        #expect(script.wake() == ["find", "heartbeat of 1"])
        #expect(script.heartbeat(.none, isDue: false) == [])
        #expect(script.wake() == ["heartbeat of 1"])
    }

    @Test(arguments: [
        (ErrorCode.unknownMemberId, "join as '' of -1"), (.illegalGeneration, "join as 'm' of -1"),
    ]) func whoLostItsPlaceLosesItsPartitionsAndJoins(_ error: ErrorCode, _ question: String) {
        for strategy in AssignmentStrategy.allCases {
            var script = ClassicScript.stable([0, 1]) { $0.strategies = [strategy] }
            #expect(script.heartbeat(error) == ["note \(error.name)", "lose t-0 t-1"])
            #expect(script.member.committer == nil)
            #expect(script.gaveUp([0, 1]) == [question])
        }
    }

    @Test(arguments: [ErrorCode.fencedInstanceId, .groupAuthorizationFailed, .unknownServerError])
    func heartbeatErrorsThatDoNotMendThemselvesAreSurfaced(_ error: ErrorCode) {
        var script = ClassicScript.stable([0]) { $0.instanceId = "i" }
        #expect(script.heartbeat(error) == ["fail \(error.name)"])
        #expect(script.member.wakeNs == nil)
    }

    @Test(arguments: [ErrorCode.coordinatorNotAvailable, .notCoordinator])
    func aHeartbeatFollowsTheCoordinatorAfterTheBackOff(_ error: ErrorCode) {
        var script = ClassicScript.stable([0])
        #expect(script.heartbeat(error) == ["note \(error.name)", "find"])
        #expect(script.member.wakeNs! < script.nowNs + 1_000_000_000)
        #expect(script.wake() == ["heartbeat of 1"])
        let error = ClientError(.connectionClosed)
        #expect(
            script.act { $0.heartbeatAnswered(by: $0.identity, .failure(error), nowNs: $1) }
                == ["note connectionClosed", "find"])
        #expect(script.member.owned == [script[0]])
    }

    @Test func answersToAnEarlierGenerationSayNothing() {
        var script = ClassicScript.stable([0])
        let before = script.member.identity
        _ = script.heartbeat(.rebalanceInProgress)
        _ = script.gaveUp([0])
        _ = script.join(leader: "other", generation: 2)
        _ = script.sync([0])
        for error in [ErrorCode.unknownMemberId, .illegalGeneration, .fencedInstanceId] {
            #expect(script.act { $0.heartbeatAnswered(by: before, .success(error), nowNs: $1) } == [])
            #expect(script.act { $0.commitFailed(by: before, error, nowNs: $1) } == [])
        }
    }

    @Test func whoLosesItsPlaceWhileGivingUpFindsOut() {
        var script = ClassicScript.stable([0, 1, 2]) { $0.strategies = [.cooperativeSticky] }
        _ = script.heartbeat(.rebalanceInProgress)
        _ = script.join(leader: "other", generation: 2)
        #expect(script.sync([0, 3]) == ["give up t-1 t-2"])
        #expect(script.heartbeat(.unknownMemberId) == ["note UNKNOWN_MEMBER_ID"])
        #expect(script.gaveUp([1, 2]) == ["lose t-0"])
        #expect(script.gaveUp([0]) == ["join as '' of -1"])
    }

    @Test func aRefusedCommitTellsOfARebalance() {
        var script = ClassicScript.stable([0])
        #expect(
            script.act { $0.commitFailed(by: $0.identity, .rebalanceInProgress, nowNs: $1) } == ["give up t-0"])
        script = ClassicScript.stable([0])
        #expect(
            script.act { $0.commitFailed(by: $0.identity, .unknownMemberId, nowNs: $1) }
                == ["note UNKNOWN_MEMBER_ID", "lose t-0"])
        script = ClassicScript.stable([0])
        #expect(
            script.act { $0.commitFailed(by: $0.identity, .fencedInstanceId, nowNs: $1) } == ["fail FENCED_INSTANCE_ID"]
        )
        script = ClassicScript.stable([0])
        #expect(script.act { $0.commitFailed(by: $0.identity, .offsetMetadataTooLarge, nowNs: $1) } == [])
    }

    // MARK: Polls and the end

    @Test func whoIsNotPolledLeavesAndJoinsWithTheNextPoll() {
        var script = ClassicScript.stable([0]) {
            $0.isPolled = true; $0.pollIntervalMs = 10_000
        }
        script.nowNs += 9_000_000_000
        #expect(script.act { $0.polled(nowNs: $1) } == [])
        script.nowNs += 10_000_000_000
        #expect(script.act { $0.woke(nowNs: $1) } == ["note notPolled", "leave as 'm'"])
        #expect(script.member.wakeNs == nil && script.member.committer == nil)
        #expect(script.act { $0.polled(nowNs: $1) } == ["lose t-0"])
        #expect(script.gaveUp([0]) == ["join as '' of -1"])
    }

    @Test func whoReadsInPlaceNeedsNoPolls() {
        var script = ClassicScript.stable([0]) { $0.pollIntervalMs = 10 }
        script.nowNs += 1_000_000_000
        #expect(script.act { $0.woke(nowNs: $1) } == [])
    }

    @Test func aMemberLeavesWhenItCloses() {
        var script = ClassicScript.stable([0])
        #expect(script.act { member, _ in member.close() } == ["leave as 'm'"])
        #expect(script.act { $0.woke(nowNs: $1) } == [])
        #expect(script.act { member, _ in member.left() } == ["end"])
        #expect(script.act { member, _ in member.close() } == [])
    }

    @Test func aStaticMemberKeepsItsPlace() {
        var script = ClassicScript.stable([0]) { $0.instanceId = "i" }
        #expect(script.act { member, _ in member.close() } == ["end"])
    }

    @Test func whoHasNoIdYetHasNothingToLeave() {
        var script = ClassicScript()
        _ = script.begin()
        #expect(script.act { member, _ in member.close() } == ["end"])
        #expect(script.join(leader: "m") == [])
    }

    @Test func answersAfterTheEndSayNothing() {
        var script = ClassicScript()
        _ = script.begin()
        _ = script.join(.memberIdRequired, memberId: "m")
        #expect(script.act { member, _ in member.close() } == ["leave as 'm'"])
        #expect(script.join(leader: "m") == [])
        #expect(script.heartbeat(.unknownMemberId, isDue: false) == ["note UNKNOWN_MEMBER_ID"])
        #expect(script.act { member, _ in member.left() } == ["end"])
    }
}

/// A member, a clock and words for what it wants.
struct ClassicScript {
    var member: ClassicMember
    var nowNs: UInt64 = 1_000_000_000_000

    init(_ change: (inout MembershipSettings) -> Void = { _ in }) {
        var settings = MembershipSettings(topics: ["t"])
        change(&settings)
        member = ClassicMember(settings)
    }

    /// A follower that has these partitions of `t` in generation 1.
    static func stable(_ numbers: [Int32], _ change: (inout MembershipSettings) -> Void = { _ in }) -> ClassicScript {
        var script = ClassicScript(change)
        _ = script.begin()
        _ = script.join(leader: "other")
        _ = script.sync(numbers)
        return script
    }

    subscript(_ number: Int32) -> TopicPartition { TopicPartition(topic: "t", partition: number) }

    mutating func act(_ body: (inout ClassicMember, UInt64) -> [ClassicMember.Action]) -> [String] {
        body(&member, nowNs).map(Self.words)
    }

    mutating func begin() -> [String] { act { $0.begin(nowNs: $1) } }

    /// Lets the time come at which it wants to be woken.
    mutating func wake() -> [String] {
        guard let wakeNs = member.wakeNs else { return ["no timer"] }
        nowNs = wakeNs
        return act { $0.woke(nowNs: $1) }
    }

    func joinAnswer(leader: String, generation: Int32 = 1) -> JoinAnswer {
        var answer = JoinAnswer(memberId: "m", generation: generation, strategy: nil, leader: leader)
        answer.protocolType = "consumer"
        answer.strategy = member.settings.strategies[0].rawValue
        if leader == "m" {
            var subscription = ConsumerSubscription()
            subscription.topics = ["t"]
            answer.members = [("m", nil, (try? subscription.bytes()) ?? [])]
        }
        return answer
    }

    mutating func join(leader: String, generation: Int32 = 1) -> [String] {
        let answer = joinAnswer(leader: leader, generation: generation)
        return act { $0.joinAnswered(.success(answer), nowNs: $1) }
    }

    mutating func join(_ error: ErrorCode, memberId: String = "") -> [String] {
        act { $0.joinAnswered(.success(JoinAnswer(error: error, memberId: memberId)), nowNs: $1) }
    }

    mutating func share(_ assignments: [String: [TopicPartition]]) -> [String] {
        act { member, _ in member.shared(assignments, counts: ["t": 4]) }
    }

    mutating func sync(_ numbers: [Int32]) -> [String] {
        var assignment = ConsumerAssignment()
        assignment.assignedPartitions = numbers.map { self[$0] }.grouped()
        let bytes = (try? assignment.bytes()) ?? []
        return act { $0.syncAnswered(.success(SyncAnswer(assignment: bytes)), nowNs: $1) }
    }

    mutating func sync(_ error: ErrorCode) -> [String] {
        act { $0.syncAnswered(.success(SyncAnswer(error: error)), nowNs: $1) }
    }

    /// The answer to a heartbeat, which is let become due first.
    mutating func heartbeat(_ error: ErrorCode, isDue: Bool = true) -> [String] {
        if isDue { _ = wake() }
        return act { $0.heartbeatAnswered(by: $0.identity, .success(error), nowNs: $1) }
    }

    mutating func gaveUp(_ numbers: [Int32]) -> [String] {
        let partitions = numbers.map { self[$0] }
        return act { $0.gaveUp(partitions, nowNs: $1) }
    }

    private static func names(_ partitions: some Sequence<TopicPartition>) -> String {
        partitions.map { " \($0)" }.joined()
    }

    private static func words(_ action: ClassicMember.Action) -> String {
        switch action {
        case .ask(.join(let who, let subscriptions)):
            let owned = subscriptions.values.first?.ownedPartitions.partitions ?? []
            return "join as '\(who.memberId)' of \(who.generation)" + (owned.isEmpty ? "" : " with\(names(owned))")
        case .ask(.sync(let who, _, let assignments)):
            return "sync of \(who.generation):" + assignments.map { " \($0) gets\(names($1))" }.sorted().joined()
        case .ask(.heartbeat(let who)): return "heartbeat of \(who.generation)"
        case .ask(.leave(let who)): return "leave as '\(who.memberId)'"
        case .findCoordinatorAnew: return "find"
        case .share(let members, let strategy):
            return "share among \(members.map(\.id).joined(separator: " ")) by \(strategy.rawValue)"
        case .giveUp(let partitions, let areLost): return (areLost ? "lose" : "give up") + names(partitions)
        case .take(let partitions): return "take" + names(partitions)
        case .fail(let error): return "fail \(name(error))"
        case .note(let error): return "note \(name(error))"
        case .end: return "end"
        }
    }

    static func name(_ error: ClientError) -> String {
        if case .broker(let code) = error.code { return code.name }
        return String("\(error.code)".prefix { $0 != "(" })
    }
}
