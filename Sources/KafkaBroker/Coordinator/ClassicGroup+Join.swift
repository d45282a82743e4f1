import KafkaProtocol

extension ClassicGroup {
    /// A JoinGroup.
    struct Join {
        var memberId = ""
        var instanceId: String?
        var clientId = ""
        var clientHost = ""
        var sessionTimeoutMs: Int32 = 45_000
        var rebalanceTimeoutMs: Int32 = 300_000
        var protocolType = "consumer"
        var protocols: [ClassicMember.Assignor] = []
        /// The id that a new member gets.
        var newMemberId = ""
        /// Whether a new member must ask again with its id (version 4, KIP-394).
        var requiresKnownId = true
        /// Whether a leader understands that it must assign nothing (version 9, KIP-814).
        var canSkipAssignment = true
    }

    /// A member joins; the answer is an action, now or when the rebalance is over.
    mutating func join(_ join: Join, _ ticket: GroupTicket, _ nowMs: Int64) {
        emptyDeadlineMs = nil
        if !hasRoom(for: join.memberId) {
            remove(join.memberId)
            pending[join.memberId] = nil
            return refuse(ticket, .groupMaxSizeReached, "")
        }
        guard supports(join) else { return refuse(ticket, .inconsistentGroupProtocol, join.memberId) }
        if join.memberId.isEmpty {
            joinNew(join, ticket, nowMs)
        } else {
            joinKnown(join, ticket, nowMs)
        }
        markEmpty(nowMs)
    }

    private func hasRoom(for memberId: String) -> Bool {
        let sizeMax = Int(settings.sizeMax)
        switch state {
        case .empty: return true
        case .preparing:
            if members[memberId]?.joining != nil { return true }
            return members.values.count { $0.joining != nil } < sizeMax
        case .completing, .stable: return members[memberId] != nil || members.count < sizeMax
        }
    }

    /// Whether the member shares the group's type, and an assignor with all its members.
    private func supports(_ join: Join) -> Bool {
        guard !join.protocolType.isEmpty, !join.protocols.isEmpty else { return false }
        if members.isEmpty { return true }
        let common = commonProtocols
        return protocolType == join.protocolType && join.protocols.contains { common.contains($0.name) }
    }

    private mutating func refuse(_ ticket: GroupTicket, _ error: ErrorCode, _ memberId: String) {
        actions.append(.answerJoin(ticket, JoinAnswer(error: error, memberId: memberId)))
    }

    private mutating func joinNew(_ join: Join, _ ticket: GroupTicket, _ nowMs: Int64) {
        if let instanceId = join.instanceId {
            if let old = instances[instanceId] { return replace(old, join, ticket, nowMs) }
        } else if join.requiresKnownId {
            pending[join.newMemberId] = nowMs + Int64(join.sessionTimeoutMs)
            return refuse(ticket, .memberIdRequired, join.newMemberId)
        }
        add(join, join.newMemberId, ticket, nowMs)
    }

    private mutating func joinKnown(_ join: Join, _ ticket: GroupTicket, _ nowMs: Int64) {
        let id = join.memberId
        if join.instanceId == nil, pending.removeValue(forKey: id) != nil { return add(join, id, ticket, nowMs) }
        let fault = check(id, join.instanceId)
        guard fault == .none, let member = members[id] else { return refuse(ticket, fault, id) }
        let isUnchanged = member.protocols == join.protocols
        switch state {
        case .empty: refuse(ticket, .unknownMemberId, id)
        case .completing where isUnchanged, .stable where isUnchanged && leader != id:
            // The answer was lost on its way: it gets the generation that is.
            actions.append(.answerJoin(ticket, answer(to: member)))
        case .preparing, .completing, .stable:
            update(id, join, ticket)
            rebalance(nowMs)
        }
    }

    private mutating func add(_ join: Join, _ id: String, _ ticket: GroupTicket, _ nowMs: Int64) {
        var member = ClassicMember(
            id: id, instanceId: join.instanceId, clientId: join.clientId, clientHost: join.clientHost,
            sessionTimeoutMs: join.sessionTimeoutMs, rebalanceTimeoutMs: join.rebalanceTimeoutMs,
            protocols: join.protocols)
        member.number = nextNumber()
        member.joining = ticket
        member.deadlineMs = nowMs + settings.newMemberTimeoutMs
        if members.isEmpty { protocolType = join.protocolType }
        if leader == nil { leader = id }
        members[id] = member
        if let instanceId = join.instanceId { instances[instanceId] = id }
        joinWait?.hasNewMember = true
        rebalance(nowMs)
    }

    private mutating func update(_ id: String, _ join: Join, _ ticket: GroupTicket) {
        if let earlier = members[id]?.joining { refuse(earlier, .rebalanceInProgress, id) }
        members[id]?.joining = ticket
        members[id]?.deadlineMs = nil
        members[id]?.protocols = join.protocols
        members[id]?.sessionTimeoutMs = join.sessionTimeoutMs
        members[id]?.rebalanceTimeoutMs = join.rebalanceTimeoutMs
    }

    /// A static member has come back under a new id: what its old self still waits for is fenced,
    /// and in a stable group it goes on with the old one's assignment (KIP-345).
    private mutating func replace(_ old: String, _ join: Join, _ ticket: GroupTicket, _ nowMs: Int64) {
        guard var member = members.removeValue(forKey: old) else { return }
        let new = join.newMemberId
        let wasLeader = leader == old
        if let ticket = member.joining { refuse(ticket, .fencedInstanceId, old) }
        if let ticket = member.syncing {
            actions.append(.answerSync(ticket, SyncAnswer(error: .fencedInstanceId)))
        }
        member.id = new
        (member.clientId, member.clientHost) = (join.clientId, join.clientHost)
        (member.joining, member.syncing) = (nil, nil)
        members[new] = member
        if let instanceId = join.instanceId { instances[instanceId] = new }
        if wasLeader { leader = new }
        update(new, join, ticket)
        guard state == .stable, selectedProtocol == protocolName, let member = members[new] else {
            return rebalance(nowMs)
        }
        members[new]?.joining = nil
        renew(new, nowMs)
        actions.append(.store)
        var answer = answer(to: member)
        if wasLeader, join.canSkipAssignment {
            answer.skipAssignment = true
        } else {
            // Under its old id the leader does not know itself, and so assigns nothing.
            (answer.leader, answer.members) = (wasLeader ? old : leader ?? "", [])
        }
        actions.append(.answerJoin(ticket, answer))
    }

    /// What a member is told of the generation.
    func answer(to member: ClassicMember) -> JoinAnswer {
        JoinAnswer(
            memberId: member.id, generation: generation, protocolType: protocolType, protocolName: protocolName,
            leader: leader ?? "", members: member.id == leader ? membersInOrder : [])
    }
}
