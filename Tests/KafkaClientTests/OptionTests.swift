import Bytes
import KafkaProtocol
import Networking
import Synchronization
import Testing

@testable import KafkaClient

/// Options that a broker sees, or that decide what a consumer takes.
@Suite(.timeLimit(.minutes(5))) struct OptionTests {
    private let partition = TopicPartition(topic: "t", partition: 0)

    @Test(arguments: [false, true]) func aFetchAsksForWhatTheOptionsSay(isAtEnd: Bool) async throws {
        let asked = Mutex<(clientId: String?, request: FetchRequest)?>(nil)
        try await ScriptedServer.run(["client.id": "me"]) { header, frame in
            guard header.apiKey == .fetch else { return .well }
            asked.withLock { $0 = parsed(frame) }
            return .mute
        } _: { server, client in
            var configuration = try ConsumerConfiguration(properties: [
                "fetch.min.bytes": "11", "fetch.max.bytes": "12", "max.partition.fetch.bytes": "13",
                "fetch.max.wait.ms": "14", "isolation.level": "read_committed",
            ])
            configuration.waitlessOffsets = [partition: isAtEnd ? 5 : 6]
            let consumer = Consumer(client: client, configuration: configuration, assignment: .partitions([partition]))
            try await consumer.seek(partition, to: 5)
            _ = try await consumer.start()
            await server.wait(for: .fetch)
            await consumer.stop()
        }
        let (clientId, request) = try #require(asked.withLock { $0 })
        #expect(clientId == "me" && request.minBytes == 11 && request.maxBytes == 12)
        #expect(request.topics.first?.partitions.first?.partitionMaxBytes == 13)
        #expect(request.maxWaitMs == (isAtEnd ? 0 : 14) && request.isolationLevel == 1)
    }

    @Test(.timeLimit(.minutes(1))) func metadataIsAskedForAgainAtItsAge() async throws {
        try await ScriptedServer.run(["metadata.max.age.ms": "10"]) { _, _ in
            .well
        } _: { server, client in
            try await client.connect(topics: ["t"])
            await server.wait(for: .metadata, count: 4)
        }
    }

    @Test(arguments: [true, false]) func aWrongChecksumCountsOnlyWhereItIsChecked(isChecked: Bool) async throws {
        var batch = try StoredBatch()
        batch.bytes[17] ^= 1
        let bytes = batch.bytes
        let isFirst = Mutex(true)
        try await ScriptedServer.run { header, _ in
            guard header.apiKey == .fetch else { return .well }
            return isFirst.withLock { isFirst in
                defer { isFirst = isChecked }
                return isFirst ? .records(bytes) : .mute
            }
        } _: { _, client in
            let configuration = try ConsumerConfiguration(properties: ["check.crcs": "\(isChecked)"])
            let consumer = Consumer(client: client, configuration: configuration, assignment: .partitions([partition]))
            try await consumer.seek(partition, to: 0)
            _ = try await consumer.start()
            if isChecked {
                await #expect(throws: ClientError.self) { try await consumer.take(1) }
            } else {
                #expect(try await consumer.take(1).count >= 1)
            }
            await consumer.stop()
        }
    }
}

private func parsed(_ frame: ByteBuffer) -> (clientId: String?, request: FetchRequest)? {
    var reader = WireReader(frame.bytes)
    guard let header = try? RequestHeader(parsing: &reader) else { return nil }
    guard let request = try? FetchRequest(parsing: &reader, version: header.apiVersion) else { return nil }
    return (header.clientId, request)
}
