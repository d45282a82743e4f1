public import Networking

/// A cluster as a program uses it: its brokers, topics and leaders, and the connections to them,
/// shared by producers, consumers and admin.
///
/// Connections are made when they are needed. Everything happens on one loop; start tasks that use
/// the client much with `Task(executorPreference: client.loop)`.
public actor Client {
    /// The loop that everything happens on.
    public nonisolated let loop: EventLoop
    /// The options.
    public nonisolated let configuration: ClientConfiguration
    /// What was done; read it on the loop.
    public nonisolated let metrics: ClientMetrics
    /// Which of the clients that share the metrics it is, from 1.
    public nonisolated var number: Int { cluster.environment.clientNumber }
    nonisolated let cluster: Cluster

    /// The loop it lives on.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }

    /// A client that has not connected yet.
    public init(configuration: ClientConfiguration, loop: EventLoop, metrics: ClientMetrics = ClientMetrics()) {
        self.loop = loop
        self.configuration = configuration
        self.metrics = metrics
        cluster = Cluster(ConnectionEnvironment(loop: loop, configuration: configuration, metrics: metrics))
    }

    /// Reaches the cluster and learns of `topics`. Without it the first use does so.
    ///
    /// While the cluster was never reached, an attempt ends when every bootstrap server has failed
    /// once, with the error of the last.
    public func connect(topics: [String] = []) async throws(ClientError) {
        try await cluster.waitForTopics(
            topics, mustBeLed: false, within: configuration.callLimit())
    }

    /// The partitions of a topic, in the order of their numbers.
    public func partitions(of topic: String) async throws(ClientError) -> [TopicPartition] {
        try await cluster.waitForTopics(
            [topic], mustBeLed: false, within: configuration.callLimit())
        let count = cluster.metadata.topic(topic)?.partitions.count ?? 0
        return (0..<count).map { TopicPartition(topic: topic, partition: Int32($0)) }
    }

    /// Closes every connection and ends every wait at once: connects, look-ups, calls, back-offs,
    /// starts, polls, sends, flushes and closes of producers fail as closed. To deliver what is
    /// under way, close producers and consumers first. A client that is dropped without it keeps
    /// its connections, and goes on asking for metadata.
    public func close() async {
        let beginNs = EventLoop.nowNs()
        cluster.close()
        cluster.environment.trace(.close, from: beginNs, isSuccess: true)
    }
}
