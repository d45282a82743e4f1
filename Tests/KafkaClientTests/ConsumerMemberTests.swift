import KafkaProtocol
import Testing

@testable import KafkaClient

/// A member's state machine by the newer protocol (KIP-848), by scripts: events in, actions out,
/// without a clock.
@Suite(.timeLimit(.minutes(1))) struct ConsumerMemberTests {
    @Test func aMemberJoinsTakesWhatItIsGivenAndSaysSo() {
        var script = ConsumerScript { $0.remoteAssignor = "range" }
        #expect(script.begin() == ["heartbeat of 0: t by range, has nothing"])
        #expect(script.answer(1, [0, 1]) == ["take t-0 t-1", "heartbeat of 1: has t-0 t-1"])
        #expect(script.answer(1) == [])
        // Nothing is new: it only lives.
        #expect(script.wake() == ["heartbeat of 1:"])
        #expect(script.member.committer?.generation == 1)
    }

    @Test func theBrokerSaysHowOftenItHeartbeats() {
        var script = ConsumerScript()
        _ = script.begin()
        #expect(script.answer(1, []) == ["take"])
        #expect(script.member.wakeNs == script.nowNs + 5_000_000_000)
    }

    @Test func whoHasNothingMayHeartbeatEarlyIfAskedTo() {
        var script = ConsumerScript { $0.heartbeatsEarly = true }
        _ = script.begin()
        var waits: [UInt64] = []
        _ = script.answer(1, [])
        for _ in 0..<8 {
            waits.append((script.member.wakeNs! - script.nowNs) / 1_000_000)
            _ = script.wake()
            _ = script.answer(1)
        }
        #expect(waits == [100, 200, 400, 800, 1600, 3200, 5000, 5000])
        // With partitions it does as everybody.
        _ = script.wake()
        _ = script.answer(2, [0])
        _ = script.answer(2)
        #expect(script.member.wakeNs == script.nowNs + 5_000_000_000)
    }

    @Test func whatIsNotToBeHadIsGivenUpBeforeTheRestIsTaken() {
        var script = ConsumerScript.stable([0, 1, 2])
        _ = script.wake()
        #expect(script.answer(2, [0]) == ["give up t-1 t-2"])
        // It heartbeats on meanwhile, and is in the group.
        #expect(script.wake() == ["heartbeat of 2:"])
        #expect(script.answer(2) == [])
        #expect(script.member.committer?.generation == 2)
        #expect(script.gaveUp([1, 2]) == ["heartbeat of 2: has t-0"])
        #expect(script.answer(3, [0, 3]) == ["take t-3", "heartbeat of 3: has t-0 t-3"])
    }

    @Test func aNewerAssignmentCountsOnceTheEarlierIsGivenUp() {
        var script = ConsumerScript.stable([0, 1])
        _ = script.wake()
        _ = script.answer(2, [0])
        _ = script.wake()
        #expect(script.answer(3, [2]) == [])
        #expect(script.gaveUp([1]) == ["give up t-0"])
        #expect(script.gaveUp([0]) == ["take t-2", "heartbeat of 3: has t-2"])
    }

    @Test(arguments: [ErrorCode.fencedMemberEpoch, .unknownMemberId])
    func whoIsFencedLosesAllAndJoinsAnew(_ error: ErrorCode) {
        var script = ConsumerScript.stable([0, 1])
        _ = script.wake()
        #expect(script.refuse(error) == ["note \(error.name)", "lose t-0 t-1"])
        #expect(script.member.committer == nil && script.member.isRebalancing)
        #expect(script.gaveUp([0, 1]) == ["heartbeat of 0: t, has nothing"])
        // A broker that says so again and again is not asked without a pause.
        _ = script.refuse(error)
        #expect(script.refuse(error) == ["note \(error.name)"] || script.member.wakeNs! > script.nowNs)
    }

    @Test func whoIsFencedWhileGivingUpLosesTheRestAfterwards() {
        var script = ConsumerScript.stable([0, 1])
        _ = script.wake()
        _ = script.answer(2, [0])
        _ = script.wake()
        #expect(script.refuse(.fencedMemberEpoch) == ["note FENCED_MEMBER_EPOCH"])
        #expect(script.gaveUp([1]) == ["lose t-0"])
        #expect(script.gaveUp([0]) == ["heartbeat of 0: t, has nothing"])
    }

    @Test(arguments: [ErrorCode.notCoordinator, .coordinatorNotAvailable])
    func aCoordinatorThatMovesIsFoundAndToldAll(_ error: ErrorCode) {
        var script = ConsumerScript.stable([0])
        _ = script.wake()
        #expect(script.refuse(error) == ["find", "note \(error.name)"])
        #expect(script.member.wakeNs! < script.nowNs + 1_000_000_000)
        #expect(script.wake() == ["heartbeat of 1: t, has t-0"])
    }

    @Test func aCoordinatorThatLoadsOrDoesNotAnswerIsAskedAgain() {
        var script = ConsumerScript.stable([0])
        _ = script.wake()
        #expect(script.refuse(.coordinatorLoadInProgress) == ["note COORDINATOR_LOAD_IN_PROGRESS"])
        _ = script.wake()
        let error = ClientError(.timedOut(afterMs: 5))
        #expect(
            script.act { $0.heartbeatAnswered(by: $0.identity, .failure(error), nowNs: $1) } == [
                "find", "note timedOut",
            ])
        #expect(script.member.owned == [script[0]])
    }

    @Test(arguments: [
        ErrorCode.groupMaxSizeReached, .unreleasedInstanceId, .fencedInstanceId, .unsupportedAssignor,
        .unsupportedVersion, .invalidRequest, .groupAuthorizationFailed, .unknownServerError,
    ]) func errorsThatDoNotMendThemselvesAreSurfaced(_ error: ErrorCode) {
        var script = ConsumerScript()
        _ = script.begin()
        #expect(script.refuse(error) == ["fail \(error.name)"])
        #expect(script.member.wakeNs == nil)
    }

    @Test func otherTopicsAreToldAtOnce() {
        var script = ConsumerScript.stable([0])
        #expect(script.act { $0.subscribe(to: ["t", "u"], nowNs: $1) } == ["heartbeat of 1: t u"])
        // While a heartbeat is under way, right behind its answer.
        #expect(script.act { $0.subscribe(to: ["u"], nowNs: $1) } == [])
        #expect(script.answer(2) == ["heartbeat of 2: u"])
    }

    @Test func whoIsNotPolledLeavesAndJoinsWithTheNextPoll() {
        var script = ConsumerScript.stable([0]) {
            $0.isPolled = true; $0.pollIntervalMs = 1_000
        }
        script.nowNs += 1_000_000_000
        #expect(script.act { $0.woke(nowNs: $1) } == ["note notPolled", "leave as -1"])
        #expect(script.member.wakeNs == nil && script.member.committer == nil)
        #expect(script.act { $0.polled(nowNs: $1) } == ["lose t-0"])
        #expect(script.gaveUp([0]) == ["heartbeat of 0: t, has nothing"])
    }

    @Test func aMemberLeavesAndAStaticOneForAWhile() {
        var script = ConsumerScript.stable([0])
        #expect(script.act { member, _ in member.close() } == ["leave as -1"])
        #expect(script.act { member, _ in member.left() } == ["end"])
        script = ConsumerScript.stable([0]) { $0.instanceId = "i" }
        #expect(script.act { member, _ in member.close() } == ["leave as -2"])
        script = ConsumerScript()
        #expect(script.act { member, _ in member.close() } == ["end"])
    }

    @Test func aRefusedCommitLetsItAskAtOnce() {
        var script = ConsumerScript.stable([0])
        #expect(
            script.act { $0.commitFailed(by: $0.identity, .staleMemberEpoch, nowNs: $1) } == ["heartbeat of 1:"])
        #expect(script.act { $0.commitFailed(by: $0.identity, .staleMemberEpoch, nowNs: $1) } == [])
    }
}

