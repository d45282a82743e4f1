import KafkaCompression
import KafkaProtocol
import Networking
import Testing

@testable import KafkaClient

@Suite(.timeLimit(.minutes(5))) struct LoopbackTests {
    @Test(arguments: CompressionType.allCases)
    func recordsComeBackAsTheyWereSent(_ codec: CompressionType) async throws {
        try await TestCluster.run(["num.partitions": "2"]) { cluster in
            let client = try cluster.client()
            let producer = Producer(
                client: client, configuration: try ProducerConfiguration(properties: ["compression.type": codec.name]))
            let sent = (0..<50).map { "value \($0) of \(codec.name)" }
            let headers = [RecordHeader(key: "h", value: [1, 2]), RecordHeader(key: "n", value: nil)]
            let last = try await producer.send(
                ProducerRecord(
                    topic: "t", partition: 1, key: [7], value: nil, headers: headers, timestampMs: 1_234))
            #expect(last.offset == 0)
            #expect(try await producer.send(sent, to: "t") == Array(0..<50))
            let consumer = try cluster.consumer(client, "t")
            _ = try await consumer.start()
            let records = try await consumer.take(51)
            #expect(records.filter { $0.topicPartition.partition == 0 }.map(\.text) == sent)
            let other = try #require(records.first { $0.topicPartition.partition == 1 })
            #expect(other.key == [7] && other.value == nil && other.timestampMs == 1_234 && other.headers == headers)
            await consumer.stop()
            #expect(await producer.close().isEmpty)
            await client.close()
        }
    }
}
