import KafkaProtocol
import Networking
import Synchronization
import System
import Testing

@testable import KafkaClient

/// Brokers that say nothing, or let an answer drip: every call ends within the time that was set
/// for it, and says which broker kept it.
@Suite(.timeLimit(.minutes(5))) struct SickBrokerTests {
    /// A call, and the request of it that is answered badly.
    struct Case: Sendable, CustomTestStringConvertible {
        let api: ApiKey
        let isDripping: Bool
        let call: @Sendable (Client) async throws(ClientError) -> Void

        var testDescription: String { "\(api.name), \(isDripping ? "dripping" : "mute")" }
        var reply: ScriptedServer.Reply { isDripping ? .drip : .mute }
    }

    static let partition = TopicPartition(topic: "t", partition: 0)

    static let calls: [(ApiKey, @Sendable (Client) async throws(ClientError) -> Void)] = [
        (.apiVersions, { client throws(ClientError) in try await client.connect() }),
        (.metadata, { client throws(ClientError) in try await client.connect(topics: ["t"]) }),
        (
            .listOffsets,
            { client throws(ClientError) in _ = try await Admin(client: client).listOffsets([partition], at: .latest) }
        ),
        (
            .deleteRecords,
            { client throws(ClientError) in _ = try await Admin(client: client).deleteRecords(before: [partition: 1]) }
        ),
        (
            .createTopics,
            { client throws(ClientError) in
                try await Admin(client: client).createTopics([NewTopic(name: "n", partitionCount: 1)])
            }
        ),
        (.deleteTopics, { client throws(ClientError) in try await Admin(client: client).deleteTopics(["t"]) }),
        (
            .findCoordinator,
            { client throws(ClientError) in
                _ = try await Admin(client: client).committed(group: "g", partitions: [partition])
            }
        ),
        (
            .offsetFetch,
            { client throws(ClientError) in
                _ = try await Admin(client: client).committed(group: "g", partitions: [partition])
            }
        ),
        (
            .offsetCommit,
            { client throws(ClientError) in try await Admin(client: client).commit(group: "g", offsets: [partition: 1])
            }
        ),
    ]

    static let cases = calls.flatMap { api, call in
        [false, true].map { Case(api: api, isDripping: $0, call: call) }
    }

    @Test(arguments: cases) func everyCallEndsInItsTime(_ sick: Case) async throws {
        let times = ["request.timeout.ms": "1000", "default.api.timeout.ms": "5000"]
        try await ScriptedServer.run(times) { header, _ in
            header.apiKey == sick.api ? sick.reply : .well
        } _: { server, client in
            // The time of the call is then the sick request's, however slowly a busy machine
            // connects.
            if ![.apiVersions, .metadata].contains(sick.api) { try await client.connect(topics: ["t"]) }
            let beginNs = EventLoop.nowNs()
            let error = await #expect(throws: ClientError.self) { try await sick.call(client) }
            // Far below the thirty seconds that were built in, far above what was set.
            #expect(EventLoop.nowNs().since(beginNs) < 20_000_000_000)
            let isTimeOut =
                switch error?.code {
                case .timedOut(1000), .callTimedOut(5000, "default.api.timeout.ms"): true
                default: false
                }
            let text = error?.description ?? ""
            #expect(isTimeOut, "\(text)")
            #expect(text.contains(sick.api.name), "\(text)")
            #expect(text.contains("127.0.0.1:\(server.port)"), "\(text)")
        }
    }

    /// The last attempt drips as the ones before did.
    @Test func whatCameIsSaidOnce() async throws {
        let times = ["request.timeout.ms": "300", "default.api.timeout.ms": "500"]
        try await ScriptedServer.run(times) { header, _ in
            header.apiKey == .listOffsets ? .drip : .well
        } _: { _, client in
            try await client.connect(topics: ["t"])
            let error = await #expect(throws: ClientError.self) {
                _ = try await Admin(client: client).listOffsets([Self.partition], at: .latest)
            }
            let text = error?.description ?? ""
            #expect(error?.cause?.hint != nil && error?.hint != nil, "\(text)")
            #expect(text.ranges(of: "what came is").count == 1, "\(text)")
        }
    }

    @Test(arguments: [false, true]) func aFetchEndsInItsTime(isDripping: Bool) async throws {
        try await ScriptedServer.run(["request.timeout.ms": "400"]) { header, _ in
            header.apiKey == .fetch ? (isDripping ? .drip : .mute) : .well
        } _: { server, client in
            let configuration = try ConsumerConfiguration(
                properties: ["auto.offset.reset": "earliest", "fetch.max.wait.ms": "20"])
            let consumer = Consumer(client: client, configuration: configuration, assignment: .topics(["t"]))
            _ = try await consumer.start()
            // It asks again, which it did after five seconds.
            await server.wait(for: .fetch, count: 3)
            let error = await consumer.lastError
            #expect(error?.code == .timedOut(afterMs: 400) && error?.api == .fetch, "\(String(describing: error))")
            #expect(error?.broker == "127.0.0.1:\(server.port)")
            await consumer.stop()
        }
    }

    @Test(arguments: [false, true]) func aDeliveryEndsInItsTimeAndSaysWhatKeptIt(isDripping: Bool) async throws {
        try await ScriptedServer.run { header, _ in
            header.apiKey == .produce ? (isDripping ? .drip : .mute) : .well
        } _: { server, client in
            try await client.connect(topics: ["t"])
            let properties = ["delivery.timeout.ms": "1500", "request.timeout.ms": "200", "linger.ms": "0"]
            let producer = Producer(
                client: client, configuration: try ProducerConfiguration(properties: properties))
            let error = await #expect(throws: ClientError.self) {
                try await producer.send(ProducerRecord(topic: "t", value: [1]))
            }
            #expect(error?.code == .deliveryTimedOut(afterMs: 1500))
            #expect(error?.cause?.code == .timedOut(afterMs: 200) && error?.cause?.api == .produce)
            #expect(error?.description.contains("127.0.0.1:\(server.port)") == true)
            _ = await producer.close(timeoutMs: 0)
        }
    }

    // MARK: What a time-out hides

    @Test func aDeliveryNamesTheErrorOfTheBroker() async throws {
        try await ScriptedServer.run { header, _ in
            header.apiKey == .produce ? .produced(.notEnoughReplicas, baseOffset: -1) : .well
        } _: { server, client in
            let error = try await sendFailure(client)
            #expect(error.code == .deliveryTimedOut(afterMs: 1000))
            #expect(error.cause?.code == .broker(.notEnoughReplicas) && error.attemptCount > 1)
            #expect(error.description.contains("NOT_ENOUGH_REPLICAS"), "\(error)")
            #expect(error.description.contains("127.0.0.1:\(server.port)"), "\(error)")
            #expect(error.kind.contains("NOT_ENOUGH_REPLICAS") && !error.kind.contains("tried"))
        }
    }

    @Test func aDeliveryNamesAConnectionThatIsClosedAgainAndAgain() async throws {
        try await ScriptedServer.run { header, _ in
            header.apiKey == .produce ? .close : .well
        } _: { _, client in
            let error = try await sendFailure(client)
            #expect(error.cause?.code == .connectionClosed || error.description.contains("reset"), "\(error)")
            #expect(error.attemptCount > 1 && error.description.contains("tried \(error.attemptCount) times"))
        }
    }

    @Test func aDeliveryNamesTheProducerIdThatItNeverGot() async throws {
        var refused = InitProducerIdResponse()
        refused.errorCode = .coordinatorLoadInProgress
        let response = refused
        try await ScriptedServer.run { header, _ in
            header.apiKey == .initProducerId ? .message(response) : .well
        } _: { _, client in
            let error = try await sendFailure(client)
            #expect(error.code == .deliveryTimedOut(afterMs: 1000))
            #expect(error.cause?.api == .initProducerId, "\(error)")
            #expect(error.cause?.code == .broker(.coordinatorLoadInProgress))
        }
    }

    @Test func aCallNamesTheErrorThatItWasTriedAgainFor() async throws {
        var answer = FindCoordinatorResponse()
        answer.errorCode = .coordinatorNotAvailable
        let response = answer
        try await ScriptedServer.run(["default.api.timeout.ms": "4000"]) { header, _ in
            header.apiKey == .findCoordinator ? .message(response) : .well
        } _: { server, client in
            try await client.connect(topics: ["t"])
            let error = await #expect(throws: ClientError.self) {
                try await Admin(client: client).commit(group: "g", offsets: [Self.partition: 1])
            }
            #expect(error?.code == .callTimedOut(afterMs: 4000, option: "default.api.timeout.ms"))
            #expect(error?.cause?.code == .broker(.coordinatorNotAvailable))
            #expect(error?.cause?.broker == "127.0.0.1:\(server.port)")
            #expect(error.map { $0.attemptCount > 1 } == true)
        }
    }

    @Test func aConsumerTellsWhyNothingComes() async throws {
        try await ScriptedServer.run { header, _ in
            header.apiKey == .fetch ? .close : .well
        } _: { server, client in
            let configuration = try ConsumerConfiguration(properties: ["auto.offset.reset": "earliest"])
            let consumer = Consumer(client: client, configuration: configuration, assignment: .topics(["t"]))
            _ = try await consumer.start()
            await server.wait(for: .fetch, count: 4)
            let error = try #require(await consumer.lastError)
            #expect(error.attemptCount >= 3 && error.broker == "127.0.0.1:\(server.port)", "\(error)")
            await consumer.stop()
        }
    }

    @Test func noRoomNamesWhatKeepsTheBatchesFromBeingStored() async throws {
        try await ScriptedServer.run { header, _ in
            header.apiKey == .produce ? .produced(.notEnoughReplicas, baseOffset: -1) : .well
        } _: { server, client in
            let properties = ["buffer.memory": "1000", "batch.size": "600", "linger.ms": "0", "max.block.ms": "2000"]
            let producer = Producer(client: client, configuration: try ProducerConfiguration(properties: properties))
            let record = ProducerRecord(topic: "t", value: [UInt8](repeating: 1, count: 400))
            let first = Task { try await producer.send(record) }
            await server.wait(for: .produce, count: 2)
            let error = await #expect(throws: ClientError.self) { try await producer.send(record) }
            #expect(error?.code == .bufferFull(afterMs: 2000))
            #expect(error?.cause?.code == .broker(.notEnoughReplicas), "\(String(describing: error))")
            _ = await producer.close(timeoutMs: 0)
            await #expect(throws: ClientError.self) { try await first.value }
        }
    }

    private func sendFailure(_ client: Client) async throws -> ClientError {
        let properties = ["delivery.timeout.ms": "1000", "request.timeout.ms": "900", "linger.ms": "0"]
        let producer = Producer(client: client, configuration: try ProducerConfiguration(properties: properties))
        // The time is then the record's, however slowly a busy machine connects.
        try await client.connect(topics: ["t"])
        let error = await #expect(throws: ClientError.self) {
            try await producer.send(ProducerRecord(topic: "t", value: [1]))
        }
        _ = await producer.close(timeoutMs: 0)
        return try #require(error)
    }
}
