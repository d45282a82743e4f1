import KafkaProtocol
import Testing

@testable import KafkaBroker

/// Scripts of members that leave a classic group, each in its way.
@Suite struct GroupLeaveTests {
    @Test func anIdThatWasNeverUsedLeavesWithoutARebalance() {
        var script = ClassicGroupScript()
        script.settle("a")
        script.join(new: "b") { $0.requiresKnownId = true }
        #expect(script.leave(("b", nil)) == [.none])
        #expect(script.group.state == .stable && script.heartbeat("a") == .none)
        #expect(script.leave(("b", nil)) == [.unknownMemberId])
    }

    @Test func aRebalanceNoLongerWaitsForAnIdThatLeft() {
        var script = ClassicGroupScript()
        script.settle("a")
        script.join(new: "b") { $0.requiresKnownId = true }
        let again = script.join("a")
        #expect(script.joins[again] == nil)
        #expect(script.leave(("b", nil)) == [.none])
        #expect(script.joins[again]?.generation == 2)
    }

    @Test func whoLeavesWhileItWaitsIsAnswered() {
        var script = ClassicGroupScript()
        script.settle("a", "b")
        let joining = script.join("a")
        #expect(script.leave(("a", nil)) == [.none])
        #expect(script.joins[joining]?.error == .unknownMemberId)
        let alone = script.join("b")
        #expect(script.joins[alone]?.leader == "b")
        #expect(script.joins[alone]?.members.map(\.id) == ["b"])
    }

    @Test func staticMembersLeaveByTheirInstance() {
        var script = ClassicGroupScript()
        script.join(new: "a1", instance: "a")
        script.join(new: "b1", instance: "b")
        script.pass(6000)
        #expect(
            script.leave(("a1", "b"), ("", "b"), ("", "x"), ("a1", "x"), ("", nil))
                == [.fencedInstanceId, .none, .unknownMemberId, .unknownMemberId, .unknownMemberId])
        #expect(script.group.members.keys.sorted() == ["a1"])
    }

    @Test func aLeaderThatDoesNotAssignIsReplaced() {
        var script = ClassicGroupScript()
        for id in ["a", "b"] { script.join(new: id) }
        script.pass(6000)
        let waiting = script.sync("b")
        script.pass(10_000)
        #expect(script.syncs[waiting]?.error == .rebalanceInProgress, "its leader is dead")
        let again = script.join("b")
        #expect(script.joins[again]?.leader == "b" && script.joins[again]?.generation == 2)
    }

    /// It owes a heartbeat again as soon as its SyncGroup is answered.
    @Test func whoDiesAfterItsSyncWasRefusedIsDeadAfterItsSession() {
        var script = ClassicGroupScript()
        script.join(new: "a")
        script.join(new: "b1", instance: "b")
        script.pass(6000)
        let waiting = script.sync("b1", instance: "b")
        script.pass(10_000)
        #expect(script.syncs[waiting]?.error == .rebalanceInProgress)
        script.pass(10_000)
        #expect(script.group.members.isEmpty && script.group.state == .empty)
    }

    /// From version 3 on each member has an error of its own, also where there is no such group.
    @Test(.timeLimit(.minutes(5)), arguments: Int16(0)...5)
    func whoLeavesNoGroupIsUnknown(version: Int16) async throws {
        try await withBroker { broker in
            var member = LeaveGroupRequest.MemberIdentity()
            member.memberId = "a"
            var request = LeaveGroupRequest()
            request.groupId = "none"
            if version >= 3 { request.members = [member] } else { request.memberId = "a" }
            let left = try broker.client().ask(request, version)
            #expect(left.errorCode == (version >= 3 ? .none : .unknownMemberId))
            #expect(left.members.map(\.errorCode) == (version >= 3 ? [.unknownMemberId] : []))
        }
    }
}
