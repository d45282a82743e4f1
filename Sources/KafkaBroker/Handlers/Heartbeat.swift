import KafkaProtocol

extension BrokerCore {
    /// Heartbeat 0–4: a member lives, and hears whether it must join again. Version 3 has static
    /// members.
    func heartbeat(_ request: HeartbeatRequest, _ exchange: Exchange) {
        var response = HeartbeatResponse()
        let found = groups.with(request.groupId) {
            $0.heartbeat(request.memberId, request.groupInstanceId, generation: request.generationId, $1)
        }
        response.errorCode = request.groupId.isEmpty ? .invalidGroupId : found ?? .unknownMemberId
        exchange.respond(response)
    }
}
