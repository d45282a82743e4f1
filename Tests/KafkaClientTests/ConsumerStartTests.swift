import KafkaProtocol
import Synchronization
import Testing

@testable import KafkaClient

/// How a start ends that has nothing to wait for any more, and what becomes of a consumer whose
/// client is closed.
@Suite(.timeLimit(.minutes(5))) struct ConsumerStartTests {
    let partition = TopicPartition(topic: "t", partition: 0)

    func consumer(
        _ client: Client, onError: (@Sendable (ClientError) -> Void)? = nil
    ) throws -> Consumer {
        Consumer(
            client: client, configuration: try ConsumerConfiguration(properties: ["auto.offset.reset": "earliest"]),
            assignment: .partitions([partition]), onError: onError)
    }

    /// Why a start fails that is under way while `meanwhile` runs.
    func failure(
        of consumer: Consumer, meanwhile: () async -> Void
    ) async throws -> ClientError? {
        let start = Task { try await consumer.start() }
        await meanwhile()
        return await #expect(throws: ClientError.self) { try await start.value }
    }

    @Test(.timeLimit(.minutes(1)), arguments: [ApiKey.metadata, .listOffsets])
    func aStopEndsTheStartThatIsUnderWay(_ api: ApiKey) async throws {
        try await ScriptedServer.run { header, _ in
            header.apiKey == api ? .hold : .well
        } _: { server, client in
            let consumer = try consumer(client)
            let error = try await failure(of: consumer) {
                await server.wait(for: api)
                await consumer.stop()
                await server.release(.well)
            }
            #expect(error?.code == .closed)
            #expect(server.count(.fetch) == 0)
        }
    }

    /// Without the answer that it waits for.
    @Test(.timeLimit(.minutes(1))) func aStopEndsTheSearchForPositionsAtOnce() async throws {
        try await ScriptedServer.run(["request.timeout.ms": "600000", "default.api.timeout.ms": "600000"]) {
            header, _ in
            header.apiKey == .listOffsets ? .mute : .well
        } _: { server, client in
            let consumer = try consumer(client)
            let error = try await failure(of: consumer) {
                await server.wait(for: .listOffsets)
                await consumer.stop()
            }
            #expect(error?.code == .closed)
        }
    }

    @Test(.timeLimit(.minutes(1))) func aLeaderThatIsNotReachedEndsTheStartInTime() async throws {
        try await ScriptedServer.run(["default.api.timeout.ms": "3000"]) { header, _ in
            header.apiKey == .metadata ? .led(by: 3) : .well
        } _: { _, client in
            let consumer = try consumer(client)
            try await consumer.seek(partition, to: 0)
            let overdue = ClientError.Code.callTimedOut(afterMs: 3000, option: "default.api.timeout.ms")
            let error = try await failure(of: consumer) {}
            #expect(error?.code == overdue && error?.api == .fetch)
            #expect(error?.topicPartition == partition && error?.broker == "127.0.0.1:1")
            let late = await #expect(throws: ClientError.self) { try await consumer.poll(timeoutMs: 0) }
            #expect(late?.code == overdue)
        }
    }

    @Test(.timeLimit(.minutes(1))) func aClosedClientEndsTheStartThatIsUnderWay() async throws {
        try await ScriptedServer.run { header, _ in
            header.apiKey == .metadata ? .led(by: 3) : .well
        } _: { _, client in
            let consumer = try consumer(client)
            try await consumer.seek(partition, to: 0)
            let error = try await failure(of: consumer) {
                // From here on it waits for its first fetch only.
                while await consumer.position(of: partition) == nil { await Task.yield() }
                await client.close()
            }
            #expect(error?.code == .closed)
        }
    }

    @Test func aConsumerIsToldThatItsClientWasClosed() async throws {
        try await ScriptedServer.run { header, _ in
            header.apiKey == .fetch ? .mute : .well
        } _: { _, client in
            let codes = Mutex<[ClientError.Code]>([])
            let consumer = try consumer(client, onError: { error in codes.withLock { $0.append(error.code) } })
            _ = try await consumer.start()
            await client.close()
            #expect(codes.withLock { $0 } == [.closed])
            let error = await #expect(throws: ClientError.self) { try await consumer.poll(timeoutMs: 0) }
            #expect(error?.code == .closed)
        }
    }

    @Test(.timeLimit(.minutes(1))) func withoutPartitionsAStartIsReadyAtOnce() async throws {
        try await ScriptedServer.run { _, _ in
            .well
        } _: { server, client in
            let consumer = Consumer(
                client: client, configuration: ConsumerConfiguration(), assignment: .partitions([]))
            let start = try await consumer.start()
            #expect(start.offsets.isEmpty)
            await consumer.stop()
            #expect(server.count(.fetch) == 0)
        }
    }

    @Test(.timeLimit(.minutes(1))) func withAllPartitionsPausedAStartIsReadyAtOnce() async throws {
        try await ScriptedServer.run { header, _ in
            header.apiKey == .fetch ? .mute : .well
        } _: { server, client in
            let consumer = try consumer(client)
            _ = try await consumer.start()
            try await consumer.pause([partition])
            await consumer.stop()
            await server.wait(for: .fetch)
            #expect(try await consumer.start().offsets == [partition: 0])
            await consumer.stop()
            #expect(server.count(.fetch) == 1)
        }
    }

    @Test(.timeLimit(.minutes(1))) func aPauseOfAllThatIsLeftMakesTheStartReady() async throws {
        try await ScriptedServer.run { header, _ in
            header.apiKey == .metadata ? .led(by: 3) : .well
        } _: { _, client in
            let consumer = try consumer(client)
            try await consumer.seek(partition, to: 0)
            let start = Task { try await consumer.start() }
            while await consumer.position(of: partition) == nil { await Task.yield() }
            try await consumer.pause([partition])
            #expect(try await start.value.offsets == [partition: 0])
            await consumer.stop()
        }
    }
}
