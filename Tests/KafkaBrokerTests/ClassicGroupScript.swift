import KafkaProtocol

@testable import KafkaBroker

/// Drives a classic group as requests and the clock would, and keeps what it answered.
struct ClassicGroupScript {
    var group: ClassicGroup
    var nowMs: Int64 = 1_000_000
    private(set) var joins: [GroupTicket: ClassicGroup.JoinAnswer] = [:]
    private(set) var syncs: [GroupTicket: ClassicGroup.SyncAnswer] = [:]
    private(set) var storeCount = 0
    private var lastTicket: GroupTicket = 0

    init(_ change: (inout GroupSettings) -> Void = { _ in }) {
        var settings = GroupSettings()
        change(&settings)
        group = ClassicGroup(settings: settings)
    }

    private mutating func collect() {
        for action in group.takeActions() {
            switch action {
            case .answerJoin(let ticket, let answer): joins[ticket] = answer
            case .answerSync(let ticket, let answer): syncs[ticket] = answer
            case .store: storeCount += 1
            }
        }
    }

    /// Sends JoinGroup as a client of a version before 4 does, or with the id it has.
    @discardableResult
    mutating func join(
        _ id: String = "", new: String = "", instance: String? = nil, protocols: [String] = ["range"],
        _ change: (inout ClassicGroup.Join) -> Void = { _ in }
    ) -> GroupTicket {
        var join = ClassicGroup.Join()
        (join.memberId, join.newMemberId, join.instanceId) = (id, new, instance)
        (join.sessionTimeoutMs, join.rebalanceTimeoutMs) = (10_000, 60_000)
        join.protocols = protocols.map { ClassicMember.Assignor(name: $0, metadata: Array($0.utf8)) }
        join.requiresKnownId = false
        change(&join)
        lastTicket += 1
        group.join(join, lastTicket, nowMs)
        collect()
        return lastTicket
    }

    @discardableResult
    mutating func sync(
        _ id: String, _ generation: Int32? = nil, instance: String? = nil, assigns: [String: [UInt8]] = [:],
        _ change: (inout ClassicGroup.Sync) -> Void = { _ in }
    ) -> GroupTicket {
        var sync = ClassicGroup.Sync()
        (sync.memberId, sync.instanceId, sync.assignments) = (id, instance, assigns)
        sync.generation = generation ?? group.generation
        change(&sync)
        lastTicket += 1
        group.sync(sync, lastTicket, nowMs)
        collect()
        return lastTicket
    }

    mutating func heartbeat(_ id: String, _ generation: Int32? = nil, instance: String? = nil) -> ErrorCode {
        defer { collect() }
        return group.heartbeat(id, instance, generation: generation ?? group.generation, nowMs)
    }

    mutating func leave(_ leaving: (String, String?)...) -> [ErrorCode] {
        defer { collect() }
        return group.leave(leaving.map { (memberId: $0.0, instanceId: $0.1) }, nowMs)
    }

    mutating func commit(_ id: String, _ generation: Int32, instance: String? = nil) -> ErrorCode {
        defer { collect() }
        return group.commit(id, instance, generation: generation, nowMs)
    }

    /// Lets time pass, with everything that is due on its way.
    mutating func pass(_ ms: Int64) {
        let endMs = nowMs + ms
        while let deadlineMs = group.deadlineMs, deadlineMs <= endMs {
            nowMs = max(nowMs, deadlineMs)
            if group.emptyDeadlineMs == deadlineMs { group.emptyDeadlineMs = nil }
            group.expire(nowMs)
            collect()
        }
        nowMs = endMs
    }

    /// A stable group of members by these names, the first of them its leader.
    mutating func settle(_ ids: String...) {
        for id in ids { join(new: id) }
        pass(group.settings.initialRebalanceDelayMs * 2)
        for id in ids { sync(id, assigns: Dictionary(uniqueKeysWithValues: ids.map { ($0, Array($0.utf8)) })) }
    }
}
