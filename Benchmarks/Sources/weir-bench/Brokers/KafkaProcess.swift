import Foundation

/// An Apache Kafka distribution in a folder, such as `KAFKA_HOME`.
struct KafkaHome: Hashable {
    let path: String
    let version: String

    /// The distribution in a folder; its version is in the names of its jars.
    init(_ path: String) throws(BenchmarkError) {
        self.path = path
        guard FileManager.default.isExecutableFile(atPath: "\(path)/bin/kafka-server-start.sh") else {
            throw BenchmarkError("\(path) is no Apache Kafka distribution: bin/kafka-server-start.sh is missing")
        }
        let jars = (try? FileManager.default.contentsOfDirectory(atPath: "\(path)/libs")) ?? []
        let versions = jars.compactMap { jar -> String? in
            guard jar.hasPrefix("kafka-clients-"), jar.hasSuffix(".jar") else { return nil }
            return String(jar.dropFirst("kafka-clients-".count).dropLast(".jar".count))
        }
        guard let version = versions.first else {
            throw BenchmarkError("\(path) is no Apache Kafka distribution: libs/kafka-clients-*.jar is missing")
        }
        self.version = version
    }
}

/// One Apache Kafka, broker and controller in one process.
enum KafkaProcess {
    /// A shell around the JVM that ends the JVM when its own standard input is closed.
    private static let keeper = """
        "$1/bin/kafka-server-start.sh" "$2" >&2 & server=$!
        trap 'kill $server 2>/dev/null' TERM
        for _ in $(seq 600); do
          kill -0 $server 2>/dev/null || exit 1
          if (exec 3<>"/dev/tcp/127.0.0.1/$3") 2>/dev/null; then echo "READY $server"; break; fi
          sleep 0.1
        done
        read -r _
        kill $server 2>/dev/null
        wait $server
        """

    /// Formats its storage and starts it on a loopback port, known to clients by another one if so
    /// wanted.
    static func start(
        _ home: KafkaHome, folder: String, ports: (own: UInt16, advertised: UInt16), partitions: Int
    ) throws(BenchmarkError) -> (service: Service, processId: Int32) {
        let file = "\(folder)/server.properties"
        let text = properties(
            folder: folder, ports: ports, controllerPort: try FreePort.take(), partitions: partitions)
        do { try text.write(toFile: file, atomically: true, encoding: .utf8) } catch {
            throw BenchmarkError("\(file): \(error)")
        }
        let environment = ["LOG_DIR": "\(folder)/logs", "KAFKA_HEAP_OPTS": "-Xms1g -Xmx1g"]
        let format = try Child(
            words: ["\(home.path)/bin/kafka-storage.sh", "format", "-t", "MkU3OEVBNTcwNTJENDM2Qg", "-c", file],
            environment: environment, timeoutSeconds: 60
        ).run()
        if let failure = format.failure { throw BenchmarkError("kafka-storage.sh of \(home.path): \(failure)") }
        let service = try Service(
            ["bash", "-c", keeper, "bash", home.path, file, "\(ports.own)"], environment: environment,
            log: "\(folder)/server.log", timeoutSeconds: 90)
        guard let processId = service.readyLine.split(separator: " ").last.flatMap({ Int32($0) }) else {
            service.stop()
            throw BenchmarkError(
                "Apache Kafka of \(home.path) did not start: \(Service.end(of: "\(folder)/server.log"))")
        }
        return (service, processId)
    }

    private static func properties(
        folder: String, ports: (own: UInt16, advertised: UInt16), controllerPort: UInt16, partitions: Int
    ) -> String {
        """
        process.roles=broker,controller
        node.id=1
        controller.quorum.voters=1@127.0.0.1:\(controllerPort)
        listeners=PLAINTEXT://127.0.0.1:\(ports.own),CONTROLLER://127.0.0.1:\(controllerPort)
        advertised.listeners=PLAINTEXT://127.0.0.1:\(ports.advertised)
        controller.listener.names=CONTROLLER
        listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
        inter.broker.listener.name=PLAINTEXT
        log.dirs=\(folder)/data
        num.partitions=\(partitions)
        offsets.topic.num.partitions=1
        offsets.topic.replication.factor=1
        transaction.state.log.num.partitions=1
        transaction.state.log.replication.factor=1
        transaction.state.log.min.isr=1
        group.initial.rebalance.delay.ms=0
        log.segment.delete.delay.ms=1000
        log.cleaner.enable=false

        """
    }
}
