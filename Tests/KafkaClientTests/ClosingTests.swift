import KafkaProtocol
import Networking
import Synchronization
import Testing

@testable import KafkaClient

/// Closing a client ends whatever waits on it at once, whatever it waits for.
@Suite(.timeLimit(.minutes(5))) struct ClosingTests {
    /// Something that waits, and when it surely does.
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// What the broker does with each request.
        let script: ScriptedServer.Script
        /// The request after which it waits.
        let after: (api: ApiKey, count: Int)
        let call: @Sendable (Client) async throws -> Void
    }

    static let partition = TopicPartition(topic: "t", partition: 0)

    /// Mute for one API.
    static func mute(_ api: ApiKey) -> ScriptedServer.Script {
        { header, _ in header.apiKey == api ? .mute : .well }
    }

    /// A leader that nobody can reach, as it listens nowhere.
    static let led: ScriptedServer.Script = { header, _ in header.apiKey == .metadata ? .led(by: 3) : .well }

    static let cases: [Case] = [
        Case(testDescription: "ApiVersions", script: mute(.apiVersions), after: (.apiVersions, 1)) {
            try await $0.connect()
        },
        Case(testDescription: "Metadata", script: mute(.metadata), after: (.metadata, 1)) {
            try await $0.connect(topics: ["t"])
        },
        Case(testDescription: "a topic that never comes", script: { _, _ in .well }, after: (.metadata, 3)) {
            _ = try await $0.partitions(of: "other")
        },
        Case(testDescription: "CreateTopics", script: mute(.createTopics), after: (.createTopics, 1)) {
            try await Admin(client: $0).createTopics([NewTopic(name: "n", partitionCount: 1)])
        },
        Case(testDescription: "the coordinator", script: mute(.findCoordinator), after: (.findCoordinator, 1)) {
            try await Admin(client: $0).commit(group: "g", offsets: [partition: 1])
        },
        Case(
            testDescription: "a back-off",
            script: { header, _ in
                var answer = FindCoordinatorResponse()
                answer.errorCode = .coordinatorNotAvailable
                return header.apiKey == .findCoordinator ? .message(answer) : .well
            }, after: (.findCoordinator, 1)
        ) {
            try await Admin(client: $0).commit(group: "g", offsets: [partition: 1])
        },
        Case(testDescription: "a start, ListOffsets", script: mute(.listOffsets), after: (.listOffsets, 1)) {
            _ = try await consumer($0).start()
        },
        Case(testDescription: "a start, an unreachable leader", script: led, after: (.metadata, 2)) {
            let consumer = consumer($0)
            try await consumer.seek(partition, to: 0)
            _ = try await consumer.start()
        },
        Case(testDescription: "a poll", script: mute(.fetch), after: (.fetch, 1)) {
            let consumer = consumer($0)
            _ = try await consumer.start()
            while true { _ = try await consumer.poll(timeoutMs: 600_000) }
        },
        Case(testDescription: "a send, Produce", script: mute(.produce), after: (.produce, 1)) {
            _ = try await Producer(client: $0).send(ProducerRecord(topic: "t", value: [1]))
        },
        Case(testDescription: "a send, InitProducerId", script: mute(.initProducerId), after: (.initProducerId, 1)) {
            _ = try await Producer(client: $0).send(ProducerRecord(topic: "t", value: [1]))
        },
        Case(testDescription: "a send, an unreachable leader", script: led, after: (.metadata, 2)) {
            _ = try await Producer(client: $0).send(ProducerRecord(topic: "t", value: [1]))
        },
        Case(
            testDescription: "a send, a partition without a leader",
            script: { header, _ in header.apiKey == .metadata ? .message(leaderless) : .well }, after: (.metadata, 2)
        ) {
            _ = try await Producer(client: $0).send(ProducerRecord(topic: "t", value: [1]))
        },
        Case(testDescription: "a start of a producer", script: mute(.initProducerId), after: (.initProducerId, 1)) {
            try await Producer(client: $0).start(topics: ["t"])
        },
    ]

    static let leaderless: MetadataResponse = {
        var broker = MetadataResponse.MetadataResponseBroker()
        (broker.nodeId, broker.host, broker.port) = (9, "127.0.0.1", 1)
        var partition = MetadataResponse.MetadataResponsePartition()
        partition.leaderId = -1
        var topic = MetadataResponse.MetadataResponseTopic()
        topic.name = "t"
        topic.partitions = [partition]
        var response = MetadataResponse()
        (response.brokers, response.topics) = ([broker], [topic])
        return response
    }()

    static func consumer(_ client: Client) -> Consumer {
        var configuration = ConsumerConfiguration()
        configuration.offsetReset = .earliest
        return Consumer(client: client, configuration: configuration, assignment: .partitions([partition]))
    }

    /// Times that nobody would wait for.
    static let long = [
        "request.timeout.ms": "600000", "default.api.timeout.ms": "600000", "retry.backoff.ms": "20",
        "retry.backoff.max.ms": "600000", "reconnect.backoff.ms": "600000", "reconnect.backoff.max.ms": "600000",
    ]

    @Test(.timeLimit(.minutes(2)), arguments: cases) func nothingWaitsOn(_ waiting: Case) async throws {
        try await ScriptedServer.run(Self.long, waiting.script) { server, client in
            let call = Task { try await waiting.call(client) }
            await server.wait(for: waiting.after.api, count: waiting.after.count)
            await client.close()
            let error = await #expect(throws: ClientError.self) { try await call.value }
            #expect(error?.code == .closed, "\(String(describing: error))")
        }
    }

    @Test(.timeLimit(.minutes(2))) func aFlushAndACloseWithUndeliveredRecordsEnd() async throws {
        try await ScriptedServer.run(Self.long, Self.mute(.produce)) { server, client in
            let outcomes = Mutex<[BatchDelivery]>([])
            let producer = Producer(client: client, configuration: ProducerConfiguration()) { delivery in
                outcomes.withLock { $0.append(delivery) }
            }
            let send = Task { try await producer.send(ProducerRecord(topic: "t", value: [1])) }
            await server.wait(for: .produce)
            let flush = Task { await producer.flush() }
            let close = Task { await producer.close() }
            await client.close()
            await flush.value
            #expect(await close.value == UndeliveredReport(unknownRecordCount: 1))
            await #expect(throws: ClientError.self) { try await send.value }
            #expect(outcomes.withLock { $0.map(\.error?.code) } == [.closed])
        }
    }

    /// Whoever dials a name or an address that says nothing waits for the kernel; the socket is
    /// given up with the client.
    @Test(.timeLimit(.minutes(2))) func aConnectThatNobodyAnswersEnds() async throws {
        let loop = try EventLoop(name: "closing")
        let full = try FullListener()
        let properties = ["bootstrap.servers": full.address, "socket.connection.setup.timeout.ms": "600000"]
        let client = Client(
            configuration: try ClientConfiguration(properties: properties.merging(Self.long) { $1 }), loop: loop)
        let call = Task { try await client.connect() }
        let metrics = client.metrics
        while await onLoop(loop, { metrics.connectionCount }) == 0 { await Task.yield() }
        await client.close()
        let error = await #expect(throws: ClientError.self) { try await call.value }
        #expect(error?.code == .closed)
        withExtendedLifetime(full) {}
        await loop.stop()
    }

    private func onLoop<Value: Sendable>(_ loop: EventLoop, _ body: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in loop.execute { continuation.resume(returning: body()) } }
    }
}
