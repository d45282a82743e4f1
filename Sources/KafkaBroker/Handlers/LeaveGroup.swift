import KafkaProtocol

extension BrokerCore {
    /// LeaveGroup 0–5: takes members out. Version 3 takes several, each by its id or its instance
    /// id.
    func leaveGroup(_ request: LeaveGroupRequest, _ exchange: Exchange) {
        var response = LeaveGroupResponse()
        let leaving: [(memberId: String, instanceId: String?)] =
            exchange.version >= 3
            ? request.members.map { ($0.memberId, $0.groupInstanceId) } : [(request.memberId, nil)]
        guard !request.groupId.isEmpty else {
            response.errorCode = .invalidGroupId
            return exchange.respond(response)
        }
        let outcomes =
            groups.with(request.groupId) { $0.leave(leaving, $1) }
            ?? Array(repeating: .unknownMemberId, count: leaving.count)
        if exchange.version < 3 {
            response.errorCode = outcomes[0]
        } else {
            response.members = zip(leaving, outcomes).map { member, outcome in
                var answer = LeaveGroupResponse.MemberResponse()
                answer.memberId = member.memberId
                answer.groupInstanceId = member.instanceId
                answer.errorCode = outcome
                return answer
            }
        }
        exchange.respond(response)
    }
}
