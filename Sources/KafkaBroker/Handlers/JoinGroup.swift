import KafkaProtocol
import Networking

extension BrokerCore {
    /// JoinGroup 0–9: makes a member of a classic group; answered when the group's members have
    /// agreed on a generation.
    ///
    /// Version 1 has the rebalance time-out, 4 makes a new member ask twice (KIP-394), 5 has static
    /// members, 7 tells the protocol's type, 9 lets a leader keep the assignment.
    func joinGroup(_ request: JoinGroupRequest, _ exchange: Exchange) {
        if let refusal = refusal(of: request) {
            let answer = ClassicGroup.JoinAnswer(error: refusal, memberId: request.memberId)
            return exchange.respond(JoinGroupResponse(answer, version: exchange.version))
        }
        let ticket = groups.ticket(for: exchange)
        _ = groups.with(request.groupId, makes: true) { group, nowMs in
            group.join(ClassicGroup.Join(request, exchange), ticket, nowMs)
        }
        groups.settle(ticket)
    }

    private func refusal(of request: JoinGroupRequest) -> ErrorCode? {
        let id = request.groupId
        if id.isEmpty || id.utf8.count > CommittedOffsets.groupByteCountMax { return .invalidGroupId }
        let allowed = configuration.groups.sessionTimeoutMsMin...configuration.groups.sessionTimeoutMsMax
        guard allowed.contains(request.sessionTimeoutMs) else { return .invalidSessionTimeout }
        if request.memberId.isEmpty {
            return groups.hasRoom(in: id) ? nil : .groupMaxSizeReached
        }
        return groups.classic[id] == nil ? .unknownMemberId : nil
    }
}

extension ClassicGroup.Join {
    init(_ request: JoinGroupRequest, _ exchange: Exchange) {
        memberId = request.memberId
        instanceId = request.groupInstanceId
        clientId = exchange.clientId ?? ""
        clientHost = "/" + exchange.client.remoteAddress.host
        sessionTimeoutMs = request.sessionTimeoutMs
        let rebalanceMs = exchange.version >= 1 ? request.rebalanceTimeoutMs : request.sessionTimeoutMs
        rebalanceTimeoutMs = max(rebalanceMs, 0)
        protocolType = request.protocolType
        protocols = request.protocols.map { ClassicMember.Assignor(name: $0.name, metadata: $0.metadata) }
        newMemberId = "\(request.groupInstanceId ?? clientId)-\(KafkaUUID.random().hyphenated)"
        requiresKnownId = exchange.version >= 4
        canSkipAssignment = exchange.version >= 9
    }
}

extension JoinGroupResponse {
    init(_ answer: ClassicGroup.JoinAnswer, version: Int16) {
        self.init()
        errorCode = answer.error
        generationId = answer.generation
        protocolType = answer.protocolType
        protocolName = answer.protocolName ?? (version >= 7 ? nil : "")
        leader = answer.leader
        skipAssignment = answer.skipAssignment
        memberId = answer.memberId
        members = answer.members.map { member in
            var listed = JoinGroupResponseMember()
            listed.memberId = member.id
            // Before version 5 there is no field for it, and nobody to read it.
            listed.groupInstanceId = version >= 5 ? member.instanceId : nil
            listed.metadata = member.metadata(of: answer.protocolName ?? "")
            return listed
        }
    }
}

extension KafkaUUID {
    /// As Java writes a UUID.
    var hyphenated: String {
        func digits(_ value: UInt64, _ count: Int) -> String {
            let text = String(value, radix: 16)
            return String(repeating: "0", count: max(0, count - text.utf8.count)) + text
        }
        let (high, low) = (UInt64(truncatingIfNeeded: high), UInt64(truncatingIfNeeded: low))
        return [
            digits(high >> 32, 8), digits(high >> 16 & 0xffff, 4), digits(high & 0xffff, 4), digits(low >> 48, 4),
            digits(low & 0xffff_ffff_ffff, 12),
        ].joined(separator: "-")
    }
}
