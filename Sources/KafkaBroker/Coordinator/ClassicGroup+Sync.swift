import KafkaProtocol

extension ClassicGroup {
    /// A SyncGroup.
    struct Sync {
        var memberId = ""
        var instanceId: String?
        var generation: Int32 = 0
        /// What the member believes the group agreed on; nil before version 5 (KIP-559).
        var protocolType: String?
        var protocolName: String?
        /// What the leader assigns, by member.
        var assignments: [String: [UInt8]] = [:]
    }

    /// A member asks for its assignment; the answer is an action, now or when the leader has
    /// assigned.
    mutating func sync(_ sync: Sync, _ ticket: GroupTicket, _ nowMs: Int64) {
        let id = sync.memberId
        let fault = check(sync)
        guard fault == .none else {
            return actions.append(.answerSync(ticket, SyncAnswer(error: fault)))
        }
        if let earlier = members[id]?.syncing {
            actions.append(.answerSync(earlier, SyncAnswer(error: .rebalanceInProgress)))
        }
        members[id]?.owesSync = false
        if state == .completing {
            members[id]?.syncing = ticket
            members[id]?.deadlineMs = nil
            if leader == id { assign(sync.assignments, nowMs) }
        } else {
            renew(id, nowMs)
            actions.append(.answerSync(ticket, assignment(of: id)))
        }
        if state == .stable, members.values.allSatisfy({ !$0.owesSync }) { syncDeadlineMs = nil }
    }

    private func check(_ sync: Sync) -> ErrorCode {
        let fault = check(sync.memberId, sync.instanceId)
        if fault != .none { return fault }
        if sync.generation != generation { return .illegalGeneration }
        if let type = sync.protocolType, type != protocolType { return .inconsistentGroupProtocol }
        if let name = sync.protocolName, name != protocolName { return .inconsistentGroupProtocol }
        switch state {
        case .empty: return .unknownMemberId
        case .preparing: return .rebalanceInProgress
        case .completing, .stable: return .none
        }
    }

    private mutating func assign(_ assignments: [String: [UInt8]], _ nowMs: Int64) {
        state = .stable
        for id in members.keys { members[id]?.assignment = assignments[id] ?? [] }
        actions.append(.store)
        for member in membersInOrder {
            guard let ticket = member.syncing else { continue }
            members[member.id]?.syncing = nil
            renew(member.id, nowMs)
            actions.append(.answerSync(ticket, assignment(of: member.id)))
        }
    }

    private func assignment(of id: String) -> SyncAnswer {
        SyncAnswer(
            protocolType: protocolType, protocolName: protocolName, assignment: members[id]?.assignment ?? [])
    }

    /// The assignment could not be written to the journal: the members have to join again.
    mutating func assignmentIsLost(_ nowMs: Int64) {
        guard state == .stable else { return }
        refuseSyncs(.coordinatorNotAvailable, nowMs)
        rebalance(nowMs)
    }

    /// A member says that it lives.
    mutating func heartbeat(_ memberId: String, _ instanceId: String?, generation: Int32, _ nowMs: Int64) -> ErrorCode {
        let fault = check(memberId, instanceId)
        if fault != .none { return fault }
        if generation != self.generation { return .illegalGeneration }
        if state == .empty { return .unknownMemberId }
        renew(memberId, nowMs)
        return state == .preparing ? .rebalanceInProgress : .none
    }

    /// Members leave, each by its id, its instance id or both; says for each whether it is gone.
    mutating func leave(_ leaving: [(memberId: String, instanceId: String?)], _ nowMs: Int64) -> [ErrorCode] {
        var (hasLeft, hasPendingLeft) = (false, false)
        let outcomes = leaving.map { memberId, instanceId in
            if memberId.isEmpty {
                guard let instanceId, let current = instances[instanceId] else { return ErrorCode.unknownMemberId }
                remove(current)
            } else if pending.removeValue(forKey: memberId) != nil {
                hasPendingLeft = true
                return .none
            } else {
                let fault = check(memberId, instanceId)
                if fault != .none { return fault }
                remove(memberId)
            }
            hasLeft = true
            return .none
        }
        // An id that was never used is missed only by a rebalance that waits for it.
        if hasLeft && state != .empty || hasPendingLeft && state == .preparing { rebalance(nowMs) }
        markEmpty(nowMs)
        return outcomes
    }
}
