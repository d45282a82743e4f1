import Foundation
import KafkaBroker
import KafkaClient
import Networking

/// Runs `body` with a client, on a loop of its own, of a broker in this process, which has the
/// topics that are named; all is gone when it ends.
func withBroker(
    _ properties: [String: String] = [:], topics: [String] = [], _ body: (Client, EventLoop) async throws -> Void
) async throws {
    try await withStoppableBroker(properties, topics: topics) { client, loop, _ in try await body(client, loop) }
}

/// The same, with the broker.
func withStoppableBroker(
    _ properties: [String: String] = [:], topics: [String] = [],
    _ body: (Client, EventLoop, Broker) async throws -> Void
) async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("weir-engine-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let (brokerLoop, loop) = (try EventLoop(name: "broker"), try EventLoop(name: "client"))
    var configuration = try BrokerConfiguration(dataDirectory: folder.path, properties: properties)
    configuration.port = 0
    let broker = Broker(configuration: configuration, loop: brokerLoop)
    let port = try await broker.start()
    let client = Client(
        configuration: try ClientConfiguration(properties: ["bootstrap.servers": "127.0.0.1:\(port)"]), loop: loop)
    let outcome: Result<Void, any Error>
    do {
        if !topics.isEmpty {
            // A client of its own, so that the one that is handed out has not begun.
            let other = Client(configuration: client.configuration, loop: loop)
            try await Admin(client: other).createTopics(topics.map { NewTopic(name: $0, partitionCount: -1) })
            await other.close()
        }
        try await body(client, loop, broker)
        outcome = .success(())
    } catch {
        outcome = .failure(error)
    }
    await client.close()
    await broker.stop()
    await loop.stop()
    await brokerLoop.stop()
    try outcome.get()
}

extension Client {
    /// Sends records to a partition of a topic, one after the other, each in a batch of its own.
    func send(_ count: Int, to topic: String, _ partition: Int32 = 0, on loop: EventLoop) async throws {
        try await Task(executorPreference: loop) {
            let producer = Producer(client: self)
            for number in 0..<count {
                _ = try await producer.send(ProducerRecord(topic: topic, partition: partition, value: [UInt8(number)]))
            }
            _ = await producer.close()
        }.value
    }
}
