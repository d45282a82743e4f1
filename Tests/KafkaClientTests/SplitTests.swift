import KafkaCompression
import KafkaProtocol
import Networking
import Synchronization
import System
import Testing

@testable import KafkaClient

/// Batches that a broker refuses as too large (KIP-126).
@Suite(.timeLimit(.minutes(5))) struct SplitTests {
    @Test(arguments: [CompressionType.none, .lz4, .zstd], [true, false])
    func whatIsTooLargeIsSplitUnderTheSameIdentity(_ codec: CompressionType, isIdempotent: Bool) async throws {
        try await TestCluster.run(["message.max.bytes": "2000"]) { cluster in
            let metrics = ClientMetrics()
            let client = try cluster.client(metrics: metrics)
            let told = DeliveryTests.Told()
            let properties = [
                "compression.type": codec.name, "linger.ms": "0", "enable.idempotence": "\(isIdempotent)",
                // Without numbers nothing else keeps records in order.
                "max.in.flight.requests.per.connection": isIdempotent ? "5" : "1",
            ]
            let configuration = try ProducerConfiguration(properties: properties)
            let producer = Producer(client: client, configuration: configuration) { told.take($0) }
            let partition = try await producer.partitions(of: "t")[0]
            let count = 600
            // Values of 100 bytes that do not shrink, each of another content.
            var random = SplitMix64(seed: 7)
            let values = (0..<count * 100).map { _ in UInt8.random(in: 0...255, using: &random) }
            let taken = try await Task(executorPreference: cluster.loop) {
                try producer.enqueue(
                    partition, values: values.span.bytes, valueByteCount: 100, count: count, timestampMs: 5)
            }.value
            #expect(taken == count)
            await producer.flush()
            #expect(
                told.acknowledged.withLock { told in
                    told.count == count && told.allSatisfy { Int64($0.key) == $0.value }
                })
            #expect(told.total.withLock { $0 } == count)
            #expect(metrics.requestCounts[.initProducerId, default: 0] == (isIdempotent ? 1 : 0))
            // Those behind a batch that was split are refused for their numbers, which is no
            // failure of theirs.
            #expect(metrics.splitCount > 0 && metrics.retryCount == 0)
            let consumer = try cluster.consumer(client, "t")
            _ = try await consumer.start()
            let records = try await consumer.take(count)
            let isRight = records.enumerated().allSatisfy { number, record in
                record.value == Array(values[number * 100..<(number + 1) * 100]) && record.timestampMs == 5
            }
            #expect(records.count == count && isRight)
            await consumer.stop()
            #expect(await producer.close().isEmpty)
            await client.close()
        }
    }

    @Test func keysAndHeadersAreKept() async throws {
        try await TestCluster.run(["message.max.bytes": "300"]) { cluster in
            let client = try cluster.client()
            let producer = Producer(client: client)
            let headers = [RecordHeader(key: "h", value: [1, 2]), RecordHeader(key: "", value: nil)]
            let sent = (0..<20 as Range<UInt8>).map { number in
                ProducerRecord(
                    topic: "t", partition: 0, key: number == 3 ? nil : [number],
                    value: number == 4 ? nil : [UInt8](repeating: number, count: 40), headers: headers)
            }
            try await withThrowingTaskGroup(of: RecordMetadata.self) { group in
                for record in sent { group.addTask { try await producer.send(record) } }
                for try await _ in group {}
            }
            let consumer = try cluster.consumer(client, "t")
            _ = try await consumer.start()
            let records = try await consumer.take(20)
            #expect(records.allSatisfy { $0.headers == headers })
            #expect(
                Set(records.map(\.key)) == Set(sent.map(\.key)) && Set(records.map(\.value)) == Set(sent.map(\.value)))
            await consumer.stop()
            #expect(await producer.close().isEmpty)
            await client.close()
        }
    }

    @Test func aRecordThatIsTooLargeFailsAloneAndSaysWhy() async throws {
        try await TestCluster.run(["message.max.bytes": "1000"]) { cluster in
            let metrics = ClientMetrics()
            let client = try cluster.client(metrics: metrics)
            let producer = Producer(
                client: client, configuration: try ProducerConfiguration(properties: ["linger.ms": "30"]))
            let texts = (0..<9).map { String(repeating: "x", count: $0 == 4 ? 2_000 : 10) }
            var failures: [ClientError] = []
            var offsets: [Int64] = []
            await withTaskGroup(of: Result<Int64, ClientError>.self) { group in
                for text in texts {
                    group.addTask {
                        do throws(ClientError) {
                            let record = ProducerRecord(topic: "t", partition: 0, value: Array(text.utf8))
                            return .success(try await producer.send(record).offset)
                        } catch {
                            return .failure(error)
                        }
                    }
                }
                for await result in group {
                    switch result {
                    case .success(let offset): offsets.append(offset)
                    case .failure(let error): failures.append(error)
                    }
                }
            }
            #expect(offsets.sorted() == Array(0..<8))
            let failure = try #require(failures.first)
            #expect(failures.count == 1 && failure.code == .batchTooLarge(byteCount: 2_070))
            #expect(failure.description.contains("max.message.bytes") && failure.description.contains("t-0"))
            #expect(metrics.requestCounts[.initProducerId] == 1)
            #expect(await producer.close().refusedRecordCount == 1)
            await client.close()
        }
    }
}
