import KafkaProtocol
import Testing

@testable import KafkaBroker

/// Scripts of a classic group: what happens, and what its members are told.
@Suite struct ClassicGroupTests {
    @Test func theFirstRebalanceWaitsForMembersAndIsPutOffWhileTheyCome() {
        var script = ClassicGroupScript()
        let a = script.join(new: "a")
        script.pass(2999)
        #expect(script.joins[a] == nil)
        let b = script.join(new: "b")
        script.pass(1)
        #expect(script.joins.isEmpty, "b came, so it is put off once more")
        script.pass(2999)
        #expect(script.joins.isEmpty)
        script.pass(1)
        #expect(script.joins[a]?.members.map(\.id) == ["a", "b"])
        #expect(script.joins[a]?.leader == "a" && script.joins[a]?.generation == 1)
        #expect(script.joins[b]?.members.isEmpty == true && script.joins[b]?.leader == "a")
        #expect(script.joins[b]?.protocolName == "range" && script.joins[b]?.protocolType == "consumer")
        #expect(script.group.state == .completing)
    }

    @Test func theDelayEndsWithTheRebalanceTimeout() {
        var script = ClassicGroupScript()
        var first: GroupTicket?
        for index in 0..<30 {
            let ticket = script.join(new: "m\(index)") { $0.rebalanceTimeoutMs = 10_000 }
            first = first ?? ticket
            script.pass(1000)
            if index < 9 { #expect(script.joins[first ?? 0] == nil, "after \(index + 1) s") }
        }
        #expect(script.joins[first ?? 0]?.generation == 1)
    }

    @Test func withoutADelayOneMemberIsTakenAtOnce() {
        var script = ClassicGroupScript { $0.initialRebalanceDelayMs = 0 }
        let a = script.join(new: "a")
        script.pass(0)
        #expect(script.joins[a]?.generation == 1)
    }

    @Test func everyMemberGetsWhatTheLeaderAssigned() {
        var script = ClassicGroupScript()
        for id in ["a", "b", "c"] { script.join(new: id) }
        script.pass(6000)
        let b = script.sync("b")
        #expect(script.syncs.isEmpty && script.storeCount == 0)
        let a = script.sync("a", assigns: ["a": [1], "b": [2]])
        #expect(script.syncs[a]?.assignment == [1] && script.syncs[b]?.assignment == [2])
        #expect(script.group.state == .stable && script.storeCount == 1)
        let c = script.sync("c")
        #expect(script.syncs[c]?.error == ErrorCode.none && script.syncs[c]?.assignment == [])
        #expect(script.syncs[c]?.protocolName == "range" && script.syncs[c]?.protocolType == "consumer")
    }

    @Test func aNewMemberMustAskAgainWithItsId() {
        var script = ClassicGroupScript { $0.initialRebalanceDelayMs = 0 }
        let first = script.join(new: "a") { $0.requiresKnownId = true }
        #expect(script.joins[first] == ClassicGroup.JoinAnswer(error: .memberIdRequired, memberId: "a"))
        #expect(script.group.members.isEmpty)
        let second = script.join("a") { $0.requiresKnownId = true }
        script.pass(0)
        #expect(script.joins[second]?.generation == 1 && script.joins[second]?.leader == "a")
        let stranger = script.join("x")
        #expect(script.joins[stranger]?.error == .unknownMemberId)
    }

    @Test func anIdThatIsNeverUsedIsForgotten() {
        var script = ClassicGroupScript()
        script.settle("a")
        script.join(new: "b") { $0.requiresKnownId = true }
        let again = script.join("a")
        #expect(script.joins[again] == nil, "b may still come")
        script.pass(10_000)
        #expect(script.joins[again]?.members.map(\.id) == ["a"])
        let late = script.join("b")
        #expect(script.joins[late]?.error == .unknownMemberId)
    }

    @Test func aMemberMoreMakesAllJoinAgain() {
        var script = ClassicGroupScript()
        script.settle("a", "b")
        let c = script.join(new: "c")
        #expect(script.group.state == .preparing)
        #expect(script.heartbeat("a") == .rebalanceInProgress && script.heartbeat("b") == .rebalanceInProgress)
        let a = script.join("a")
        #expect(script.joins[a] == nil && script.joins[c] == nil)
        let b = script.join("b")
        #expect([a, b, c].compactMap { script.joins[$0]?.generation } == [2, 2, 2])
        #expect(script.joins[a]?.members.map(\.id) == ["a", "b", "c"])
    }

    @Test func whoDoesNotJoinAgainInTimeIsPutOut() {
        var script = ClassicGroupScript()
        script.settle("a", "b")
        let c = script.join(new: "c")
        let b = script.join("b")
        for _ in 0..<12 {
            #expect(script.heartbeat("a") == .rebalanceInProgress)
            script.pass(5000)
        }
        #expect(script.joins[b]?.members.map(\.id) == ["b", "c"], "a led, and is gone")
        #expect(script.joins[c]?.leader == "b")
        #expect(script.heartbeat("a") == .unknownMemberId)
    }

    @Test func whoFallsSilentIsDeadAfterItsSession() {
        var script = ClassicGroupScript()
        script.settle("a", "b")
        script.pass(9999)
        #expect(script.heartbeat("a") == .none)
        script.pass(1)
        #expect(script.group.members.keys.sorted() == ["a"] && script.group.state == .preparing)
        let a = script.join("a")
        #expect(script.joins[a]?.members.map(\.id) == ["a"] && script.joins[a]?.generation == 2)
        #expect(script.heartbeat("b", 1) == .unknownMemberId)
    }

    @Test func whoLeavesIsGoneAtOnceAndTheLastLeavesAnEmptyGroup() {
        var script = ClassicGroupScript()
        script.settle("a", "b")
        #expect(script.leave(("b", nil)) == [.none])
        let a = script.join("a")
        #expect(script.joins[a]?.members.map(\.id) == ["a"])
        script.sync("a")
        let stored = script.storeCount
        #expect(script.leave(("a", nil)) == [.none])
        #expect(script.group.state == .empty && script.group.generation == 3 && script.storeCount == stored + 1)
        #expect(script.group.protocolType == "consumer" && script.group.protocolName == nil)
        #expect(script.heartbeat("a", 3) == .unknownMemberId)
    }

    @Test func severalLeaveWithOneRequest() {
        var script = ClassicGroupScript()
        script.settle("a", "b")
        script.join(new: "s", instance: "i")
        #expect(
            script.leave(("a", nil), ("x", nil), ("", "i"), ("", "j"), ("b", "i"))
                == [.none, .unknownMemberId, .none, .unknownMemberId, .unknownMemberId])
        #expect(script.group.members.keys.sorted() == ["b"])
    }

