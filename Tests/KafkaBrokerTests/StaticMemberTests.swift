import KafkaProtocol
import Testing

@testable import KafkaBroker

/// Scripts of static members of a classic group (KIP-345).
@Suite struct StaticMemberTests {
    private func settled() -> ClassicGroupScript {
        var script = ClassicGroupScript()
        script.join(new: "l1", instance: "l")
        script.join(new: "f1", instance: "f")
        script.pass(6000)
        script.sync("l1", instance: "l", assigns: ["l1": [1], "f1": [2]])
        script.sync("f1", instance: "f")
        return script
    }

    @Test func comesBackWithoutARebalance() {
        var script = settled()
        let back = script.join(new: "f2", instance: "f")
        #expect(script.group.state == .stable && script.group.generation == 1)
        #expect(script.joins[back]?.memberId == "f2" && script.joins[back]?.leader == "l1")
        #expect(script.storeCount == 2, "the new id is written down")
        let sync = script.sync("f2", instance: "f")
        #expect(script.syncs[sync]?.assignment == [2])
    }

    @Test func itsOldSelfIsFenced() {
        var script = settled()
        script.join(new: "f2", instance: "f")
        #expect(script.heartbeat("f1", instance: "f") == .fencedInstanceId)
        #expect(script.heartbeat("f1") == .unknownMemberId)
        #expect(script.commit("f1", 1, instance: "f") == .fencedInstanceId)
        let sync = script.sync("f1", instance: "f")
        #expect(script.syncs[sync]?.error == .fencedInstanceId)
        let join = script.join("f1", instance: "f")
        #expect(script.joins[join]?.error == .fencedInstanceId)
        #expect(script.leave(("f1", "f")) == [.fencedInstanceId])
        #expect(script.heartbeat("f2", instance: "f") == .none)
    }

    @Test func aLeaderThatComesBackKeepsTheAssignment() {
        var script = settled()
        let back = script.join(new: "l2", instance: "l")
        #expect(script.joins[back]?.leader == "l2" && script.joins[back]?.skipAssignment == true)
        #expect(script.joins[back]?.members.map(\.id) == ["l2", "f1"])
        let older = script.join(new: "l3", instance: "l") { $0.canSkipAssignment = false }
        #expect(script.joins[older]?.leader == "l2" && script.joins[older]?.members.isEmpty == true)
        #expect(script.group.leader == "l3" && script.group.state == .stable)
    }

    @Test func anotherAssignorMakesARebalance() {
        var script = settled()
        let back = script.join(new: "f2", instance: "f", protocols: ["sticky", "range"])
        #expect(script.joins[back]?.generation == 1, "range is still what all have")
        script.join("l1", instance: "l", protocols: ["sticky", "range"])
        #expect(script.group.state == .preparing)
    }

    @Test func whatItsOldSelfWaitsForIsFenced() {
        var script = ClassicGroupScript()
        let first = script.join(new: "a1", instance: "a")
        let second = script.join(new: "a2", instance: "a")
        #expect(script.joins[first]?.error == .fencedInstanceId)
        script.join(new: "b")
        script.pass(6000)
        #expect(script.joins[second]?.generation == 1)
        let sync = script.sync("b")
        script.join(new: "a3", instance: "a")
        #expect(script.syncs[sync]?.error == .rebalanceInProgress)
        #expect(script.group.state == .preparing, "the leader may have assigned to a2")
    }

    @Test func staysThroughARebalanceThatItMissedUntilItsSyncIsOverdue() {
        var script = settled()
        script.join("l1", instance: "l") { $0.rebalanceTimeoutMs = 5000 }
        script.group.members["f1"]?.rebalanceTimeoutMs = 5000
        script.group.joinWait?.deadlineMs = script.nowMs + 5000
        script.pass(5000)
        #expect(script.group.members.keys.sorted() == ["f1", "l1"] && script.group.state == .completing)
        script.sync("l1", instance: "l", assigns: ["l1": [3]])
        script.pass(4000)
        #expect(script.heartbeat("l1", instance: "l") == .none)
        script.pass(1000)
        #expect(script.group.members.keys.sorted() == ["l1"])
    }
}
