import Foundation
import KafkaClient
import Networking
import Testing

/// One Apache Kafka from `KAFKA_HOME`, a broker and controller in one process, on free loopback
/// ports with its data in a folder of its own.
actor KafkaServer {
    /// The distribution under test; nil skips the suites that need one.
    static let home = ProcessInfo.processInfo.environment["KAFKA_HOME"].flatMap { $0.isEmpty ? nil : $0 }
    /// The server of the suite that runs.
    @TaskLocal static var current: KafkaServer?
    /// Which it is, by the name of its client library, such as 4.3.1.
    static let version = home.flatMap { try? FileManager.default.contentsOfDirectory(atPath: "\($0)/libs") }?
        .first { $0.hasPrefix("kafka-clients-") }?.dropFirst("kafka-clients-".count).dropLast(".jar".count)
    /// Whether it has groups of the newer protocol (KIP-848), which Kafka before 4 has not.
    static let hasConsumerGroups = version.map { !$0.hasPrefix("3.") } ?? false

    nonisolated let port: UInt16
    private nonisolated let home: String
    private let folder: URL
    private var process: Process?

    nonisolated var bootstrap: String { "127.0.0.1:\(port)" }

    init(home: String, properties: [String] = []) throws {
        self.home = home
        folder = FileManager.default.temporaryDirectory.appending(path: "weir-kafka-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        port = try Self.freePort()
        let common = Self.properties(port: port, controllerPort: try Self.freePort(), folder: folder)
        try ([common] + properties).joined(separator: "\n")
            .write(to: folder.appending(path: "server.properties"), atomically: true, encoding: .utf8)
    }

    /// Formats the storage if it is new, starts the broker, and waits until it serves.
    func start() async throws {
        let properties = folder.appending(path: "server.properties").path()
        if !FileManager.default.fileExists(atPath: folder.appending(path: "data/meta.properties").path()) {
            let format = try launch("kafka-storage.sh", ["format", "-t", "MkU3OEVBNTcwNTJENDM2Qg", "-c", properties])
            format.waitUntilExit()
            try #require(format.terminationStatus == 0, "kafka-storage.sh failed; see \(folder.path())")
        }
        process = try launch("kafka-server-start.sh", [properties])
        try await waitUntilServing()
    }

    /// Ends the broker as a crash would, or cleanly.
    func stop(kill: Bool = false) async {
        guard let process, process.isRunning else { return }
        if kill { Foundation.kill(process.processIdentifier, SIGKILL) } else { process.terminate() }
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                process.waitUntilExit()
                continuation.resume()
            }
        }
        self.process = nil
    }

    func remove() async throws {
        await stop()
        try FileManager.default.removeItem(at: folder)
    }

    /// What one of the distribution's own tools prints about the cluster.
    nonisolated func tool(_ script: String, _ arguments: String...) async throws -> [String] {
        try await tool(script, arguments)
    }

    /// The same.
    nonisolated func tool(_ script: String, _ arguments: [String]) async throws -> [String] {
        try await ChildProcess(
            executable: "\(home)/bin/\(script)", arguments: ["--bootstrap-server", bootstrap] + arguments
        ).run().split(separator: "\n").map(String.init)
    }

    private func launch(_ script: String, _ arguments: [String]) throws -> Process {
        let log = folder.appending(path: "\(script).log")
        _ = FileManager.default.createFile(atPath: log.path(), contents: nil)
        let output = try FileHandle(forWritingTo: log)
        let process = Process()
        process.executableURL = URL(filePath: home).appending(path: "bin/\(script)")
        process.arguments = arguments
        var environment = ProcessInfo.processInfo.environment
        environment["LOG_DIR"] = folder.appending(path: "logs").path()
        environment["KAFKA_HEAP_OPTS"] = "-Xmx512m"
        process.environment = environment
        process.standardOutput = output
        process.standardError = output
        try process.run()
        return process
    }

    private func waitUntilServing() async throws {
        let loop = try EventLoop(name: "probe")
        let endNs = EventLoop.nowNs() + 60_000_000_000
        var failure: (any Error)?
        while EventLoop.nowNs() < endNs, process?.isRunning == true {
            let client = Client(
                configuration: try ClientConfiguration(properties: ["bootstrap.servers": bootstrap]), loop: loop)
            do {
                try await client.connect()
                await client.close()
                failure = nil
                break
            } catch {
                failure = error
                await client.close()
            }
            try await loop.sleep(untilNs: EventLoop.nowNs() + 50_000_000)
        }
        await loop.stop()
        if let failure { throw failure }
        try #require(process?.isRunning == true, "the broker ended while starting; see \(folder.path())")
    }

    private static func freePort() throws -> UInt16 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, size) == 0 && getsockname(descriptor, $0, &size) == 0
            }
        }
        try #require(bound)
        return UInt16(bigEndian: address.sin_port)
    }

    private static func properties(port: UInt16, controllerPort: UInt16, folder: URL) -> String {
        """
        process.roles=broker,controller
        node.id=1
        controller.quorum.voters=1@127.0.0.1:\(controllerPort)
        listeners=PLAINTEXT://127.0.0.1:\(port),CONTROLLER://127.0.0.1:\(controllerPort)
        advertised.listeners=PLAINTEXT://127.0.0.1:\(port)
        controller.listener.names=CONTROLLER
        listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
        inter.broker.listener.name=PLAINTEXT
        log.dirs=\(folder.appending(path: "data").path())
        offsets.topic.num.partitions=1
        offsets.topic.replication.factor=1
        transaction.state.log.num.partitions=1
        transaction.state.log.replication.factor=1
        transaction.state.log.min.isr=1
        num.partitions=1
        broker.session.timeout.ms=2000
        broker.heartbeat.interval.ms=500
        """
    }
}

/// Starts a server before the first test of a suite and removes it after the last; one suite at a
/// time has one.
struct WithKafkaServer: SuiteTrait, TestScoping {
    /// Lines of its configuration beside what one node needs.
    var properties: [String] = []

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        guard let home = KafkaServer.home else { return try await function() }
        await Gate.kafka.enter()
        defer { Gate.kafka.leave() }
        let server = try KafkaServer(home: home, properties: properties)
        do {
            try await server.start()
            try await KafkaServer.$current.withValue(server) { try await function() }
        } catch {
            try await server.remove()
            throw error
        }
        try await server.remove()
    }
}

extension Trait where Self == ConditionTrait {
    /// Skips, with the reason, where there is no `KAFKA_HOME`.
    static var needsKafka: Self {
        .enabled(if: KafkaServer.home != nil, "no KAFKA_HOME: skipped what needs an Apache Kafka")
    }
}

extension SuiteTrait where Self == WithKafkaServer {
    static var withKafkaServer: Self { WithKafkaServer() }
    /// The same with some of the broker's properties.
    static func kafkaServer(set properties: String...) -> Self { WithKafkaServer(properties: properties) }
}
