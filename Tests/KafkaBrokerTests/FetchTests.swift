import Bytes
import KafkaCompression
import KafkaProtocol
import Testing

@testable import KafkaBroker

@Suite(.timeLimit(.minutes(5))) struct FetchTests {
    @Test(arguments: Int16(4)...18)
    func readsInEveryVersion(version: Int16) async throws {
        try await withBroker { broker in
            let client = try broker.client()
            let id = try client.createTopic("t")
            try client.produce("v0", "v1", to: "t")
            try client.produce("v2", to: "t")
            let response = try client.ask(client.fetchRequest("t", id: id, from: 0), version)
            #expect(try client.records(response) == numbered(0..<3))
            let data = response.responses[0].partitions[0]
            #expect(data.highWatermark == 3 && data.lastStableOffset == 3)
            #expect(data.abortedTransactions == nil && response.sessionId == 0)
        }
    }

    @Test(arguments: Int16(0)...3, [CompressionType.none, .gzip, .snappy, .lz4])
    func convertsForOldClients(version: Int16, codec: CompressionType) async throws {
        try await withBroker { broker in
            let client = try broker.client()
            try client.createTopic("t")
            try client.produce(TestBatch(values: ["v0", "v1", "v2"], codec: codec).bytes, to: "t")
            try client.produce(TestBatch(values: ["v3"], codec: codec).bytes, to: "t")
            let response = try client.ask(client.fetchRequest("t", from: 1), version)
            let set = client.bytes(response.responses[0].partitions[0].records)
            #expect(set[16] == (version < 2 ? 0 : 1))
            let read = try readOldSet(set)
            #expect(read == numbered(1..<4))
        }
    }

    private func readOldSet(_ set: [UInt8]) throws -> [ReadRecord] {
        let decompressor = Decompressor(byteCountMax: 1 << 20)
        var found: [ReadRecord] = []
        var scanner = BatchScanner(set.span.bytes)
        while let entry = try scanner.next() {
            let message = try entry.makeVerifiedMessage()
            let codec = CompressionType(rawValue: message.attributes.compressionId) ?? .none
            guard codec != .none, let value = message.value else {
                found.append(Self.record(message))
                continue
            }
            let plain = ByteBuffer(capacity: 0)
            try decompressor.decompress(value, type: codec, into: plain, magic: message.magic)
            var cursor = try InnerMessageCursor(plain.bytes, of: message)
            while let inner = try cursor.next() { found.append(Self.record(inner)) }
        }
        return found
    }

    private static func record(_ message: borrowing MessageView) -> ReadRecord {
        var value = ""
        if let bytes = message.value { value = bytes.withUnsafeBytes { String(decoding: $0, as: UTF8.self) } }
        return ReadRecord(offset: message.offset, value: value)
    }

    @Test func hasNoOldFormatForZstd() async throws {
        try await withBroker { broker in
            let client = try broker.client()
            try client.createTopic("t")
            try client.produce(TestBatch(codec: .zstd).bytes, to: "t")
            let response = try client.ask(client.fetchRequest("t", from: 0), 2)
            #expect(response.responses[0].partitions[0].errorCode == .unsupportedCompressionType)
        }
    }

    @Test(arguments: Int16(0)...3)
    func whatLiesBeforeZstdIsGivenToOldClients(version: Int16) async throws {
        try await withBroker { broker in
            let client = try broker.client()
            try client.createTopic("t")
            try client.produce(TestBatch(values: ["v0", "v1"], codec: .gzip).bytes, to: "t")
            try client.produce(TestBatch(values: ["v2"]).bytes, to: "t")
            try client.produce(TestBatch(values: ["v3"], codec: .zstd).bytes, to: "t")
            try client.produce(TestBatch(values: ["v4"]).bytes, to: "t")
            for start in Int64(0)..<3 {
                let response = try client.ask(client.fetchRequest("t", from: start), version)
                let data = response.responses[0].partitions[0]
                #expect(data.errorCode == .none)
                #expect(try readOldSet(client.bytes(data.records)) == numbered(Int(start)..<3))
            }
            let refused = try client.ask(client.fetchRequest("t", from: 3), version).responses[0].partitions[0]
            #expect(refused.errorCode == .unsupportedCompressionType)
            let behind = try client.ask(client.fetchRequest("t", from: 4), version)
            #expect(try readOldSet(client.bytes(behind.responses[0].partitions[0].records)) == numbered(4..<5))
        }
    }

    @Test func wakesOnAppend() async throws {
        try await withBroker { broker in
            let (reader, writer) = (try broker.client(), try broker.client())
            try writer.createTopic("t", partitions: 2)
            try reader.send(reader.fetchRequest("t", 1, from: 0, maxWaitMs: 600_000), 11)
            // The broker answers in order, so after this it has seen the fetch, on whichever
            // connection.
            try writer.produce(TestBatch(values: ["other"]).bytes, to: "t", 0)
            #expect(!reader.hasResponse())
            try writer.produce(TestBatch(values: ["v0"]).bytes, to: "t", 1)
            #expect(try reader.records(reader.receive(FetchResponse.self, 11)) == numbered(0..<1))
        }
    }

    @Test func waitsForMinBytes() async throws {
        try await withBroker { broker in
            let (reader, writer) = (try broker.client(), try broker.client())
            try writer.createTopic("t")
            let batch = try TestBatch(values: ["v0"]).bytes
            try writer.produce(batch, to: "t")
            try reader.send(
                reader.fetchRequest("t", from: 0, maxWaitMs: 600_000, minBytes: Int32(3 * batch.count)), 11)
            try writer.produce(batch, to: "t")
            #expect(!reader.hasResponse())
            try writer.produce(batch, to: "t")
            #expect(try reader.records(reader.receive(FetchResponse.self, 11)).count == 3)
        }
    }

    @Test func answersWhenTheWaitIsOver() async throws {
        try await withBroker { broker in
            let client = try broker.client()
            try client.createTopic("t")
            try client.produce("v0", to: "t")
            let response = try client.ask(client.fetchRequest("t", from: 0, maxWaitMs: 20, minBytes: 10_000), 11)
            #expect(try client.records(response) == numbered(0..<1))
        }
    }

    @Test func tellsOfErrorsAtOnce() async throws {
        try await withBroker { broker in
            let client = try broker.client()
            try client.createTopic("t")
            try client.produce("v0", to: "t")
            func code(_ request: FetchRequest, _ version: Int16 = 11) throws -> ErrorCode? {
                try client.ask(request, version).responses.first?.partitions.first?.errorCode
            }
            #expect(try code(client.fetchRequest("t", from: 2, maxWaitMs: 600_000)) == .offsetOutOfRange)
            #expect(try code(client.fetchRequest("t", from: -1, maxWaitMs: 600_000)) == .offsetOutOfRange)
            #expect(try code(client.fetchRequest("t", 1, from: 0, maxWaitMs: 600_000)) == .unknownTopicOrPartition)
            #expect(try code(client.fetchRequest("u", from: 0, maxWaitMs: 600_000)) == .unknownTopicOrPartition)
            #expect(
                try code(client.fetchRequest("", id: .random(), from: 0, maxWaitMs: 600_000), 13) == .unknownTopicId)
            var epoch = client.fetchRequest("t", from: 0, maxWaitMs: 600_000)
            epoch.topics[0].partitions[0].currentLeaderEpoch = 5
            #expect(try code(epoch) == .unknownLeaderEpoch)
            var session = client.fetchRequest("t", from: 0)
            session.sessionId = 77
            session.sessionEpoch = 3
            #expect(try client.ask(session, 11).errorCode == .fetchSessionIdNotFound)
        }
    }

    @Test func endsTheWaitOfADeletedTopic() async throws {
        try await withBroker { broker in
            let (reader, writer) = (try broker.client(), try broker.client())
            try writer.createTopic("t")
            try reader.send(reader.fetchRequest("t", from: 0, maxWaitMs: 600_000), 11)
            _ = try writer.fetch("t")
            var request = DeleteTopicsRequest()
            request.topicNames = ["t"]
            #expect(try writer.ask(request, 1).responses[0].errorCode == .none)
            let response = try reader.receive(FetchResponse.self, 11)
            #expect(response.responses[0].partitions[0].errorCode == .unknownTopicOrPartition)
        }
    }

    @Test func givesAFirstBatchOfAnySize() async throws {
        try await withBroker { broker in
            let client = try broker.client()
            try client.createTopic("t", partitions: 2)
            let value = String(repeating: "x", count: 5000)
            for partition in Int32(0)...1 { try client.produce(TestBatch(values: [value]).bytes, to: "t", partition) }
            var request = client.fetchRequest("t", from: 0, partitionMaxBytes: 10)
            request.topics[0].partitions.append(request.topics[0].partitions[0])
            request.topics[0].partitions[1].partition = 1
            let parts = try client.ask(request, 11).responses[0].partitions
            #expect(parts[0].records?.byteCount ?? 0 > 5000)
            #expect(parts[1].records?.byteCount == 0)
            request.topics[0].partitions[1].partitionMaxBytes = 1 << 20
            request.maxBytes = 6000
            #expect(try client.ask(request, 11).responses[0].partitions[1].records?.byteCount == 0)
            request.maxBytes = 1 << 20
            #expect(try client.ask(request, 11).responses[0].partitions[1].records?.byteCount ?? 0 > 5000)
        }
    }

    @Test func servesOtherRequestsAfterTheWaitInOrder() async throws {
        try await withBroker { broker in
            let (reader, writer) = (try broker.client(), try broker.client())
            try writer.createTopic("t")
            try reader.send(reader.fetchRequest("t", from: 0, maxWaitMs: 600_000), 11)
            for _ in 0..<3 { try reader.send(MetadataRequest(), 4) }
            _ = try writer.fetch("t")
            #expect(!reader.hasResponse())
            try writer.produce("v0", to: "t")
            #expect(try reader.records(reader.receive(FetchResponse.self, 11, ago: 3)) == numbered(0..<1))
            for ago in (Int32(0)..<3).reversed() { _ = try reader.receive(MetadataResponse.self, 4, ago: ago) }
        }
    }

    /// Each client waits on one partition and has a record for the next in its queue, so that one
    /// append sets off all the others.
    @Test func followsAChainOfWakeUps() async throws {
        let count = Int32(100)
        try await withBroker { broker in
            let first = try broker.client()
            try first.createTopic("t", partitions: count + 1)
            let batch = try TestBatch(values: ["v0"]).bytes
            let clients = try (0..<count).map { _ in try broker.client() }
            for (index, client) in clients.enumerated() {
                try client.send(client.fetchRequest("t", Int32(index), from: 0, maxWaitMs: 600_000), 11)
                try client.send(
                    client.produceRequest("t", Int32(index) + 1, byteCount: batch.count), 9, records: [batch])
            }
            try first.produce(batch, to: "t", 0)
            for client in clients {
                #expect(try client.records(client.receive(FetchResponse.self, 11, ago: 1)) == numbered(0..<1))
                let answer = try client.receive(ProduceResponse.self, 9)
                #expect(answer.responses[0].partitionResponses[0].errorCode == .none)
            }
            #expect(try first.records(first.ask(first.fetchRequest("t", count, from: 0), 11)) == numbered(0..<1))
        }
    }

    @Test func forgetsTheFetchOfAClientThatLeft() async throws {
        try await withBroker { broker in
            let writer = try broker.client()
            try writer.createTopic("t")
            var readers = try (0..<20).map { _ in try broker.client() }
            for reader in readers { try reader.send(reader.fetchRequest("t", from: 0, maxWaitMs: 600_000), 11) }
            try await until { await broker.waits() == .init(purgatory: 20, parked: 20) }
            readers = []
            try await until { await broker.connectionCount() == 1 }
            #expect(await broker.waits() == .init(purgatory: 0, parked: 0))
            try writer.produce("v0", to: "t")
            #expect(try writer.fetch("t") == numbered(0..<1))
        }
    }
}
