import KafkaProtocol

extension BrokerCore {
    /// ListGroups 0–5: every group that has members, had some, or has committed something. Version
    /// 4 adds states, 5 types, each with a filter.
    func listGroups(_ request: ListGroupsRequest, _ exchange: Exchange) {
        var response = ListGroupsResponse()
        let ids = Set(offsets.store.groups.keys).union(groups.classic.keys).sorted()
        response.groups = ids.compactMap { id in
            let group = groups.classic[id]
            var listed = ListGroupsResponse.ListedGroup()
            listed.groupId = id
            // The type of a group that nobody has joined is empty in Kafka, too.
            listed.protocolType = group?.protocolType ?? ""
            listed.groupState = (group?.state ?? .empty).rawValue
            listed.groupType = "classic"
            // Kafka compares without regard to case, too.
            let isWanted = request.statesFilter.names(listed.groupState) && request.typesFilter.names(listed.groupType)
            return isWanted ? listed : nil
        }
        exchange.respond(response)
    }
}

extension [String] {
    /// Whether a filter lets a name through.
    fileprivate func names(_ name: String) -> Bool {
        isEmpty || contains { $0.lowercased() == name.lowercased() }
    }
}
