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