    @Test func theLeaderMakesARebalanceByJoiningAgainAndAFollowerDoesNot() {
        var script = ClassicGroupScript()
        script.settle("a", "b")
        let follower = script.join("b")
        #expect(script.joins[follower]?.generation == 1 && script.group.state == .stable)
        #expect(script.joins[follower]?.members.isEmpty == true)
        let changed = script.join("b", protocols: ["range", "sticky"])
        #expect(script.joins[changed] == nil && script.group.state == .preparing)
        let leader = script.join("a")
        #expect(script.joins[leader]?.generation == 2)
        script.sync("a")
        script.sync("b")
        script.join("a")
        #expect(script.group.state == .preparing)
    }

    @Test func membersAgreeOnTheAssignorThatMostPreferAndAllHave() {
        var script = ClassicGroupScript()
        let a = script.join(new: "a", protocols: ["x", "range", "sticky"])
        script.join(new: "b", protocols: ["sticky", "range"])
        script.join(new: "c", protocols: ["sticky", "range", "x"])
        let stranger = script.join(new: "d", protocols: ["other"])
        #expect(script.joins[stranger]?.error == .inconsistentGroupProtocol)
        let connector = script.join(new: "e") { $0.protocolType = "connect" }
        #expect(script.joins[connector]?.error == .inconsistentGroupProtocol)
        let none = script.join(new: "f", protocols: [])
        #expect(script.joins[none]?.error == .inconsistentGroupProtocol)
        script.pass(6000)
        #expect(script.joins[a]?.protocolName == "sticky")
        let sync = script.sync("a") { $0.protocolName = "range" }
        #expect(script.syncs[sync]?.error == .inconsistentGroupProtocol)
        let type = script.sync("a") { $0.protocolType = "connect" }
        #expect(script.syncs[type]?.error == .inconsistentGroupProtocol)
    }

