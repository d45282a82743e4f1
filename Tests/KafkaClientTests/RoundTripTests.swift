import KafkaProtocol
import Networking
import Testing
import WireRelay

@testable import KafkaClient

/// Serial round trips from construction to the first record, counted on the wire, TCP handshakes
/// apart.
@Suite(.timeLimit(.minutes(5))) struct RoundTripTests {
    /// A broker behind a relay whose address is the one it advertises, and a topic of two
    /// partitions with ten records each.
    static func run(
        _ body: @escaping @Sendable (TestCluster, WireRelay, [TopicPartition]) async throws -> Void
    ) async throws {
        let loop = try EventLoop(name: "relay")
        let relay = try await WireRelay.listen(on: loop)
        let outcome: Result<Void, any Error>
        do {
            let listener = "PLAINTEXT://127.0.0.1:\(relay.port)"
            try await TestCluster.run(["advertised.listeners": listener], topic: nil) { cluster in
                try await relay.lead(
                    to: SocketAddress(host: "127.0.0.1", port: cluster.port), watching: cluster.loop)
                // What is counted must not hop by way of the pool.
                try await Task(executorPreference: cluster.loop) {
                    try await body(cluster, relay, try await fill(cluster, relay))
                }.value
            }
            outcome = .success(())
        } catch {
            outcome = .failure(error)
        }
        await loop.stop()
        try outcome.get()
    }

    static func fill(_ cluster: TestCluster, _ relay: WireRelay) async throws -> [TopicPartition] {
        let client = try newClient(cluster, relay)
        let partitions = (0..<2).map { TopicPartition(topic: "t", partition: $0) }
        try await Admin(client: client).createTopics([NewTopic(name: "t", partitionCount: 2)])
        let producer = Producer(client: client)
        for partition in partitions {
            _ = try await producer.send((0..<10).map { "\($0)" }, to: "t", partition: partition.partition)
        }
        _ = await producer.close()
        try await Admin(client: client).commit(group: "g", offsets: [partitions[0]: 4, partitions[1]: 5])
        await client.close()
        _ = try await relay.takeEntries()
        return partitions
    }

    static func newClient(
        _ cluster: TestCluster, _ relay: WireRelay, _ properties: [String: String] = [:],
        metrics: ClientMetrics = ClientMetrics()
    ) throws -> Client {
        var properties = properties
        properties["bootstrap.servers"] =
            (properties["bootstrap.servers"].map { "\($0)," } ?? "") + "127.0.0.1:\(relay.port)"
        return try cluster.client(properties, metrics: metrics)
    }

    /// A start, and what it must cost.
    struct Start: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var policy = "earliest"
        var group = ""
        var resets = false
        var sought: Int64?
        let offsets: [Int64]
        let tripCount: Int
    }

    static let starts = [
        Start(testDescription: "explicit offset", sought: 3, offsets: [3, 3], tripCount: 2),
        Start(testDescription: "earliest without a group", offsets: [0, 0], tripCount: 3),
        Start(testDescription: "latest without a group", policy: "latest", offsets: [10, 10], tripCount: 3),
        Start(testDescription: "new group at earliest", group: "new", offsets: [0, 0], tripCount: 3),
        Start(testDescription: "new group at latest", policy: "latest", group: "new", offsets: [10, 10], tripCount: 3),
        Start(testDescription: "committed", group: "g", offsets: [4, 5], tripCount: 3),
        Start(testDescription: "committed, no policy", policy: "none", group: "g", offsets: [4, 5], tripCount: 3),
        Start(testDescription: "reset on start", group: "g", resets: true, offsets: [0, 0], tripCount: 3),
    ]

    @Test(arguments: starts) func aConsumerStartsIn(_ start: Start) async throws {
        try await Self.run { cluster, relay, partitions in
            let metrics = ClientMetrics()
            let client = try Self.newClient(cluster, relay, metrics: metrics)
            let properties = ["auto.offset.reset": start.policy, "group.id": start.group]
            let consumer = try cluster.consumer(client, "t", properties, resets: start.resets)
            for partition in partitions {
                if let offset = start.sought { try await consumer.seek(partition, to: offset) }
            }
            let begun = try await consumer.start()
            #expect(partitions.map { begun.offsets[$0] } == start.offsets)
            if start.policy == "latest" {
                _ = try await consumer.poll(timeoutMs: 100)
            } else {
                #expect(try await consumer.take(1).count >= 1)
                // The client counts the same; the next fetch may have been answered, too.
                #expect([start.tripCount, start.tripCount + 1].contains(metrics.roundTripCount))
            }
            let entries = try await relay.takeEntries()
            #expect(entries.depths(.fetch).first == start.tripCount, "\(entries)")
            #expect(entries.connectionCount == 1, "\(entries)")
            await consumer.stop()
            await client.close()
        }
    }

    /// What waited for a connection that was not made goes out on the next, at once and all of it:
    /// a back-off would take a minute.
    @Test(.timeLimit(.minutes(1)), arguments: ["", "g"]) func aDeadFirstBootstrapServerCostsAStartNothing(
        _ group: String
    ) async throws {
        try await Self.run { cluster, relay, _ in
            let client = try Self.newClient(cluster, relay, Self.afterADeadOne)
            let consumer = try cluster.consumer(client, "t", ["group.id": group])
            _ = try await consumer.start()
            #expect(try await consumer.take(1).count >= 1)
            let entries = try await relay.takeEntries()
            #expect(entries.depths(.fetch).first == 3, "\(entries)")
            #expect(entries.depths(.findCoordinator) == (group.isEmpty ? [] : [1]), "\(entries)")
            #expect(entries.connectionCount == 1, "\(entries)")
            await consumer.stop()
            await client.close()
        }
    }

    @Test(.timeLimit(.minutes(1)), arguments: [false, true])
    func aDeadFirstBootstrapServerCostsAProducerNothing(startsAhead: Bool) async throws {
        try await Self.run { cluster, relay, _ in
            let metrics = ClientMetrics()
            let client = try Self.newClient(cluster, relay, Self.afterADeadOne, metrics: metrics)
            let producer = Producer(
                client: client, configuration: try ProducerConfiguration(properties: ["linger.ms": "0"]))
            if startsAhead { try await producer.start(topics: ["t"]) }
            #expect(try await producer.send(["a"], to: "t") == [10])
            let entries = try await relay.takeEntries()
            #expect(entries.depths(.produce) == [2] && entries.depths(.initProducerId) == [1], "\(entries)")
            #expect(metrics.retryCount == 0)
            #expect(await producer.close().isEmpty)
            await client.close()
        }
    }

    /// Nobody listens at the first of the addresses.
    static let afterADeadOne = [
        "retry.backoff.ms": "600000", "retry.backoff.max.ms": "600000", "bootstrap.servers": "127.0.0.1:1",
    ]

    @Test(arguments: [false, true], [false, true])
    func aNewProducersFirstRecordTakesTwo(isIdempotent: Bool, startsAhead: Bool) async throws {
        try await Self.run { cluster, relay, _ in
            let metrics = ClientMetrics()
            let client = try Self.newClient(cluster, relay, metrics: metrics)
            let configuration = try ProducerConfiguration(
                properties: ["enable.idempotence": "\(isIdempotent)", "linger.ms": "0"])
            let producer = Producer(client: client, configuration: configuration)
            if startsAhead { try await producer.start(topics: ["t"]) }
            #expect(try await producer.send(["a"], to: "t") == [10])
            #expect(metrics.roundTripCount == 2)
            let entries = try await relay.takeEntries()
            #expect(entries.depths(.produce) == [2], "\(entries)")
            #expect(entries.depths(.initProducerId) == (isIdempotent ? [1] : []))
            #expect(entries.connectionCount == 1, "\(entries)")
            #expect(try await producer.send(["b"], to: "t") == [11])
            // A kept producer: one.
            #expect(try await relay.takeEntries().depths(.produce) == [1])
            #expect(metrics.roundTripCount == 3)
            #expect(await producer.close().isEmpty)
            await client.close()
            #expect(try await relay.takeEntries().isEmpty)
        }
    }
}
