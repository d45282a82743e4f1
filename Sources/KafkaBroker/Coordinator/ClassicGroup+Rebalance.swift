import KafkaProtocol

extension ClassicGroup {
    /// The assignors that every member can use.
    var commonProtocols: Set<String> {
        var counts: [String: Int] = [:]
        for member in members.values {
            for name in Set(member.protocols.map(\.name)) { counts[name, default: 0] += 1 }
        }
        return Set(counts.filter { $0.value == members.count }.keys)
    }

    /// The assignor that most members prefer among those that all can use; of equal ones the first
    /// by name.
    var selectedProtocol: String? {
        let common = commonProtocols
        var votes: [String: Int] = [:]
        for member in members.values {
            if let vote = member.protocols.first(where: { common.contains($0.name) }) {
                votes[vote.name, default: 0] += 1
            }
        }
        return votes.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
    }

    /// Begins a rebalance, or ends the one under way if all members have joined.
    mutating func rebalance(_ nowMs: Int64) {
        if state != .preparing { prepare(nowMs) }
        if joinWait?.extensionMs == nil { completeIfJoined(nowMs) }
    }

    private mutating func prepare(_ nowMs: Int64) {
        if state == .completing { refuseSyncs(.rebalanceInProgress, nowMs) }
        syncDeadlineMs = nil
        let timeoutMs = Int64(members.values.map(\.rebalanceTimeoutMs).max() ?? 0)
        if state == .empty {
            let delayMs = settings.initialRebalanceDelayMs
            joinWait = JoinWait(deadlineMs: nowMs + delayMs, extensionMs: max(timeoutMs - delayMs, 0))
        } else {
            joinWait = JoinWait(deadlineMs: nowMs + timeoutMs)
        }
        state = .preparing
    }

    /// Forgets what was assigned, and says so to those who wait for it.
    mutating func refuseSyncs(_ error: ErrorCode, _ nowMs: Int64) {
        for id in membersInOrder.map(\.id) {
            members[id]?.assignment = []
            members[id]?.owesSync = false
            guard let ticket = members[id]?.syncing else { continue }
            members[id]?.syncing = nil
            renew(id, nowMs)
            actions.append(.answerSync(ticket, SyncAnswer(error: error)))
        }
    }

    private mutating func completeIfJoined(_ nowMs: Int64) {
        guard pending.isEmpty, members.values.allSatisfy({ $0.joining != nil }) else { return }
        complete(nowMs)
    }

    /// Ends the wait for members: who has not joined again is put out, unless it is static.
    private mutating func complete(_ nowMs: Int64) {
        for member in members.values where member.joining == nil && member.instanceId == nil { remove(member.id) }
        if !electLeader() {
            // Only static members are left, and none of them has come: their sessions decide.
            let timeoutMs = Int64(members.values.map(\.rebalanceTimeoutMs).max() ?? 0)
            joinWait = JoinWait(deadlineMs: nowMs + timeoutMs)
            return
        }
        joinWait = nil
        generation = generation == .max ? 1 : generation + 1
        guard !members.isEmpty else {
            (state, protocolName, leader) = (.empty, nil, nil)
            actions.append(.store)
            return markEmpty(nowMs)
        }
        state = .completing
        protocolName = selectedProtocol
        syncDeadlineMs = nowMs + Int64(members.values.map(\.rebalanceTimeoutMs).max() ?? 0)
        for member in membersInOrder {
            members[member.id]?.owesSync = true
            members[member.id]?.joining = nil
            renew(member.id, nowMs)
            if let ticket = member.joining { actions.append(.answerJoin(ticket, answer(to: member))) }
        }
    }

    /// Makes sure that the leader is one who has joined; false if no member has.
    private mutating func electLeader() -> Bool {
        if members.isEmpty { return true }
        if let leader, members[leader]?.joining != nil { return true }
        guard let next = membersInOrder.first(where: { $0.joining != nil }) else { return false }
        leader = next.id
        return true
    }

    /// Begins the time again after which a member counts as dead.
    mutating func renew(_ id: String, _ nowMs: Int64) {
        guard let member = members[id], member.joining == nil, member.syncing == nil else { return }
        members[id]?.deadlineMs = nowMs + Int64(member.sessionTimeoutMs)
    }

    /// Takes a member out; what it waits for is answered.
    mutating func remove(_ id: String) {
        guard let member = members.removeValue(forKey: id) else { return }
        if let instanceId = member.instanceId, instances[instanceId] == id { instances[instanceId] = nil }
        if leader == id { leader = membersInOrder.first?.id }
        if let ticket = member.joining {
            actions.append(.answerJoin(ticket, JoinAnswer(error: .unknownMemberId, memberId: id)))
        }
        if let ticket = member.syncing {
            actions.append(.answerSync(ticket, SyncAnswer(error: .unknownMemberId)))
        }
    }

    /// Notes since when the group has nobody.
    mutating func markEmpty(_ nowMs: Int64) {
        guard state == .empty, pending.isEmpty, emptyDeadlineMs == nil else { return }
        emptyDeadlineMs = nowMs + settings.emptyGroupMs
    }

    /// Does what is due: sessions, ids never used, rebalances and assignments that have waited
    /// long enough.
    mutating func expire(_ nowMs: Int64) {
        let forgotten = pending.filter { $0.value <= nowMs }.map(\.key)
        for id in forgotten { pending[id] = nil }
        let dead = membersInOrder.filter { ($0.deadlineMs ?? .max) <= nowMs }.map(\.id)
        for id in dead { remove(id) }
        if !dead.isEmpty {
            rebalance(nowMs)
        } else if !forgotten.isEmpty, state == .preparing, joinWait?.extensionMs == nil {
            completeIfJoined(nowMs)
        }
        expireJoin(nowMs)
        expireSync(nowMs)
        markEmpty(nowMs)
    }

    private mutating func expireJoin(_ nowMs: Int64) {
        guard let wait = joinWait, wait.deadlineMs <= nowMs else { return }
        guard let leftMs = wait.extensionMs, wait.hasNewMember, leftMs > 0 else { return complete(nowMs) }
        let delayMs = min(settings.initialRebalanceDelayMs, leftMs)
        joinWait = JoinWait(deadlineMs: nowMs + delayMs, extensionMs: max(leftMs - delayMs, 0))
    }

    private mutating func expireSync(_ nowMs: Int64) {
        guard let deadline = syncDeadlineMs, deadline <= nowMs else { return }
        syncDeadlineMs = nil
        let late = membersInOrder.filter(\.owesSync).map(\.id)
        guard !late.isEmpty else { return }
        for id in late { remove(id) }
        rebalance(nowMs)
    }
}
