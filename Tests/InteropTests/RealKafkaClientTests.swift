import KafkaClient
import KafkaCompression
import KafkaProtocol
import Networking
import Synchronization
import Testing

/// The client against an Apache Kafka: every test has topics of its own.
@Suite(.serialized, .needsKafka, .withKafkaServer, .timeLimit(.minutes(10))) struct RealKafkaClientTests {
    func withClient(_ body: (Client) async throws -> Void) async throws {
        let server = try #require(KafkaServer.current)
        try await InteropTests.withClient(of: server.bootstrap, body)
    }

    @Test(arguments: CompressionType.allCases)
    func recordsComeBackInTheCodecTheyWereSentIn(_ codec: CompressionType) async throws {
        try await withClient { client in
            let topic = "codec-\(codec.name)"
            try await Admin(client: client).createTopics([NewTopic(name: topic, partitionCount: 2)])
            let configuration = try ProducerConfiguration(properties: ["compression.type": codec.name])
            let producer = Producer(client: client, configuration: configuration)
            for number in 0..<20 {
                let record = ProducerRecord(
                    topic: topic, partition: Int32(number % 2), key: [UInt8(number)],
                    value: [UInt8](repeating: UInt8(number), count: 500),
                    headers: [RecordHeader(key: "n", value: [UInt8(number)])])
                #expect(try await producer.send(record).offset == Int64(number / 2))
            }
            #expect(await producer.close().isEmpty)
            let stored = Mutex<Set<CompressionType>>([])
            let count = Mutex(0)
            let (done, isDone) = AsyncStream<Void>.makeStream()
            let consumer = Consumer(
                client: client, configuration: try earliest(), assignment: .topics([topic])
            ) { (batch) throws(WireError) in
                var cursor = batch.makeCursor()
                while let record = try cursor.next() {
                    guard let key = record.key, key.byteCount == 1, record.value?.byteCount == 500 else { continue }
                    count.withLock { $0 += 1 }
                }
                stored.withLock { _ = $0.insert(batch.compression) }
                if count.withLock({ $0 == 20 }) { isDone.finish() }
            }
            _ = try await consumer.start()
            for await _ in done {}
            await consumer.stop()
            #expect(stored.withLock { $0 } == [codec])
        }
    }

    func earliest(_ more: [String: String] = [:]) throws -> ConsumerConfiguration {
        let standard = ["auto.offset.reset": "earliest", "fetch.max.wait.ms": "100"]
        return try ConsumerConfiguration(properties: standard.merging(more) { $1 })
    }

    @Test(arguments: ["0", "1", "all"], [true, false])
    func everyAcknowledgementIsTold(_ acks: String, _ isIdempotent: Bool) async throws {
        guard acks == "all" || !isIdempotent else { return }
        try await withClient { client in
            let topic = "acks-\(acks)-\(isIdempotent)"
            try await Admin(client: client).createTopics([NewTopic(name: topic, partitionCount: 1)])
            let configuration = try ProducerConfiguration(
                properties: ["acks": acks, "enable.idempotence": "\(isIdempotent)", "linger.ms": "0"])
            let producer = Producer(client: client, configuration: configuration)
            for number in 0..<10 {
                let metadata = try await producer.send(ProducerRecord(topic: topic, value: [UInt8(number)]))
                #expect(metadata.offset == (acks == "0" ? -1 : Int64(number)))
            }
            #expect(await producer.close().isEmpty)
            let consumer = Consumer(client: client, configuration: try earliest(), assignment: .topics([topic]))
            _ = try await consumer.start()
            #expect(try await take(10, from: consumer).map { $0.value } == (0..<10).map { [UInt8($0)] })
            await consumer.stop()
        }
    }

    func take(_ count: Int, from consumer: Consumer) async throws -> [ConsumerRecord] {
        var records: [ConsumerRecord] = []
        let endNs = EventLoop.nowNs() + 60_000_000_000
        while records.count < count, EventLoop.nowNs() < endNs { records += try await consumer.poll(timeoutMs: 200) }
        return records
    }

    @Test func aTopicIsNotMadeByBeingSentToAndAnotherOfItsNameHasAnotherId() async throws {
        try await withClient { client in
            let admin = Admin(client: client)
            let producer = Producer(
                client: client, configuration: try ProducerConfiguration(properties: ["max.block.ms": "300"]))
            let record = ProducerRecord(topic: "made-by-use", value: [1])
            await #expect(throws: ClientError.self) { try await producer.send(record) }
            #expect(await producer.close().isEmpty)
            #expect(try await admin.describe(topic: "made-by-use") == nil)
            var ids: Set<KafkaUUID> = []
            for _ in 0..<2 {
                try await admin.createTopics([NewTopic(name: "made-twice", partitionCount: 2)])
                try await admin.waitForLeaders(of: ["made-twice"])
                let topic = try #require(try await admin.describe(topic: "made-twice"))
                #expect(topic.partitionCount == 2 && topic.id != .zero)
                ids.insert(topic.id)
                try await admin.deleteTopics(["made-twice"])
            }
            #expect(ids.count == 2)
        }
    }

    @Test func theRuleTableHolds() async throws {
        try await withClient { client in
            let topic = "rules"
            let admin = Admin(client: client)
            try await admin.createTopics([NewTopic(name: topic, partitionCount: 2)])
            let producer = Producer(client: client)
            for number in 0..<20 {
                _ = try await producer.send(ProducerRecord(topic: topic, partition: Int32(number % 2), value: [0]))
            }
            _ = await producer.close()
            let partitions = (0..<2).map { TopicPartition(topic: topic, partition: $0) }
            _ = try await admin.deleteRecords(before: [partitions[0]: 3])
            try await admin.commit(group: "g", offsets: [partitions[0]: 5, partitions[1]: 6])
            // Policy, group, reset on start, and where the two partitions must start.
            let rules: [(String, String?, Bool, [Int64])] = [
                ("earliest", nil, false, [3, 0]), ("latest", nil, false, [10, 10]), ("earliest", nil, true, [3, 0]),
                ("earliest", "new", false, [3, 0]), ("latest", "new", false, [10, 10]),
                ("latest", "new", true, [10, 10]), ("earliest", "g", false, [5, 6]), ("latest", "g", false, [5, 6]),
                ("earliest", "g", true, [3, 0]), ("latest", "g", true, [10, 10]), ("none", "g", false, [5, 6]),
                ("by_duration:PT1H", nil, false, [3, 0]), ("by_duration:PT0S", nil, false, [10, 10]),
            ]
            for (policy, group, resets, expected) in rules {
                var configuration = try earliest(["auto.offset.reset": policy, "group.id": group ?? ""])
                configuration.resetsOnStart = resets
                let consumer = Consumer(client: client, configuration: configuration, assignment: .topics([topic]))
                let start = try await consumer.start()
                #expect(partitions.map { start.offsets[$0] } == expected, "\(policy) \(group ?? "-") \(resets)")
                await consumer.stop()
            }
            // Out of range: the reset policy decides.
            try await admin.commit(group: "g", offsets: [partitions[0]: 1, partitions[1]: 99])
            let consumer = Consumer(
                client: client, configuration: try earliest(["group.id": "g"]), assignment: .topics([topic]))
            _ = try await consumer.start()
            #expect(try await take(17, from: consumer).count == 17)
            #expect(await consumer.startOffsets() == [partitions[0]: 3, partitions[1]: 0])
            await consumer.stop()
        }
    }

    @Test func commitsAreTakenUp() async throws {
        try await withClient { client in
            let topic = "commits"
            try await Admin(client: client).createTopics([NewTopic(name: topic, partitionCount: 1)])
            let producer = Producer(client: client)
            for number in 0..<10 {
                _ = try await producer.send(ProducerRecord(topic: topic, value: [UInt8(number)]))
            }
            _ = await producer.close()
            let configuration = try earliest(["group.id": "commits", "max.poll.records": "4"])
            let first = Consumer(client: client, configuration: configuration, assignment: .topics([topic]))
            _ = try await first.start()
            #expect(try await take(4, from: first).map(\.offset) == [0, 1, 2, 3])
            try await first.commit()
            let partition = TopicPartition(topic: topic, partition: 0)
            #expect(try await first.committed() == [partition: 4])
            await first.stop()
            let second = Consumer(client: client, configuration: configuration, assignment: .topics([topic]))
            #expect(try await second.start().offsets == [partition: 4])
            #expect(try await take(4, from: second).map(\.offset) == [4, 5, 6, 7])
            await second.stop()
        }
    }

    @Test func adminCallsDoWhatTheySay() async throws {
        try await withClient { client in
            let admin = Admin(client: client)
            let partition = TopicPartition(topic: "admin", partition: 0)
            try await admin.createTopics([
                NewTopic(name: "admin", partitionCount: 1, configs: ["max.message.bytes": "2000"])
            ])
            let refused = await #expect(throws: ClientError.self) {
                try await admin.createTopics([NewTopic(name: "admin", partitionCount: 1)])
            }
            #expect(refused?.code == .broker(.topicAlreadyExists))
            try await admin.waitForLeaders(of: ["admin"])
            let producer = Producer(client: client)
            let tooLarge = await #expect(throws: ClientError.self) {
                try await producer.send(ProducerRecord(topic: "admin", value: [UInt8](repeating: 0, count: 3_000)))
            }
            let isTooLarge = if case .batchTooLarge = tooLarge?.code { true } else { false }
            #expect(isTooLarge, "\(String(describing: tooLarge))")
            for _ in 0..<5 { _ = try await producer.send(ProducerRecord(topic: "admin", value: [0])) }
            let report = await producer.close()
            #expect(report == UndeliveredReport(refusedRecordCount: 1, unknownRecordCount: 0))
            #expect(try await admin.listOffsets([partition], at: .latest) == [partition: 5])
            #expect(try await admin.deleteRecords(before: [partition: 2]) == [partition: 2])
            #expect(try await admin.listOffsets([partition], at: .earliest) == [partition: 2])
            #expect(try await admin.deleteRecords(before: [partition: -1]) == [partition: 5])
            try await admin.deleteTopics(["admin"])
            let gone = await #expect(throws: ClientError.self) { try await admin.deleteTopics(["admin"]) }
            #expect(gone?.code == .broker(.unknownTopicOrPartition))
        }
    }

    @Test func nothingIsLostOrDoubledWhenTheBrokerIsKilled() async throws {
        let server = try #require(KafkaServer.current)
        try await withClient { client in
            let topic = "killed"
            try await Admin(client: client).createTopics([NewTopic(name: topic, partitionCount: 2)])
            let producer = Producer(
                client: client, configuration: try ProducerConfiguration(properties: ["delivery.timeout.ms": "120000"]))
            let consumer = Consumer(client: client, configuration: try earliest(), assignment: .topics([topic]))
            _ = try await consumer.start()
            let total = 2_000
            async let sending: Void = withThrowingTaskGroup(of: Void.self) { group in
                for sender in 0..<4 {
                    group.addTask {
                        for number in stride(from: sender, to: total, by: 4) {
                            let value = [UInt8(number >> 8), UInt8(number & 255)]
                            let record = ProducerRecord(topic: topic, partition: Int32(sender % 2), value: value)
                            _ = try await producer.send(record)
                        }
                    }
                }
                try await group.waitForAll()
            }
            var seen: [ConsumerRecord] = []
            while seen.count < 200 { seen += try await consumer.poll(timeoutMs: 100) }
            await server.stop(kill: true)
            try await server.start()
            try await sending
            seen += try await take(total - seen.count, from: consumer)
            seen += try await consumer.poll(timeoutMs: 300)
            let numbers = seen.compactMap { $0.value.map { Int($0[0]) << 8 | Int($0[1]) } }
            #expect(numbers.count == total)
            #expect(Set(numbers) == Set(0..<total))
            #expect(await producer.close().isEmpty)
            await consumer.stop()
        }
    }
}
