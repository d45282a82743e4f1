public import KafkaProtocol

/// What a cluster says of a topic.
public struct TopicDescription: Sendable, Equatable {
    /// Another one when the topic was deleted and made anew; zero where the broker is too old to
    /// say (before Metadata 10, Kafka 2.8).
    public var id: KafkaUUID
    /// How many partitions it has.
    public var partitionCount: Int

    /// A topic as it is described.
    public init(id: KafkaUUID, partitionCount: Int) {
        self.id = id
        self.partitionCount = partitionCount
    }
}

extension Admin {
    /// What the cluster says of a topic now, asked anew; nil if it has none of that name. Takes
    /// `default.api.timeout.ms` at most, or `timeoutMs`.
    public func describe(topic name: String, timeoutMs: Int? = nil) async throws(ClientError) -> TopicDescription? {
        let response = try await askAnew([name], timeoutMs)
        return try response.description(of: name)
    }

    /// Asks for the cluster's brokers again; fails where the cluster does not answer.
    public func checkReach() async throws(ClientError) { _ = try await askAnew([], nil) }

    private func askAnew(_ names: [String], _ timeoutMs: Int?) async throws(ClientError) -> MetadataResponse {
        let cluster = cluster
        let limit = cluster.configuration.callLimit(ms: timeoutMs)
        try await reach(within: limit)
        return try await cluster.result { done in
            cluster.retrying(.metadata, within: limit, { cluster.ask(names, for: $0, done: $1) }, done: done)
        }
    }
}

extension Cluster {
    fileprivate func ask(
        _ names: [String], for call: PendingCall,
        done: @escaping (Result<MetadataResponse, ClientError>) -> Void
    ) {
        guard let connection = anyConnection() else { return done(.failure(ClientError(.closed))) }
        self.request(MetadataRequest(of: names), on: connection, for: call, done: done)
    }
}

extension MetadataResponse {
    fileprivate func description(of name: String) throws(ClientError) -> TopicDescription? {
        let place = TopicPartition(topic: name, partition: -1)
        guard let topic = topics.first(where: { $0.name == name }) else {
            throw ClientError(
                .malformedResponse("no answer for a topic that was asked for"), api: .metadata, topicPartition: place)
        }
        switch topic.errorCode {
        case .none, .leaderNotAvailable:
            return TopicDescription(id: topic.topicId, partitionCount: topic.partitions.count)
        case .unknownTopicOrPartition, .unknownTopicId: return nil
        default: throw ClientError(.broker(topic.errorCode), api: .metadata, topicPartition: place)
        }
    }
}
