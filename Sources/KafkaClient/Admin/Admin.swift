import KafkaProtocol
import Networking

/// Makes, describes and deletes topics, trims logs, and reads and writes the offsets of groups.
public actor Admin {
    nonisolated let cluster: Cluster
    private nonisolated let loop: EventLoop

    /// The loop it lives on.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }

    /// An admin over a client's connections.
    public init(client: Client) {
        cluster = client.cluster
        loop = client.loop
    }

    /// Makes topics; throws the first error, and one that is there already is an error too.
    ///
    /// Every call here takes as long as `timeoutMs`, over all its attempts; without it, as long as
    /// `default.api.timeout.ms`.
    public func createTopics(_ topics: [NewTopic], timeoutMs: Int? = nil) async throws(ClientError) {
        let response = try await callController(
            timeoutMs, asked: topics.map(\.name),
            { brokerMs in
                var request = CreateTopicsRequest()
                request.timeoutMs = brokerMs
                request.topics = topics.map(\.wire)
                return request
            }, outcomes: { $0.topics.map { ($0.name, $0.errorCode) } })
        try check(response.topics.map { ($0.name, $0.errorCode) }, .createTopics)
    }

    /// Deletes topics; throws the first error.
    public func deleteTopics(_ names: [String], timeoutMs: Int? = nil) async throws(ClientError) {
        let response = try await callController(
            timeoutMs, asked: names,
            { brokerMs in
                var request = DeleteTopicsRequest()
                request.timeoutMs = brokerMs
                request.topicNames = names
                return request
            }, outcomes: { $0.responses.map { ($0.name ?? "", $0.errorCode) } })
        for name in names { cluster.metadata.forget(name) }
        try check(response.responses.map { ($0.name ?? "", $0.errorCode) }, .deleteTopics)
    }

    /// Waits until every partition of the topics has a leader that this client knows.
    public func waitForLeaders(of topics: [String], timeoutMs: Int? = nil) async throws(ClientError) {
        try await waitForLeaders(of: topics, within: cluster.configuration.callLimit(ms: timeoutMs))
    }

    private func waitForLeaders(of topics: [String], within limit: CallLimit) async throws(ClientError) {
        try await cluster.waitForTopics(topics, mustBeLed: true, within: limit)
    }

    /// The offsets of a place in each partition's log; −1 where nothing is as new as a timestamp.
    public func listOffsets(
        _ partitions: [TopicPartition], at spec: OffsetSpec,
        isolation: ConsumerConfiguration.IsolationLevel = .readUncommitted
    ) async throws(ClientError) -> [TopicPartition: Int64] {
        let cluster = cluster
        let limit = cluster.configuration.callLimit()
        try await waitForLeaders(of: Set(partitions.map(\.topic)).sorted(), within: limit)
        let timestamps = Dictionary(uniqueKeysWithValues: Set(partitions).map { ($0, spec.timestamp) })
        return try await cluster.result {
            cluster.listOffsets(timestamps, isolation: isolation.rawValue, within: limit, done: $0)
        }
    }

    /// The value that a topic's setting has, be it its own or a default of the cluster; nil where
    /// the broker does not say.
    public func setting(_ name: String, of topic: String) async throws(ClientError) -> String? {
        let cluster = cluster
        let limit = cluster.configuration.callLimit()
        try await reach(within: limit)
        return try await cluster.result { cluster.setting(name, of: topic, within: limit, done: $0) }
    }

    /// Deletes all records before the given offsets (−1: all there are), and returns where the logs
    /// start then.
    public func deleteRecords(
        before offsets: [TopicPartition: Int64], timeoutMs: Int? = nil
    ) async throws(ClientError) -> [TopicPartition: Int64] {
        let cluster = cluster
        let limit = cluster.configuration.callLimit(ms: timeoutMs)
        try await waitForLeaders(of: Set(offsets.keys.map(\.topic)).sorted(), within: limit)
        return try await cluster.result { cluster.deleteRecords(offsets, within: limit, done: $0) }
    }

    /// Writes commits of a group that has no members.
    public func commit(group: String, offsets: [TopicPartition: Int64]) async throws(ClientError) {
        let cluster = cluster
        let limit = cluster.configuration.callLimit()
        try await reach(within: limit)
        let commits = offsets.mapValues { CommittedOffset(offset: $0) }
        try await cluster.result { cluster.commit(group, commits, within: limit, done: $0) }
    }

    /// A group's commits of those `partitions` that have one.
    public func committed(
        group: String, partitions: [TopicPartition]
    ) async throws(ClientError) -> [TopicPartition: Int64] {
        let cluster = cluster
        let limit = cluster.configuration.callLimit()
        try await reach(within: limit)
        let offsets: [TopicPartition: Int64] = try await cluster.result {
            cluster.committed(group, partitions, within: limit, done: $0)
        }
        return offsets.filter { $0.value >= 0 }
    }

    /// Waits until the cluster has been reached once.
    func reach(within limit: CallLimit) async throws(ClientError) {
        try await cluster.waitForTopics([], mustBeLed: false, within: limit)
    }

    /// Asks the controller, again if it turns out to be another broker; an answer that leaves one
    /// of the `asked` out is an error.
    private func callController<Request: KafkaRequest>(
        _ timeoutMs: Int?, asked: [String], _ makeRequest: @escaping (_ brokerMs: Int32) -> Request,
        outcomes: @escaping (Request.Response) -> [(String, ErrorCode)]
    ) async throws(ClientError) -> Request.Response {
        let cluster = cluster
        let limit = cluster.configuration.callLimit(ms: timeoutMs)
        try await reach(within: limit)
        return try await cluster.result { done in
            cluster.retrying(
                Request.apiKey, within: limit,
                { call, finish in
                    let controller = cluster.metadata.controllerId
                    guard let connection = cluster.connection(to: controller) ?? cluster.anyConnection() else {
                        return finish(.failure(ClientError(.closed)))
                    }
                    let brokerMs = call.timeoutMs(atMost: cluster.configuration.requestTimeoutMs)
                    cluster.request(makeRequest(Int32(clamping: brokerMs)), on: connection, for: call) { result in
                        finish(result.flatMap { Self.checked($0, outcomes($0), asked, Request.apiKey) })
                    }
                }, done: done)
        }
    }

    /// What lets a controller be asked again, or asks for no answer that it gave.
    private static func checked<Response>(
        _ response: Response, _ outcomes: [(String, ErrorCode)], _ asked: [String], _ api: ApiKey
    ) -> Result<Response, ClientError> {
        if outcomes.contains(where: { $0.1 == .notController }) {
            return .failure(ClientError(.broker(.notController), api: api))
        }
        let named = Set(outcomes.map(\.0))
        guard let missing = asked.first(where: { !named.contains($0) }) else { return .success(response) }
        return .failure(.leftOut(TopicPartition(topic: missing, partition: -1), api))
    }

    private func check(_ outcomes: [(String, ErrorCode)], _ api: ApiKey) throws(ClientError) {
        for (name, error) in outcomes where error != .none {
            throw ClientError(
                .broker(error), api: api, topicPartition: TopicPartition(topic: name, partition: -1))
        }
    }
}

/// A topic to be made.
public struct NewTopic: Sendable {
    /// Its name.
    public var name: String
    /// How many partitions it gets; −1 as many as the broker is set to.
    public var partitionCount: Int32
    /// How many copies of each; −1 as many as the broker is set to.
    public var replicationFactor: Int16
    /// Settings that differ from the broker's.
    public var configs: [String: String]

    /// A topic to be made.
    public init(
        name: String, partitionCount: Int32, replicationFactor: Int16 = -1, configs: [String: String] = [:]
    ) {
        self.name = name
        self.partitionCount = partitionCount
        self.replicationFactor = replicationFactor
        self.configs = configs
    }

    var wire: CreateTopicsRequest.CreatableTopic {
        var topic = CreateTopicsRequest.CreatableTopic()
        topic.name = name
        topic.numPartitions = partitionCount
        topic.replicationFactor = replicationFactor
        topic.configs = configs.sorted { $0.key < $1.key }.map { key, value in
            var config = CreateTopicsRequest.CreatableTopicConfig()
            config.name = key
            config.value = value
            return config
        }
        return topic
    }
}