/// A member by the newer protocol, a clock and words for what it wants.
struct ConsumerScript {
    var member: ConsumerMember
    var nowNs: UInt64 = 1_000_000_000_000

    init(_ change: (inout MembershipSettings) -> Void = { _ in }) {
        var settings = MembershipSettings(topics: ["t"])
        change(&settings)
        member = ConsumerMember(settings, memberId: "m")
    }

    /// One that has these partitions of `t` in epoch 1, and has said so.
    static func stable(_ numbers: [Int32], _ change: (inout MembershipSettings) -> Void = { _ in }) -> ConsumerScript {
        var script = ConsumerScript(change)
        _ = script.begin()
        _ = script.answer(1, numbers)
        _ = script.answer(1)
        return script
    }

    subscript(_ number: Int32) -> TopicPartition { TopicPartition(topic: "t", partition: number) }

    mutating func act(_ body: (inout ConsumerMember, UInt64) -> ConsumerMember.Actions) -> [String] {
        body(&member, nowNs).map(Self.words)
    }

    mutating func begin() -> [String] { act { $0.begin(nowNs: $1) } }

    mutating func wake() -> [String] {
        guard let wakeNs = member.wakeNs else { return ["no timer"] }
        nowNs = wakeNs
        return act { $0.woke(nowNs: $1) }
    }

    mutating func answer(_ epoch: Int32, _ numbers: [Int32]? = nil) -> [String] {
        let assignment = numbers?.map { self[$0] }
        return act {
            $0.heartbeatAnswered(
                by: $0.identity, .success(ConsumerHeartbeatAnswer(epoch: epoch, assignment: assignment)), nowNs: $1)
        }
    }

    mutating func refuse(_ error: ErrorCode) -> [String] {
        act { $0.heartbeatAnswered(by: $0.identity, .success(ConsumerHeartbeatAnswer(error: error)), nowNs: $1) }
    }

    mutating func gaveUp(_ numbers: [Int32]) -> [String] {
        let partitions = numbers.map { self[$0] }
        return act { $0.gaveUp(partitions, nowNs: $1) }
    }

    private static func names(_ partitions: [TopicPartition]) -> String { partitions.map { " \($0)" }.joined() }

    private static func words(_ action: MembershipAction<ConsumerQuestion>) -> String {
        switch action {
        case .ask(.heartbeat(let heartbeat)):
            var parts: [String] = []
            if let topics = heartbeat.topics {
                parts.append(topics.sorted().joined(separator: " ") + (heartbeat.assignor.map { " by \($0)" } ?? ""))
            }
            if let owned = heartbeat.owned { parts.append("has" + (owned.isEmpty ? " nothing" : names(owned))) }
            let text = parts.joined(separator: ", ")
            return "heartbeat of \(heartbeat.identity.generation):" + (text.isEmpty ? "" : " \(text)")
        case .ask(.leave(let who)): return "leave as \(who.generation)"
        case .findCoordinatorAnew: return "find"
        case .share: return "share"
        case .giveUp(let partitions, let areLost): return (areLost ? "lose" : "give up") + names(partitions)
        case .take(let partitions): return "take" + names(partitions)
        case .fail(let error): return "fail \(ClassicScript.name(error))"
        case .note(let error): return "note \(ClassicScript.name(error))"
        case .end: return "end"
        }
    }
}
