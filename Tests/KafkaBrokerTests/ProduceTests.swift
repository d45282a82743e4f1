import Bytes
import Glibc
import KafkaCompression
import KafkaProtocol
import System
import Testing

@testable import KafkaBroker

@Suite(.timeLimit(.minutes(5))) struct ProduceTests {
    @Test(arguments: Int16(3)...13)
    func appendsInEveryVersion(version: Int16) async throws {
        try await withBroker { broker in
            let client = try broker.client()
            let id = try client.createTopic("t")
            for index in 0..<3 {
                let batch = try TestBatch(values: ["v\(index)"]).bytes
                let answer = try client.produce(batch, to: "t", id: id, version: version)
                #expect(answer.errorCode == .none && answer.baseOffset == Int64(index))
                #expect(answer.logAppendTimeMs == -1 && answer.logStartOffset == (version >= 5 ? 0 : -1))
            }
            #expect(try client.fetch("t") == numbered(0..<3))
        }
    }

    @Test(arguments: [Int16(0), 1, 2], [Int8(0), 1])
    func takesMessageSetsOfOldClients(version: Int16, magic: Int8) async throws {
        try await withBroker { broker in
            let client = try broker.client()
            try client.createTopic("t")
            let set = ByteBuffer(capacity: 0)
            for value in ["v0", "v1"] {
                MessageSetWriter.append(
                    magic: magic, offset: -1, timestampMs: 5, timestampType: .createTime, key: nil,
                    value: Array(value.utf8).span.bytes, to: set)
            }
            let answer = try client.produce(set.array, to: "t", version: version)
            #expect(answer.errorCode == .none && answer.baseOffset == 0)
            #expect(try client.fetch("t") == numbered(0..<2))
        }
    }

    @Test func answersNothingWithoutAcks() async throws {
        try await withBroker { broker in
            let client = try broker.client()
            try client.createTopic("t")
            let batch = try TestBatch(values: ["v0"]).bytes
            try client.send(client.produceRequest("t", byteCount: batch.count, acks: 0), 7, records: [batch])
            // The next response is that of the next request.
            #expect(try client.fetch("t") == numbered(0..<1))
        }
    }

    @Test func closesWhenARequestWithoutAcksFails() async throws {
        try await withBroker { broker in
            let client = try broker.client()
            let batch = try TestBatch().bytes
            try client.send(client.produceRequest("missing", byteCount: batch.count, acks: 0), 7, records: [batch])
            #expect(client.isClosed())
            #expect(broker.lines.all.contains { $0.contains("UNKNOWN_TOPIC_OR_PARTITION") })
        }
    }

    @Test func answersEachPartition() async throws {
        try await withBroker { broker in
            let client = try broker.client()
            try client.createTopic("t", partitions: 3)
            let good = try TestBatch().bytes
            var bad = good
            bad[65] ^= 1
            var request = client.produceRequest("t", byteCount: good.count)
            for index in [Int32(1), 2, 3] {
                var data = ProduceRequest.PartitionProduceData()
                data.index = index
                data.records = RecordsField(byteCount: good.count)
                request.topicData[0].partitionData.append(data)
            }
            let response = try client.ask(request, 9, records: [good, bad, good, good])
            let codes = response.responses[0].partitionResponses.map(\.errorCode)
            #expect(codes == [.none, .corruptMessage, .none, .unknownTopicOrPartition])
        }
    }

    @Test func refusesByKafkasCodes() async throws {
        try await withBroker(["message.max.bytes": "300"]) { broker in
            let client = try broker.client()
            try client.createTopic("t")
            let batch = try TestBatch().bytes
            let large = try TestBatch(values: [String(repeating: "x", count: 400)]).bytes
            #expect(try client.produce(large, to: "t").errorCode == .messageTooLarge)
            #expect(try client.produce(batch, to: "u").errorCode == .unknownTopicOrPartition)
            #expect(try client.produce(batch, to: "t", id: .zero, version: 13).errorCode == .unknownTopicId)
            #expect(try client.produce([], to: "t").errorCode == .invalidRecord)
            var request = client.produceRequest("t", byteCount: batch.count, acks: 2)
            #expect(
                try client.ask(request, 9, records: [batch]).responses[0].partitionResponses[0].errorCode
                    == .invalidRequiredAcks)
            request.acks = -1
            request.transactionalId = "x"
            #expect(
                try client.ask(request, 9, records: [batch]).responses[0].partitionResponses[0].errorCode
                    == .unsupportedVersion)
            #expect(try client.fetch("t").isEmpty)
        }
    }

    @Test func setsLogAppendTime() async throws {
        try await withBroker { broker in
            let client = try broker.client()
            try client.createTopic("t", ["message.timestamp.type": "LogAppendTime"])
            let before = WallClock.nowMs()
            let answer = try client.produce(TestBatch(values: ["v0"], timestamps: [1]).bytes, to: "t")
            #expect(answer.logAppendTimeMs >= before)
            let response = try client.ask(client.fetchRequest("t", from: 0), 11)
            let batch = client.bytes(response.responses[0].partitions[0].records)
            #expect(try RecordBatchHeader(parsing: batch.span.bytes).maxTimestamp == answer.logAppendTimeMs)
            #expect(try client.records(response) == numbered(0..<1))
        }
    }

    @Test func recognisesAnIdempotentProducersBatches() async throws {
        try await withBroker { broker in
            let client = try broker.client()
            try client.createTopic("t")
            var ids: Set<Int64> = []
            for version in Int16(0)...6 {
                var request = InitProducerIdRequest()
                request.transactionalId = nil
                let answer = try client.ask(request, version)
                #expect(answer.errorCode == .none && answer.producerEpoch == 0)
                ids.insert(answer.producerId)
            }
            #expect(ids.count == 7)
            let id = try #require(ids.first)
            let first = TestBatch(values: ["v0"], producerId: id, epoch: 0, sequence: 0)
            #expect(try client.produce(first.bytes, to: "t").baseOffset == 0)
            #expect(try client.produce(first.bytes, to: "t").baseOffset == 0)
            let gap = TestBatch(producerId: id, epoch: 0, sequence: 2)
            #expect(try client.produce(gap.bytes, to: "t").errorCode == .outOfOrderSequenceNumber)
            #expect(try client.fetch("t") == numbered(0..<1))
            var transactional = InitProducerIdRequest()
            transactional.transactionalId = "x"
            #expect(try client.ask(transactional, 4).errorCode == .unsupportedVersion)
            #expect(broker.lines.all.contains { $0.contains("transactional.id 'x' refused: no transactions here") })
        }
    }

    @Test func saysThatTheDiskIsFull() async throws {
        try await withBroker { broker in
            let client = try broker.client()
            try client.createTopic("t")
            symlink("/dev/full", "\(broker.folder)/t-0/00000000000000000000.log")
            let batch = try TestBatch(values: ["v0"]).bytes
            #expect(try client.produce(batch, to: "t").errorCode == .kafkaStorageError)
            #expect(broker.lines.all.contains { $0.contains("no space left") })
            #expect(try client.fetch("t").isEmpty)
        }
    }
}
