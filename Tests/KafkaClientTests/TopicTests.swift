import KafkaProtocol
import Networking
import Testing

@testable import KafkaClient

/// What this client never does to a cluster's topics, and what it can tell of them.
@Suite(.timeLimit(.minutes(5))) struct TopicTests {
    private func isUnknown(_ error: ClientError?) -> Bool {
        [error?.code, error?.cause?.code].contains(.broker(.unknownTopicOrPartition))
    }

    /// Whoever asks for a topic that is not there must not make it, whatever the broker allows.
    @Test(.timeLimit(.minutes(1))) func nobodyMakesATopicByAsking() async throws {
        try await TestCluster.run(["auto.create.topics.enable": "true"], topic: nil) { cluster in
            let client = try cluster.client(["default.api.timeout.ms": "200", "request.timeout.ms": "200"])
            let options = try ProducerConfiguration(properties: ["max.block.ms": "200"])
            let producer = Producer(client: client, configuration: options)
            var error = await #expect(throws: ClientError.self) { try await producer.send(["a"], to: "missing") }
            #expect(isUnknown(error))
            error = await #expect(throws: ClientError.self) { try await producer.partitions(of: "missing") }
            #expect(isUnknown(error))
            let consumer = try cluster.consumer(client, "missing")
            error = await #expect(throws: ClientError.self) { try await consumer.start() }
            #expect(isUnknown(error))
            await #expect(throws: ClientError.self) { try await client.connect(topics: ["missing"]) }
            #expect(try await Admin(client: client).describe(topic: "missing") == nil)
            _ = await producer.close()
            await client.close()
        }
    }

    /// A producer whose topic is deleted under it does not bring it back.
    @Test(.timeLimit(.minutes(1))) func aDeletedTopicStaysAway() async throws {
        try await TestCluster.run { cluster in
            let client = try cluster.client()
            let options = try ProducerConfiguration(properties: [
                "delivery.timeout.ms": "300", "request.timeout.ms": "200", "linger.ms": "0",
            ])
            let producer = Producer(client: client, configuration: options)
            #expect(try await producer.send(["a"], to: "t") == [0])
            let other = try cluster.client()
            let admin = Admin(client: other)
            try await admin.deleteTopics(["t"])
            await #expect(throws: ClientError.self) { try await producer.send(["b"], to: "t") }
            #expect(try await admin.describe(topic: "t") == nil)
            _ = await producer.close()
            for client in [client, other] { await client.close() }
        }
    }

    @Test func aTopicMadeAnewHasAnotherId() async throws {
        try await TestCluster.run(topic: nil) { cluster in
            let client = try cluster.client()
            let admin = Admin(client: client)
            var ids: Set<KafkaUUID> = []
            for count in 1...3 {
                try await admin.createTopics([NewTopic(name: "t", partitionCount: Int32(count))])
                let topic = try #require(try await admin.describe(topic: "t"))
                #expect(topic.partitionCount == count)
                ids.insert(topic.id)
                try await admin.deleteTopics(["t"])
                #expect(try await admin.describe(topic: "t") == nil)
            }
            #expect(ids.count == 3 && !ids.contains(.zero))
            await client.close()
        }
    }

    /// Calls of an admin take the time that was set, not one of their own.
    @Test(.timeLimit(.minutes(1)), arguments: [ApiKey.createTopics, .deleteTopics, .deleteRecords])
    func adminCallsTakeTheTimeThatWasSet(_ api: ApiKey) async throws {
        let times = ["default.api.timeout.ms": "300", "request.timeout.ms": "200"]
        try await ScriptedServer.run(times) { header, _ in
            header.apiKey == api ? .mute : .well
        } _: { _, client in
            let admin = Admin(client: client)
            let error = await #expect(throws: ClientError.self) {
                switch api {
                case .createTopics: try await admin.createTopics([NewTopic(name: "t", partitionCount: 1)])
                case .deleteTopics: try await admin.deleteTopics(["t"])
                default: _ = try await admin.deleteRecords(before: [TopicPartition(topic: "t", partition: 0): 1])
                }
            }
            #expect(error?.code == .callTimedOut(afterMs: 300, option: "default.api.timeout.ms"))
        }
    }
}

/// Whoever waits for topics is told once, also by a loop that stops while the cluster was never
/// reached.
@Suite(.timeLimit(.minutes(5))) struct WaitingForTopicsTests {
    @Test(.timeLimit(.minutes(1)), arguments: [false, true])
    func aLoopThatStopsTellsOnce(isStoppedBefore: Bool) async throws {
        try await ScriptedServer.run { header, _ in
            header.apiKey == .apiVersions ? .mute : .well
        } _: { server, client in
            if isStoppedBefore { await client.loop.stop() }
            let told = Task { try await client.connect(topics: ["t"]) }
            if !isStoppedBefore {
                await server.wait(for: .apiVersions)
                await client.loop.stop()
            }
            await #expect(throws: ClientError.self) { try await told.value }
        }
    }
}
