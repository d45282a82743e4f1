import Glibc
import KafkaBroker
import Networking
import Testing

@testable import KafkaClient

/// A broker in this process with a loop of its own, its folder, and a loop for clients; all gone
/// when `body` ends.
final class TestCluster: @unchecked Sendable {
    let loop: EventLoop
    private let brokerLoop: EventLoop
    private let folder: String
    private let properties: [String: String]
    private var broker: Broker?
    private(set) var port: UInt16 = 0

    private init(_ properties: [String: String]) throws {
        loop = try EventLoop(name: "client")
        brokerLoop = try EventLoop(name: "broker")
        folder = try makeFolder()
        self.properties = properties
    }

    /// With `topic`, which has as many partitions as the broker gives it.
    static func run(
        _ properties: [String: String] = [:], topic: String? = "t",
        _ body: @Sendable (TestCluster) async throws -> Void
    ) async throws {
        let cluster = try TestCluster(properties)
        do {
            try await cluster.start()
            if let topic { try await cluster.make(topic) }
            try await body(cluster)
        } catch {
            await cluster.end()
            throw error
        }
        await cluster.end()
    }

    /// Starts the broker on the data that is there, on the port it had before.
    func start() async throws {
        var configuration = try BrokerConfiguration(dataDirectory: folder, properties: properties)
        configuration.port = port
        let broker = Broker(configuration: configuration, loop: brokerLoop)
        port = try await broker.start()
        self.broker = broker
    }

    func stop() async {
        await broker?.stop()
        broker = nil
    }

    private func make(_ topic: String) async throws {
        let client = try client()
        try await Admin(client: client).createTopics([NewTopic(name: topic, partitionCount: -1)])
        await client.close()
    }

    private func end() async {
        await stop()
        await brokerLoop.stop()
        await loop.stop()
        removeTree(folder)
    }

    var bootstrap: String { "127.0.0.1:\(port)" }

    /// A client with short waits.
    func client(_ properties: [String: String] = [:], metrics: ClientMetrics = ClientMetrics()) throws -> Client {
        let standard = [
            "bootstrap.servers": bootstrap, "retry.backoff.ms": "5", "retry.backoff.max.ms": "50",
            "reconnect.backoff.ms": "5", "reconnect.backoff.max.ms": "50",
        ]
        let configuration = try ClientConfiguration(properties: standard.merging(properties) { $1 })
        return Client(configuration: configuration, loop: loop, metrics: metrics)
    }

    func consumer(
        _ client: Client, _ topic: String, _ properties: [String: String] = [:], resets: Bool = false
    ) throws -> Consumer {
        let standard = ["auto.offset.reset": "earliest", "fetch.max.wait.ms": "20"]
        var configuration = try ConsumerConfiguration(properties: standard.merging(properties) { $1 })
        configuration.resetsOnStart = resets
        return Consumer(client: client, configuration: configuration, assignment: .topics([topic]))
    }
}

extension Consumer {
    /// Polls until `count` records came, for at most a minute.
    func take(_ count: Int) async throws -> [ConsumerRecord] {
        var records: [ConsumerRecord] = []
        let endNs = EventLoop.nowNs() + 60_000_000_000
        while records.count < count, EventLoop.nowNs() < endNs { records += try await poll(timeoutMs: 100) }
        return records
    }
}

extension ConsumerRecord {
    var text: String { value.map { String(decoding: $0, as: UTF8.self) } ?? "" }
}

extension Producer {
    /// Sends texts to a partition, one after the other, and returns their offsets.
    func send(_ texts: [String], to topic: String, partition: Int32 = 0) async throws -> [Int64] {
        var offsets: [Int64] = []
        for text in texts {
            let record = ProducerRecord(topic: topic, partition: partition, value: Array(text.utf8))
            offsets.append(try await send(record).offset)
        }
        return offsets
    }
}

func makeFolder() throws -> String {
    var template = Array("/tmp/weir-client-test-XXXXXX".utf8CString)
    let path = try #require(mkdtemp(&template))
    return String(cString: path)
}

func removeTree(_ path: String) {
    guard let directory = opendir(path) else {
        unlink(path)
        return
    }
    while let entry = readdir(directory) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
            $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if name != ".", name != ".." { removeTree("\(path)/\(name)") }
    }
    closedir(directory)
    rmdir(path)
}
