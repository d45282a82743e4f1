import KafkaProtocol

extension BrokerCore {
    /// SyncGroup 0–5: takes the leader's assignments, and answers each member with its own.
    ///
    /// Version 3 has static members, 5 the protocol that the member believes in.
    func syncGroup(_ request: SyncGroupRequest, _ exchange: Exchange) {
        guard !request.groupId.isEmpty, groups.classic[request.groupId] != nil else {
            let error: ErrorCode = request.groupId.isEmpty ? .invalidGroupId : .unknownMemberId
            return exchange.respond(SyncGroupResponse(ClassicGroup.SyncAnswer(error: error)))
        }
        var sync = ClassicGroup.Sync()
        sync.memberId = request.memberId
        sync.instanceId = request.groupInstanceId
        sync.generation = request.generationId
        sync.protocolType = request.protocolType
        sync.protocolName = request.protocolName
        for one in request.assignments { sync.assignments[one.memberId] = one.assignment }
        let ticket = groups.ticket(for: exchange)
        _ = groups.with(request.groupId) { $0.sync(sync, ticket, $1) }
        groups.settle(ticket)
    }
}

extension SyncGroupResponse {
    init(_ answer: ClassicGroup.SyncAnswer) {
        self.init()
        errorCode = answer.error
        protocolType = answer.protocolType
        protocolName = answer.protocolName
        assignment = answer.assignment
    }
}
