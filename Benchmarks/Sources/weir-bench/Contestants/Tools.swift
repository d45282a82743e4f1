import BenchmarkPlan
import Foundation

/// Where the programs are that take part, and which of them are missing.
struct Tools {
    /// The clone's root.
    let root: String
    /// The release build of `weir`.
    let weir: String
    /// The distributions of Apache Kafka, the oldest first.
    let kafkas: [KafkaHome]
    /// The folder with this program and the C programs.
    private let programs: String
    private let java: String?

    init(root: String, weir: String?, kafkaHomes: [String]) throws(BenchmarkError) {
        self.root = root
        let own =
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
        programs = URL(fileURLWithPath: own).deletingLastPathComponent().path
        self.weir = weir ?? "\(programs)/weir"
        guard FileManager.default.fileExists(atPath: "\(root)/Benchmarks/Scenarios/produce.yaml") else {
            throw BenchmarkError("\(root) has no Benchmarks/Scenarios: run this in the clone's root, or say --root")
        }
        guard FileManager.default.isExecutableFile(atPath: self.weir) else {
            throw BenchmarkError("\(self.weir) is missing: make bench-build builds it")
        }
        var homes: [KafkaHome] = []
        for path in kafkaHomes { homes.append(try KafkaHome(path)) }
        kafkas = homes.sorted { $0.version.compare($1.version, options: .numeric) == .orderedAscending }
        java = Self.find("java")
    }

    /// A program of this package.
    func program(_ name: String) -> String { "\(programs)/\(name)" }
    /// A scenario of this package.
    func scenario(_ name: String) -> String { "\(root)/Benchmarks/Scenarios/\(name).yaml" }

    /// The command that starts a peer, or why it can't take part.
    func command(_ contestant: Contestant, broker: BrokerChoice) -> Result<PeerProgram, BenchmarkError> {
        switch contestant {
        case .weir: .success(PeerProgram(words: [weir]))
        case .floor, .acknowledgedFloor: .success(PeerProgram(words: [program("floors")]))
        case .librdkafkaDebian: library(["x86_64", "aarch64"].map { "/usr/lib/\($0)-linux-gnu/librdkafka.so.1" })
        case .librdkafkaWheel: library(wheelLibraries)
        case .confluentKafka: python(".venv-clients", "confluent_kafka", "confluent_peer.py")
        case .kafkaPython: python(".venv-clients", "kafka", "kafka_python_peer.py")
        case .pyKafka: python(".venv-pykafka", "pykafka", "pykafka_peer.py")
        case .java: javaProgram(broker)
        case .javaTools, .kafkaBroker, .embeddedBroker: kafkaHome(broker).map { PeerProgram(words: [$0.path]) }
        }
    }

    /// Who of these can't take part anywhere, and why.
    func missing(among contestants: Set<Contestant>) -> [Contestant: String] {
        var missing: [Contestant: String] = [:]
        for contestant in contestants {
            if case .failure(let error) = command(contestant, broker: .embedded) {
                missing[contestant] = error.description
            }
        }
        return missing
    }

    private func library(_ candidates: [String]) -> Result<PeerProgram, BenchmarkError> {
        guard let path = candidates.first(where: { FileManager.default.fileExists(atPath: $0) }) else {
            return .failure(
                BenchmarkError("not installed (librdkafka.so: make bench installs Debian's and the wheel's)"))
        }
        return .success(PeerProgram(words: [program("rdkafka-bench")], options: [("library", path)]))
    }

    private var wheelLibraries: [String] {
        sitePackages(".venv-clients").flatMap { folder in
            let libraries = "\(folder)/confluent_kafka.libs"
            let names = (try? FileManager.default.contentsOfDirectory(atPath: libraries)) ?? []
            return names.filter { $0.hasPrefix("librdkafka") && $0.contains(".so") }.map { "\(libraries)/\($0)" }
        }
    }

    private func sitePackages(_ environment: String) -> [String] {
        let lib = "\(root)/\(environment)/lib"
        let pythons = (try? FileManager.default.contentsOfDirectory(atPath: lib)) ?? []
        return pythons.filter { $0.hasPrefix("python3") }.map { "\(lib)/\($0)/site-packages" }
    }

    private func python(_ environment: String, _ module: String, _ script: String) -> Result<
        PeerProgram, BenchmarkError
    > {
        guard sitePackages(environment).contains(where: { FileManager.default.fileExists(atPath: "\($0)/\(module)") })
        else {
            return .failure(BenchmarkError("not installed in \(environment) (make venvs)"))
        }
        return .success(
            PeerProgram(words: ["\(root)/\(environment)/bin/python", "\(root)/Benchmarks/Peers/\(script)"]))
    }

    private func javaProgram(_ broker: BrokerChoice) -> Result<PeerProgram, BenchmarkError> {
        kafkaHome(broker).map { home in
            PeerProgram(words: ["java", "-cp", "\(home.path)/libs/*", "\(root)/Benchmarks/Peers/JavaPeer.java"])
        }
    }

    /// The distribution whose clients are used: the broker's own, or the newest.
    func kafkaHome(_ broker: BrokerChoice) -> Result<KafkaHome, BenchmarkError> {
        guard java != nil else { return .failure(BenchmarkError("not installed (java is not on PATH)")) }
        guard let newest = kafkas.last else { return .failure(BenchmarkError("KAFKA_HOMES names no Apache Kafka")) }
        return .success(kafkas.first { broker == .kafka(version: $0.version) } ?? newest)
    }

    private static func find(_ name: String) -> String? {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        return folders.map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }
}
