import KafkaCompression
import KafkaProtocol
import Networking
import Synchronization
import Testing

@testable import KafkaClient

/// What a broken or hostile broker brings about: an error that says what and where, few requests,
/// and an end.
@Suite(.timeLimit(.minutes(5))) struct BadBrokerTests {
    /// An answer, and what must be made of it.
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let reply: ScriptedServer.Reply
        let isExpected: @Sendable (ClientError.Code) -> Bool
    }

    static let noise = (0..<200).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ 11) }

    static let answers: [Case] = [
        Case(testDescription: "garbage behind the header", reply: .payload(noise), isExpected: isMalformed),
        Case(testDescription: "nothing behind the header", reply: .payload([]), isExpected: isMalformed),
        Case(
            testDescription: "a count of 2³¹ − 1", reply: .payload([0, 0, 0, 0, 0x7f, 0xff, 0xff, 0xff]),
            isExpected: isMalformed),
        Case(
            testDescription: "a count of −2³¹", reply: .payload([0, 0, 0, 0, 0x80, 0, 0, 0]), isExpected: isMalformed),
        Case(testDescription: "a wrong correlation id", reply: .misnumbered([0, 0, 0, 0]), isExpected: isMisnumbered),
        Case(
            testDescription: "a length beyond the bound", reply: .raw([0x7f, 0xff, 0xff, 0xff, 1]),
            isExpected: isFrame),
        Case(testDescription: "a negative length", reply: .raw([0xff, 0xff, 0xff, 0xff, 1]), isExpected: isFrame),
        Case(testDescription: "an empty frame", reply: .raw([0, 0, 0, 0]), isExpected: isFrame),
        Case(testDescription: "hangs up", reply: .close, isExpected: isGone),
        Case(
            testDescription: "hangs up in the middle of a frame", reply: .rawThenClose([0, 0, 1, 0, 1, 2, 3]),
            isExpected: isGone),
    ]

    @Sendable static func isMalformed(_ code: ClientError.Code) -> Bool {
        if case .malformedResponse = code { true } else { false }
    }

    @Sendable static func isMisnumbered(_ code: ClientError.Code) -> Bool {
        if case .wrongCorrelationId = code { true } else { false }
    }

    @Sendable static func isFrame(_ code: ClientError.Code) -> Bool {
        if case .invalidFrame = code { true } else { false }
    }

    @Sendable static func isGone(_ code: ClientError.Code) -> Bool {
        if case .network = code { return true }
        return code == .connectionClosed
    }

    @Test(arguments: answers) func aBadFirstAnswerEndsTheBootstrap(_ bad: Case) async throws {
        try await ScriptedServer.run { header, _ in
            header.apiKey == .apiVersions ? bad.reply : .mute
        } _: { server, client in
            let error = await #expect(throws: ClientError.self) { try await client.connect() }
            #expect(error.map { bad.isExpected($0.code) } == true, "\(String(describing: error))")
            #expect(error?.description.contains("127.0.0.1:\(server.port)") == true)
            #expect(server.count(.apiVersions) == 1 && server.connectionCount.withLock { $0 } == 1)
        }
    }

    @Test(arguments: answers) func badMetadataEndsTheBootstrap(_ bad: Case) async throws {
        try await ScriptedServer.run { header, _ in
            header.apiKey == .metadata ? bad.reply : .well
        } _: { server, client in
            let error = await #expect(throws: ClientError.self) { try await client.connect(topics: ["t"]) }
            #expect(error.map { bad.isExpected($0.code) } == true, "\(String(describing: error))")
            #expect(server.count(.metadata) == 1)
        }
    }

    @Test(arguments: answers) func aBadAnswerToProduceIsReportedOrTriedAgain(_ bad: Case) async throws {
        try await ScriptedServer.run { header, _ in
            header.apiKey == .produce ? bad.reply : .well
        } _: { server, client in
            let properties = ["delivery.timeout.ms": "300", "request.timeout.ms": "200", "linger.ms": "0"]
            let configuration = try ProducerConfiguration(properties: properties)
            let producer = Producer(client: client, configuration: configuration)
            let error = await #expect(throws: ClientError.self) {
                try await producer.send(ProducerRecord(topic: "t", value: [1]))
            }
            let code = try #require(error?.code)
            #expect(bad.isExpected(code) || code == .deliveryTimedOut(afterMs: 300), "\(code)")
            // A record that was sent and not answered may be in the log.
            #expect(await producer.close() == UndeliveredReport(unknownRecordCount: 1))
            #expect(server.count(.produce) <= 60)
        }
    }

    @Test(arguments: answers) func aBadAnswerToFetchStopsTheConsumer(_ bad: Case) async throws {
        // A connection that breaks is taken up again for ever, with back-off; all else is a matter
        // of a few attempts.
        guard !bad.isExpected(.connectionClosed) else { return }
        try await ScriptedServer.run { header, _ in
            header.apiKey == .fetch ? bad.reply : .well
        } _: { server, client in
            let error = try await failure(of: client)
            #expect(bad.isExpected(error.code), "\(error)")
            #expect(server.count(.fetch) == ConsumerCore.violationCountMax)
        }
    }

    /// Consumes until the consumer gives up.
    func failure(
        of client: Client, _ change: (inout ConsumerConfiguration) -> Void = { _ in }
    ) async throws -> ClientError {
        var configuration = try ConsumerConfiguration(properties: ["auto.offset.reset": "earliest"])
        change(&configuration)
        let consumer = Consumer(
            client: client, configuration: configuration,
            assignment: .partitions([TopicPartition(topic: "t", partition: 0)]))
        _ = try await consumer.start()
        do throws(ClientError) {
            for _ in 0..<200 { _ = try await consumer.poll(timeoutMs: 50) }
        } catch {
            return error
        }
        Issue.record("the consumer did not stop")
        return ClientError(.cancelled)
    }

    @Test func aMuteBrokerIsNamedWithThePhase() async throws {
        try await ScriptedServer.run(["request.timeout.ms": "100"]) { _, _ in
            .mute
        } _: { server, client in
            let error = await #expect(throws: ClientError.self) { try await client.connect() }
            #expect(error?.code == .timedOut(afterMs: 100))
            #expect(error?.api == .apiVersions)
            #expect(error?.broker == "127.0.0.1:\(server.port)")
        }
    }

    @Test func anUnreachableBrokerIsNamedWithThePhase() async throws {
        let loop = try EventLoop(name: "unreachable")
        // Nobody listens on the first port of all.
        let configuration = try ClientConfiguration(properties: ["bootstrap.servers": "127.0.0.1:1"])
        let client = Client(configuration: configuration, loop: loop)
        let error = await #expect(throws: ClientError.self) { try await client.connect() }
        #expect(error?.description.contains("127.0.0.1:1: connect") == true, "\(String(describing: error))")
        await client.close()
        await loop.stop()
    }

    @Test func theNextBootstrapServerIsAskedWhenOneFails() async throws {
        try await TestCluster.run { cluster in
            let client = try cluster.client(["bootstrap.servers": "127.0.0.1:1, \(cluster.bootstrap)"])
            try await client.connect()
            await client.close()
        }
    }

    // MARK: Records

    static let batches: [(name: String, bytes: [UInt8])] = {
        guard let batch = try? StoredBatch(), let flipped = try? StoredBatch() else { return [] }
        var badChecksum = flipped
        badChecksum.bytes[70] ^= 1
        return [
            ("a wrong checksum", badChecksum.bytes),
            ("cut off", Array(batch.bytes.dropLast(5))),
            ("cut off in the header", Array(batch.bytes.prefix(30))),
            ("more records than there are", batch.patched(at: 57, bigEndian(4)).bytes),
            ("2³¹ − 1 records", batch.patched(at: 57, bigEndian(.max)).bytes),
            ("fewer records than there are", batch.patched(at: 57, bigEndian(2)).bytes),
            ("a negative count", batch.patched(at: 57, bigEndian(-1)).bytes),
            ("a codec that is none", batch.patched(at: 21, [0, 7]).bytes),
            ("a codec it is not in", batch.patched(at: 21, [0, 4]).bytes),
            ("a length that is too short", bytes(batch, 8, bigEndian(10))),
            ("magic 9", bytes(batch, 16, [9])),
            ("a record longer than the batch", batch.patched(at: 61, [0x7f]).bytes),
            ("offsets out of order", batch.patched(at: 64, [8]).bytes),
        ]
    }()

    static func bytes(_ batch: StoredBatch, _ place: Int, _ patch: [UInt8]) -> [UInt8] {
        var bytes = batch.bytes
        bytes.replaceSubrange(place..<(place + patch.count), with: patch)
        return bytes
    }

    @Test(arguments: batches.indices) func aBadBatchStopsTheConsumer(_ index: Int) async throws {
        let (name, records) = Self.batches[index]
        try await ScriptedServer.run { header, _ in
            header.apiKey == .fetch ? .records(records) : .well
        } _: { server, client in
            let error = try await failure(of: client)
            switch error.code {
            case .corruptBatch, .undecompressable: break
            default: Issue.record("\(name): \(error)")
            }
            #expect(error.topicPartition == TopicPartition(topic: "t", partition: 0) && error.offset == 0, "\(name)")
            #expect(server.count(.fetch) == FetchPosition.corruptCountMax, "\(name)")
        }
    }

    @Test func aBatchBeforeThePositionForEverIsAnError() async throws {
        let old = try StoredBatch().bytes
        try await ScriptedServer.run { header, _ in
            header.apiKey == .fetch ? .records(old) : .well
        } _: { server, client in
            // The first answer is good; the same one again has nothing at or after offset 3.
            let error = try await failure(of: client)
            #expect(error.offset == 3)
            #expect(server.count(.fetch) == FetchPosition.corruptCountMax + 1)
        }
    }

    @Test(arguments: [CompressionType.gzip, .snappy, .lz4, .zstd])
    func aBombIsRefused(_ codec: CompressionType) async throws {
        let bomb = try StoredBatch(recordCount: 40, codec: codec, valueByteCount: 1 << 20).bytes
        try await ScriptedServer.run { header, _ in
            header.apiKey == .fetch ? .records(bomb) : .well
        } _: { server, client in
            let error = try await failure(of: client) { $0.decompressedByteCountMax = 1 << 20 }
            let isRefused = if case .undecompressable = error.code { true } else { false }
            #expect(isRefused, "\(error)")
            #expect(server.count(.fetch) == FetchPosition.corruptCountMax)
        }
    }
}

extension BadBrokerTests {
    @Test func anOffsetThatNoLogHasIsAnError() async throws {
        // A topic `t`, its partition 0, no error, no timestamp, an offset.
        let answer: (Int64) -> [UInt8] = { offset in
            bigEndian(0) + bigEndian(1) + [0, 1] + Array("t".utf8) + bigEndian(1) + bigEndian(0) + [0, 0]
                + [UInt8](repeating: 0xff, count: 8)
                + (0..<8).map { UInt8(truncatingIfNeeded: offset >> (56 - 8 * $0)) }
                + bigEndian(0)
        }
        for (offset, isExpected) in [(Int64.min, false), (-2, false), (-1, true), (7, true)] {
            let bytes = answer(offset)
            try await ScriptedServer.run { header, _ in
                header.apiKey == .listOffsets ? .payload(bytes) : .well
            } _: { _, client in
                let partition = TopicPartition(topic: "t", partition: 0)
                do throws(ClientError) {
                    let found = try await Admin(client: client).listOffsets([partition], at: .latest)
                    #expect(isExpected && found == [partition: offset])
                } catch {
                    #expect(!isExpected && error.code == .malformedResponse("offset \(offset)"), "\(error)")
                }
            }
        }
    }
}
