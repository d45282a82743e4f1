import KafkaProtocol

extension BrokerCore {
    /// ListGroups 0–5: every group that has committed something. Version 4 adds states, 5 types,
    /// each with a filter.
    func listGroups(_ request: ListGroupsRequest, _ exchange: Exchange) {
        var response = ListGroupsResponse()
        // Kafka compares without regard to case, too.
        let isWanted =
            request.statesFilter.names(Self.groupState) && request.typesFilter.names(Self.groupType)
        response.groups = (isWanted ? offsets.store.groups.keys.sorted() : []).map { group in
            var listed = ListGroupsResponse.ListedGroup()
            listed.groupId = group
            listed.groupState = Self.groupState
            listed.groupType = Self.groupType
            return listed
        }
        exchange.respond(response)
    }

    /// The state of a group without members. Its protocol type is empty in Kafka, too, as nobody
    /// has joined it.
    static let groupState = "Empty"
    private static let groupType = "classic"
}

extension [String] {
    /// Whether a filter lets a name through.
    fileprivate func names(_ name: String) -> Bool {
        isEmpty || contains { $0.lowercased() == name.lowercased() }
    }
}
