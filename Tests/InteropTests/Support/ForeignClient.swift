import Foundation
import Testing

/// A Kafka client that is not Weir's.
enum ForeignClient: Sendable, CustomTestStringConvertible {
    case kcat
    case confluentKafka
    /// As for a broker of this version, or as the client chooses.
    case kafkaPython(String?)
    case pyKafka(String)

    static let all: [ForeignClient] =
        [.kcat, .confluentKafka, .kafkaPython(nil)]
        + ["0.8.2", "0.9", "0.10", "0.11", "1.0", "2.1", "2.4"].map(kafkaPython) + ["0.9.0", "0.10.2"].map(pyKafka)

    /// One of each kind.
    static let kinds: [ForeignClient] = [.kcat, .confluentKafka, .kafkaPython(nil), .pyKafka("0.9.0")]

    /// Its name, and the broker version that it assumes.
    var testDescription: String {
        switch self {
        case .kcat: "kcat"
        case .confluentKafka: "confluent-kafka"
        case .kafkaPython(let version): version.map { "kafka-python as of \($0)" } ?? "kafka-python"
        case .pyKafka(let version): "PyKafka as of \(version)"
        }
    }

    /// A name that a topic may have.
    var topicName: String { testDescription.replacingOccurrences(of: " ", with: "-") }

    var codecs: [String] {
        switch self {
        case .kcat, .confluentKafka, .kafkaPython(nil), .kafkaPython("2.1"), .kafkaPython("2.4"):
            ["none", "gzip", "snappy", "lz4", "zstd"]
        case .kafkaPython, .pyKafka: ["none", "gzip", "snappy", "lz4"]
        }
    }

    var hasHeaders: Bool {
        switch self {
        case .pyKafka, .kafkaPython("0.8.2"), .kafkaPython("0.9"), .kafkaPython("0.10"): false
        default: true
        }
    }

    /// The program or its virtual environment, which `make test` puts there.
    var executable: String {
        switch self {
        case .kcat: "/usr/bin/kcat"
        case .confluentKafka, .kafkaPython: Build.package + "/.venv-clients/bin/python"
        case .pyKafka: Build.package + "/.venv-pykafka/bin/python"
        }
    }

    var isAvailable: Bool { FileManager.default.isExecutableFile(atPath: executable) }

    /// Carries out the commands in order, in one process, and returns the answers.
    func run(_ broker: any InteropBroker, _ commands: [InteropCommand]) async throws -> [InteropAnswer] {
        switch self {
        case .kcat: try await Kcat(executable: executable, broker: broker).run(commands)
        case .confluentKafka: try await run("confluent_client.py", [broker.bootstrap], commands)
        case .kafkaPython(let version):
            try await run("kafka_python_client.py", [broker.bootstrap] + (version.map { [$0] } ?? []), commands)
        case .pyKafka(let version): try await run("pykafka_client.py", [broker.bootstrap, version], commands)
        }
    }

    private func run(
        _ script: String, _ arguments: [String], _ commands: [InteropCommand]
    ) async throws -> [InteropAnswer] {
        let output = try await ChildProcess(
            executable: executable, arguments: [Build.package + "/Tests/InteropTests/Python/" + script] + arguments
        ).run(input: try commands.map { try $0.line() + "\n" }.joined())
        return try output.split(separator: "\n").map {
            try JSONDecoder().decode(InteropAnswer.self, from: Data($0.utf8))
        }
    }
}

extension ForeignClient {
    /// The `clients` that are installed; with CI=true all of them, so that a missing one fails.
    static func installed(of clients: [ForeignClient]) -> [ForeignClient] {
        Build.isCI ? clients : clients.filter { !missing.contains($0.executable) }
    }

    /// What is not installed; each is named in a line, once.
    private static let missing: Set<String> = {
        let clients = kinds.filter { !$0.isAvailable }
        for client in clients where !Build.isCI {
            print("skipped: \(client.testDescription) and its kind, for there is no \(client.executable)")
        }
        return Set(clients.map(\.executable))
    }()
}
