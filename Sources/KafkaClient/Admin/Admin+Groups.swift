import KafkaProtocol

extension Admin {
    /// All groups that this client may see, of every broker.
    public func listGroups() async throws(ClientError) -> [GroupListing] {
        let cluster = cluster
        try await reach(within: cluster.configuration.callLimit())
        var found: [GroupListing] = []
        for node in cluster.metadata.nodes.keys.sorted() { found += try await groups(of: node) }
        return found.sorted { $0.name < $1.name }
    }

    private func groups(of node: Int32) async throws(ClientError) -> [GroupListing] {
        let cluster = cluster
        return try await cluster.result { done in
            cluster.callBroker(
                node, ListGroupsRequest(),
                { response in
                    response.errorCode.result(
                        .listGroups,
                        response.groups.map { GroupListing(name: $0.groupId, state: $0.groupState) })
                }, done: done)
        }
    }

    /// Whether a group is there and has members, by either protocol of groups.
    public func occupancy(of group: String) async throws(ClientError) -> GroupOccupancy {
        let cluster = cluster
        try await reach(within: cluster.configuration.callLimit())
        var request = DescribeGroupsRequest()
        request.groups = [group]
        let described: DescribeGroupsResponse.DescribedGroup = try await cluster.result { done in
            cluster.callCoordinator(
                of: .group(group), request,
                { response in
                    guard let answer = response.groups.first(where: { $0.groupId == group }) else {
                        return .failure(
                            ClientError(.malformedResponse("no answer for group \(group)"), api: .describeGroups))
                    }
                    // What is not there, or not of the classic protocol, is looked for in the list.
                    if answer.errorCode == .groupIdNotFound { return .success(.init()) }
                    return answer.errorCode.result(.describeGroups, answer)
                }, done: done)
        }
        switch described.groupState {
        case "Empty": return .empty
        case "Dead", "": return try await listed(group)
        default: return .members(count: described.members.count, state: described.groupState)
        }
    }

    /// A group of the newer protocol (KIP-848) is dead to DescribeGroups, and stands in the list of
    /// its coordinator.
    private func listed(_ group: String) async throws(ClientError) -> GroupOccupancy {
        let cluster = cluster
        let node: Int32 = try await cluster.result { cluster.findCoordinator(of: .group(group), done: $0) }
        guard let listing = try await groups(of: node).first(where: { $0.name == group }) else { return .absent }
        return listing.mayHaveMembers ? .members(count: nil, state: listing.state) : .empty
    }

    /// Deletes groups without members, and says of each that could not be why; one that is not
    /// there counts as deleted.
    public func deleteGroups(_ names: [String]) async throws(ClientError) -> [String: ClientError] {
        let cluster = cluster
        try await reach(within: cluster.configuration.callLimit())
        var failures: [String: ClientError] = [:]
        for name in names {
            var request = DeleteGroupsRequest()
            request.groupsNames = [name]
            do throws(ClientError) {
                try await cluster.result { done in
                    cluster.callCoordinator(
                        of: .group(name), request,
                        { response in
                            let error = response.results.first { $0.groupId == name }?.errorCode ?? .none
                            return (error == .groupIdNotFound ? .none : error).result(.deleteGroups, ())
                        }, done: done)
                }
            } catch {
                failures[name] = error
                // What cannot be reached for one cannot be for the next.
                if !error.isOfBroker { throw error }
            }
        }
        return failures
    }

    /// Takes away a group's commits of these partitions; those that have none stay so.
    public func deleteOffsets(group: String, partitions: [TopicPartition]) async throws(ClientError) {
        let cluster = cluster
        try await reach(within: cluster.configuration.callLimit())
        var request = OffsetDeleteRequest()
        request.groupId = group
        request.topics = partitions.topicsWithIndexes()
        try await cluster.result { done in
            cluster.callCoordinator(
                of: .group(group), request,
                { response in
                    if response.errorCode == .groupIdNotFound { return .success(()) }
                    let refused = response.topics.lazy.flatMap(\.partitions).map(\.errorCode).first { $0 != .none }
                    let error = response.errorCode == .none ? refused ?? .none : response.errorCode
                    return error.result(.offsetDelete, ())
                }, done: done)
        }
    }

    /// A group's commits of those `partitions` that have one, with what was stored beside them.
    public func commits(
        group: String, partitions: [TopicPartition]
    ) async throws(ClientError) -> [TopicPartition: CommittedOffset] {
        let cluster = cluster
        try await reach(within: cluster.configuration.callLimit())
        return try await cluster.result { cluster.commits(group, partitions, done: $0) }
    }

    /// Whether a group has a commit on any topic that this client may see.
    public func hasCommits(group: String) async throws(ClientError) -> Bool {
        let cluster = cluster
        try await reach(within: cluster.configuration.callLimit())
        var request = OffsetFetchRequest()
        request.groupId = group
        request.topics = nil
        return try await cluster.result { done in
            cluster.callCoordinator(
                of: .group(group), request,
                { response in
                    let partitions = response.topics.lazy.flatMap(\.partitions)
                    return response.errorCode.result(
                        .offsetFetch, partitions.contains { $0.committedOffset >= 0 || $0.errorCode != .none })
                }, done: done)
        }
    }

    /// Writes commits of a group that has no members, with what is to be stored beside them.
    public func commit(group: String, commits: [TopicPartition: CommittedOffset]) async throws(ClientError) {
        let cluster = cluster
        try await reach(within: cluster.configuration.callLimit())
        try await cluster.result { cluster.commit(group, commits, done: $0) }
    }
}

extension Admin {
    /// The cluster's own id; nil where it has none.
    public func clusterId() async throws(ClientError) -> String? {
        try await describe(topics: []).clusterId
    }

    /// The names of all topics that this client may see, the cluster's own left out, each with its
    /// number of partitions.
    public func listTopics() async throws(ClientError) -> [String: Int] {
        let topics = try await describe(topics: nil).topics
        let own = topics.filter { !$0.isInternal && $0.errorCode == .none }
        return Dictionary(own.map { ($0.name ?? "", $0.partitions.count) }, uniquingKeysWith: { $1 })
    }

    private func describe(
        topics: [String]?
    ) async throws(ClientError) -> MetadataResponse {
        let cluster = cluster
        try await reach(within: cluster.configuration.callLimit())
        let request = MetadataRequest(of: topics)
        return try await cluster.result { done in cluster.callBroker(nil, request, { .success($0) }, done: done) }
    }
}

extension ClientError {
    /// Whether a broker refused it, as against not being reached.
    fileprivate var isOfBroker: Bool {
        switch code {
        case .broker, .unsupportedVersion, .malformedResponse: true
        default: false
        }
    }
}
