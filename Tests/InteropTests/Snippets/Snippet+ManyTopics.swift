import KafkaClient
import KafkaCompression
import KafkaProtocol
import Networking
import Synchronization
import Testing

extension Snippet {
    /// What it costs does not grow with the messages, and every topic has all of its own in order,
    /// in its codec.
    static func manyTopics(_ broker: any InteropBroker) async throws {
        let codecs = ["many-a": "none", "many-b": "lz4", "many-c": "none", "many-d": "lz4"]
        let arguments = codecs.sorted { $0.key < $1.key }.map { $0.value == "none" ? $0.key : "\($0.key)=\($0.value)" }
        try await withClient(of: broker.bootstrap) { client in
            try await Admin(client: client).createTopics(
                codecs.keys.map { NewTopic(name: $0, partitionCount: 1) })
            for count in [5, 60] {
                let lines = try await Snippet.manyTopics.lines([broker.bootstrap, "\(count)"] + arguments)
                for (topic, codec) in codecs { #expect(lines.contains("sent \(count) to \(topic) (\(codec))")) }
                #expect(lines.contains("producers 2, producer ids 2"))
                #expect(lines.contains("connections 1"))
            }
            for (topic, codec) in codecs {
                let stored = try await read(65, from: topic, client)
                #expect(stored.texts == (Array(0..<5) + Array(0..<60)).map { "message \($0) for \(topic)" })
                #expect(stored.codecs == [codec])
            }
        }
    }

    private struct Stored {
        var texts: [String] = []
        var codecs: Set<String> = []
    }

    private static func read(_ count: Int, from topic: String, _ client: Client) async throws -> Stored {
        let stored = Mutex(Stored())
        let (done, isDone) = AsyncStream<Void>.makeStream()
        var configuration = ConsumerConfiguration()
        configuration.offsetReset = .earliest
        let consumer = Consumer(client: client, configuration: configuration, assignment: .topics([topic])) {
            (batch) throws(WireError) in
            var texts: [String] = []
            var cursor = batch.makeCursor()
            while let record = try cursor.next() {
                guard let value = record.value else { continue }
                texts.append(value.withUnsafeBytes { String(decoding: $0, as: UTF8.self) })
            }
            let codec = batch.compression.name
            let isWhole = stored.withLock {
                $0.texts += texts
                $0.codecs.insert(codec)
                return $0.texts.count >= count
            }
            if isWhole { isDone.finish() }
        }
        _ = try await consumer.start()
        for await _ in done {}
        await consumer.stop()
        return stored.withLock { $0 }
    }
}
