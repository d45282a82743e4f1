import KafkaClient
import KafkaProtocol
import Networking

/// A client that is always connected, for what stands around a measurement: topics, offsets, commits,
/// preloads. Its costs are never the measured client's.
final class ControlClient: Sendable {
    let client: Client
    let admin: Admin
    /// The groups that are somebody's: what is committed to them is noted before.
    let guardedGroups = GuardedGroups()
    private let loop: EventLoop
    private let single: Producer

    private init(client: Client, loop: EventLoop) {
        self.client = client
        self.loop = loop
        admin = Admin(client: client)
        var configuration = ProducerConfiguration()
        configuration.lingerMs = 0
        single = Producer(client: client, configuration: configuration, onDelivery: nil)
    }

    /// Connects; the error names the address and what was being done.
    static func connect(
        _ configuration: ClientConfiguration, loop: EventLoop, loss: TargetLoss
    ) async throws -> ControlClient {
        let client = Client(configuration: configuration, loop: loop, metrics: ClientMetrics())
        _ = client.closing(on: loss)
        do {
            try await client.connect(topics: [])
        } catch {
            await client.close()
            throw error
        }
        return ControlClient(client: client, loop: loop)
    }

    /// Where each partition of a topic begins and ends now; under `read_committed` it ends at the
    /// last stable offset.
    func offsets(
        of topic: String, isolation: ConsumerConfiguration.IsolationLevel = .readUncommitted
    ) async throws -> [LogRange] {
        let partitions = try await client.partitions(of: topic)
        async let starts = admin.listOffsets(partitions, at: .earliest)
        async let ends = admin.listOffsets(partitions, at: .latest, isolation: isolation)
        let (first, last) = try await (starts, ends)
        return try partitions.map { partition in
            guard let start = first[partition], let end = last[partition] else {
                throw EngineError("\(partition): the broker did not say where its log begins and ends")
            }
            return LogRange(start: start, end: end)
        }
    }

    /// Where each partition ends once nothing is under way: asked again until two answers agree.
    func settledOffsets(
        of topic: String, isolation: ConsumerConfiguration.IsolationLevel = .readUncommitted
    ) async throws -> [LogRange] {
        var last = try await offsets(of: topic, isolation: isolation)
        for _ in 0..<50 {
            try await loop.sleep(untilNs: EventLoop.nowNs() + 2_000_000)
            let now = try await offsets(of: topic, isolation: isolation)
            if now == last { return now }
            last = now
        }
        throw EngineError("the end offsets of \(topic) do not come to rest: does somebody else write to it?")
    }

    /// Commits an offset for each partition of a topic.
    func commit(group: String, topic: String, offsets: [Int64]) async throws {
        try await guardedGroups.willCommit(group: group, topic: topic, offsets: offsets)
        var commits: [TopicPartition: Int64] = [:]
        for (partition, offset) in offsets.enumerated() {
            commits[TopicPartition(topic: topic, partition: Int32(partition))] = offset
        }
        try await admin.commit(group: group, offsets: commits)
    }

    /// Sends one record to each partition over connections that are open already; it has a key,
    /// because compacted topics require one.
    ///
    /// Returns the offset that each got.
    func sendOneToEach(_ topic: String, partitionCount: Int) async throws -> [Int64] {
        try await withThrowingTaskGroup(of: (Int, Int64).self) { group in
            for partition in 0..<partitionCount {
                group.addTask(executorPreference: loop) { [single] in
                    let sent = try await single.send(
                        ProducerRecord(
                            topic: topic, partition: Int32(partition), key: Array("weir".utf8),
                            value: Array("weir".utf8)))
                    return (partition, sent.offset)
                }
            }
            var offsets = [Int64](repeating: -1, count: partitionCount)
            for try await (partition, offset) in group { offsets[partition] = offset }
            return offsets
        }
    }

    /// Opens the connections that `sendOneToEach` needs.
    func prepareToSend(_ topic: String) async throws { try await single.start(topics: [topic]) }

    /// Deletes all records of a topic up to the ends given.
    func deleteRecords(of topic: String, upTo ranges: [LogRange]) async throws {
        var offsets: [TopicPartition: Int64] = [:]
        for (partition, range) in ranges.enumerated() where range.end > range.start {
            offsets[TopicPartition(topic: topic, partition: Int32(partition))] = range.end
        }
        guard !offsets.isEmpty else { return }
        _ = try await admin.deleteRecords(before: offsets)
    }

    func close() async {
        // Everything that it sent was acknowledged or given up.
        _ = await single.close(timeoutMs: 0)
        await client.close()
    }
}
