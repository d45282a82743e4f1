import KafkaClient
import KafkaProtocol
import Networking
import Testing
import WireRelay

/// Serial round trips of a member's start, counted on the wire to an Apache Kafka, TCP handshakes
/// apart. Its wait for the other suites that need a Kafka counts.
@Suite(.serialized, .needsKafka, .timeLimit(.minutes(30))) struct RealKafkaGroupStartTests {
    /// A broker behind a relay whose address is the one it advertises.
    private func run(_ body: @escaping @Sendable (WireRelay, EventLoop) async throws -> Void) async throws {
        let home = try #require(KafkaServer.home)
        await Gate.kafka.enter()
        defer { Gate.kafka.leave() }
        let (relayLoop, loop) = (try EventLoop(name: "relay"), try EventLoop(name: "client"))
        let relay = try await WireRelay.listen(on: relayLoop)
        let server = try KafkaServer(
            home: home,
            properties: [
                "advertised.listeners=PLAINTEXT://127.0.0.1:\(relay.port)", "group.initial.rebalance.delay.ms=0",
            ])
        let outcome: Result<Void, any Error>
        do {
            try await relay.lead(to: SocketAddress(host: "127.0.0.1", port: server.port), watching: loop)
            try await server.start()
            // What is counted must not hop by way of the pool.
            try await Task(executorPreference: loop) { try await body(relay, loop) }.value
            outcome = .success(())
        } catch {
            outcome = .failure(error)
        }
        try await server.remove()
        await loop.stop()
        await relayLoop.stop()
        try outcome.get()
    }

    private func client(_ relay: WireRelay, _ loop: EventLoop) throws -> Client {
        Client(
            configuration: try ClientConfiguration(properties: ["bootstrap.servers": "127.0.0.1:\(relay.port)"]),
            loop: loop)
    }

    private func consumer(_ client: Client, _ more: [String: String]) throws -> Consumer {
        let properties = ["auto.offset.reset": "earliest"].merging(more) { $1 }
        return Consumer(
            client: client, configuration: try ConsumerConfiguration(properties: properties),
            assignment: .subscription(["t"]))
    }

    @Test func aMemberStartsInAsFewRoundTripsAsItsProtocolAllows() async throws {
        try await run { relay, loop in
            let filler = try client(relay, loop)
            try await Admin(client: filler).createTopics([NewTopic(name: "t", partitionCount: 2)])
            let producer = Producer(client: filler)
            for partition: Int32 in [0, 1] {
                _ = try await producer.send(ProducerRecord(topic: "t", partition: partition, value: [1]))
            }
            _ = await producer.close()
            // Kafka makes its topic of commits with the first.
            try await Admin(client: filler).commit(
                group: "other", offsets: [TopicPartition(topic: "t", partition: 0): 0])
            await filler.close()
            for _ in ["new", "left a moment ago"] {
                _ = try await relay.takeEntries()
                let client = try client(relay, loop)
                let member = try consumer(client, ["group.id": "classic"])
                let begun = try await member.start()
                #expect(begun.offsets.count == 2)
                #expect(try await member.poll(timeoutMs: 10_000).isEmpty == false)
                let entries = try await relay.takeEntries()
                #expect(entries.depths(.findCoordinator) == [1], "\(entries)")
                #expect(entries.depths(.joinGroup) == [2, 3] && entries.depths(.syncGroup) == [4], "\(entries)")
                #expect(entries.depths(.offsetFetch) == [5] && entries.depths(.listOffsets) == [5], "\(entries)")
                #expect(entries.depths(.fetch).first == 6, "\(entries)")
                #expect(entries.connectionCount == 2, "\(entries)")
                await member.stop()
                // It leaves, and nothing else.
                let end = try await relay.takeEntries()
                #expect(end.depths(.leaveGroup) == [1] && end.depths(.offsetCommit).isEmpty, "\(end)")
                await client.close()
            }
            guard KafkaServer.hasConsumerGroups else { return }
            _ = try await relay.takeEntries()
            let client = try client(relay, loop)
            let member = try consumer(client, ["group.id": "newer", "group.protocol": "consumer"])
            let begun = try await member.start()
            #expect(begun.offsets.count == 2)
            #expect(try await member.poll(timeoutMs: 10_000).isEmpty == false)
            let entries = try await relay.takeEntries()
            #expect(entries.depths(.consumerGroupHeartbeat).first == 2, "\(entries)")
            #expect(entries.depths(.offsetFetch) == [3] && entries.depths(.fetch).first == 4, "\(entries)")
            #expect(entries.connectionCount == 2, "\(entries)")
            await member.stop()
            await client.close()
        }
    }
}
