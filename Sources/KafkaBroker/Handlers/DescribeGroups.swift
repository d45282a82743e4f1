import KafkaProtocol

extension BrokerCore {
    /// DescribeGroups 0–6: groups with their members.
    ///
    /// A group that is not there is `Dead`, and from version 6 on an error, too. Version 3 adds
    /// what the client may do, 4 names of members.
    func describeGroups(_ request: DescribeGroupsRequest, _ exchange: Exchange) {
        var response = DescribeGroupsResponse()
        response.groups = request.groups.map { id in
            var described = DescribeGroupsResponse.DescribedGroup()
            described.groupId = id
            if let group = groups.classic[id] {
                described.describe(group, version: exchange.version)
            } else if offsets.store.groups[id] != nil {
                described.groupState = ClassicGroup.State.empty.rawValue
            } else if id.isEmpty {
                described.errorCode = .invalidGroupId
            } else {
                described.groupState = "Dead"
                if exchange.version >= 6 {
                    described.errorCode = .groupIdNotFound
                    described.errorMessage = "Group \(id) not found."
                }
            }
            let isThere = !described.groupState.isEmpty && described.groupState != "Dead"
            if isThere, request.includeAuthorizedOperations { described.authorizedOperations = Self.groupOperations }
            return described
        }
        exchange.respond(response)
    }

    /// READ, DELETE and DESCRIBE, by the numbers of Kafka's `AclOperation`: nothing is forbidden
    /// here.
    static let groupOperations: Int32 = 1 << 3 | 1 << 6 | 1 << 8
}

extension DescribeGroupsResponse.DescribedGroup {
    /// The assignor, subscriptions and assignments are told of a stable group only, as in Kafka.
    fileprivate mutating func describe(_ group: ClassicGroup, version: Int16) {
        groupState = group.state.rawValue
        protocolType = group.protocolType ?? ""
        let name = group.state == .stable ? group.protocolName : nil
        protocolData = name ?? ""
        members = group.membersInOrder.map { member in
            var described = DescribeGroupsResponse.DescribedGroupMember()
            described.memberId = member.id
            described.groupInstanceId = version >= 4 ? member.instanceId : nil
            described.clientId = member.clientId
            described.clientHost = member.clientHost
            described.memberMetadata = name.map { member.metadata(of: $0) } ?? []
            described.memberAssignment = name == nil ? [] : member.assignment
            return described
        }
    }
}