    @Test func aSyncThatWaitsIsToldOfTheNextRebalance() {
        var script = ClassicGroupScript()
        for id in ["a", "b"] { script.join(new: id) }
        script.pass(6000)
        let b = script.sync("b")
        script.join(new: "c")
        #expect(script.syncs[b]?.error == .rebalanceInProgress)
        let a = script.sync("a")
        #expect(script.syncs[a]?.error == .rebalanceInProgress)
    }

    @Test func whoDoesNotSyncIsPutOut() {
        var script = ClassicGroupScript()
        for id in ["a", "b"] { script.join(new: id) }
        script.pass(6000)
        script.sync("a")
        #expect(script.group.state == .stable)
        for _ in 0..<12 {
            #expect(script.heartbeat("a") == .none && script.heartbeat("b") == .none)
            script.pass(5000)
        }
        #expect(script.group.members.keys.sorted() == ["a"] && script.group.state == .preparing)
    }

    @Test func otherGenerationsAndStrangersAreRefused() {
        var script = ClassicGroupScript()
        script.settle("a")
        #expect(script.heartbeat("a", 0) == .illegalGeneration && script.heartbeat("x") == .unknownMemberId)
        let old = script.sync("a", 0)
        #expect(script.syncs[old]?.error == .illegalGeneration)
        let stranger = script.sync("x")
        #expect(script.syncs[stranger]?.error == .unknownMemberId)
    }

    @Test func aGroupHasAtMostSoManyMembers() {
        var script = ClassicGroupScript { $0.sizeMax = 2 }
        script.settle("a", "b")
        let c = script.join(new: "c")
        #expect(script.joins[c] == ClassicGroup.JoinAnswer(error: .groupMaxSizeReached))
        #expect(script.group.state == .stable)
        script.join("a")
        script.join("b")
        #expect(script.group.generation == 2)
    }

    @Test func commitsNeedTheGenerationWhileThereAreMembers() {
        var script = ClassicGroupScript()
        #expect(script.commit("", -1) == .none)
        script.settle("a")
        #expect(script.commit("a", 1) == .none && script.commit("a", 0) == .illegalGeneration)
        #expect(script.commit("x", 1) == .unknownMemberId && script.commit("", -1) == .unknownMemberId)
        #expect(script.commit("a", 1, instance: "i") == .unknownMemberId)
        script.pass(9000)
        #expect(script.commit("a", 1) == .none)
        script.pass(9000)
        #expect(script.heartbeat("a") == .none, "a commit counts as a heartbeat")
        script.join("a")
        #expect(script.group.state == .completing && script.commit("a", 2) == .rebalanceInProgress)
        _ = script.leave(("a", nil))
        #expect(script.group.state == .empty && script.commit("", -1) == .none)
    }

    @Test func aMemberThatAsksTwiceGetsOneAnswerEach() {
        var script = ClassicGroupScript()
        script.settle("a", "b")
        let first = script.join("a")
        let second = script.join("a")
        #expect(script.joins[first]?.error == .rebalanceInProgress && script.joins[second] == nil)
        script.join("b")
        #expect(script.joins[second]?.generation == 2)
        let waiting = script.sync("b")
        script.sync("b")
        #expect(script.syncs[waiting]?.error == .rebalanceInProgress)
    }

    @Test func anEmptyGroupHasATimeToBeForgotten() {
        var script = ClassicGroupScript()
        script.settle("a")
        #expect(script.group.emptyDeadlineMs == nil)
        _ = script.leave(("a", nil))
        #expect(script.group.emptyDeadlineMs == script.nowMs + 600_000)
        script.join(new: "b")
        #expect(script.group.emptyDeadlineMs == nil)
    }
}
