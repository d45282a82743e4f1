import KafkaProtocol

extension BrokerCore {
    /// DescribeGroups 0–6: groups that have committed something, none of which has members.
    ///
    /// A group that is not there is `Dead`, and from version 6 on an error, too. Version 3 adds
    /// what the client may do, 4 names of members.
    func describeGroups(_ request: DescribeGroupsRequest, _ exchange: Exchange) {
        var response = DescribeGroupsResponse()
        response.groups = request.groups.map { group in
            var described = DescribeGroupsResponse.DescribedGroup()
            described.groupId = group
            if offsets.store.groups[group] != nil {
                described.groupState = Self.groupState
                if request.includeAuthorizedOperations { described.authorizedOperations = Self.groupOperations }
            } else if group.isEmpty {
                described.errorCode = .invalidGroupId
            } else {
                described.groupState = "Dead"
                if exchange.version >= 6 {
                    described.errorCode = .groupIdNotFound
                    described.errorMessage = "Group \(group) not found."
                }
            }
            return described
        }
        exchange.respond(response)
    }

    /// READ, DELETE and DESCRIBE, by the numbers of Kafka's `AclOperation`: nothing is forbidden
    /// here.
    private static let groupOperations: Int32 = 1 << 3 | 1 << 6 | 1 << 8
}
