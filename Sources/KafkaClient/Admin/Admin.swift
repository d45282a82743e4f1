import KafkaProtocol
import Networking

/// Makes and deletes topics, trims logs, and reads and writes the offsets of groups.
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

    /// Makes topics; throws the first error, and one that is there already is an error too. Without `timeoutMs` it takes no longer than
    /// `default.api.timeout.ms`, and so does everything here.
    public func createTopics(_ topics: [NewTopic], timeoutMs: Int? = nil) async throws(ClientError) {
        var request = CreateTopicsRequest()
        request.timeoutMs = Int32(clamping: cluster.answerTimeoutMs(within: timeoutMs))
        request.topics = topics.map(\.wire)
        let response = try await callController(request, timeoutMs) { response in
            response.topics.map { ($0.name, $0.errorCode) }
        }
        try check(response.topics.map { ($0.name, $0.errorCode) }, .createTopics)
    }

    /// Deletes topics; throws the first error.
    public func deleteTopics(_ names: [String], timeoutMs: Int? = nil) async throws(ClientError) {
        var request = DeleteTopicsRequest()
        request.timeoutMs = Int32(clamping: cluster.answerTimeoutMs(within: timeoutMs))
        request.topicNames = names
        let response = try await callController(request, timeoutMs) { response in
            response.responses.map { ($0.name ?? "", $0.errorCode) }
        }
        for name in names { cluster.metadata.forget(name) }
        try check(response.responses.map { ($0.name ?? "", $0.errorCode) }, .deleteTopics)
    }

    /// Waits until every partition of the topics has a leader that this client knows.
    public func waitForLeaders(of topics: [String], timeoutMs: Int? = nil) async throws(ClientError) {
        try await cluster.waitForTopics(
            topics, mustBeLed: true, timeoutMs: timeoutMs ?? cluster.configuration.apiTimeoutMs)
    }

    /// The offsets of a place in each partition's log; −1 where nothing is as new as a timestamp.
    public func listOffsets(
        _ partitions: [TopicPartition], at spec: OffsetSpec,
        isolation: ConsumerConfiguration.IsolationLevel = .readUncommitted
    ) async throws(ClientError) -> [TopicPartition: Int64] {
        try await waitForLeaders(of: Set(partitions.map(\.topic)).sorted())
        let cluster = cluster
        let timestamps = Dictionary(uniqueKeysWithValues: Set(partitions).map { ($0, spec.timestamp) })
        return try await cluster.result {
            cluster.listOffsets(timestamps, isolation: isolation.rawValue, done: $0)
        }
    }

    /// Deletes all records before the given offsets (−1: all there are), and returns where the logs start then.
    public func deleteRecords(
        before offsets: [TopicPartition: Int64], timeoutMs: Int? = nil
    ) async throws(ClientError) -> [TopicPartition: Int64] {
        try await waitForLeaders(of: Set(offsets.keys.map(\.topic)).sorted())
        let cluster = cluster
        return try await cluster.result { cluster.deleteRecords(offsets, timeoutMs: timeoutMs, done: $0) }
    }

    /// Writes commits of a group that has no members.
    public func commit(group: String, offsets: [TopicPartition: Int64]) async throws(ClientError) {
        let cluster = cluster
        try await reach()
        try await cluster.result { cluster.commit(group, offsets, done: $0) }
    }

    /// A group's commits of those `partitions` that have one.
    public func committed(
        group: String, partitions: [TopicPartition]
    ) async throws(ClientError) -> [TopicPartition: Int64] {
        let cluster = cluster
        try await reach()
        let offsets: [TopicPartition: Int64] = try await cluster.result {
            cluster.committed(group, partitions, done: $0)
        }
        return offsets.filter { $0.value >= 0 }
    }

    /// Waits until the cluster has been reached once.
    func reach() async throws(ClientError) {
        try await cluster.waitForTopics([], mustBeLed: false, timeoutMs: cluster.configuration.apiTimeoutMs)
    }

    /// Asks the controller, again if it turns out to be another broker.
    private func callController<Request: KafkaRequest>(
        _ request: Request, _ timeoutMs: Int?, errors: @escaping (Request.Response) -> [(String, ErrorCode)]
    ) async throws(ClientError) -> Request.Response {
        try await reach()
        let cluster = cluster
        return try await cluster.result { done in
            cluster.attempting(
                timeoutMs: timeoutMs,
                { finish in
                    let controller = cluster.metadata.controllerId
                    guard let connection = cluster.connection(to: controller) ?? cluster.anyConnection() else {
                        return finish(.failure(ClientError(.closed)))
                    }
                    let limitMs = cluster.answerTimeoutMs(within: timeoutMs)
                    cluster.request(request, on: connection, timeoutMs: limitMs) { result in
                        guard case .success(let response) = result,
                            errors(response).contains(where: { $0.1 == .notController })
                        else { return finish(result) }
                        finish(.failure(ClientError(.broker(.notController), api: Request.apiKey)))
                    }
                }, done: done)
        }
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
