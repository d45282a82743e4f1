import BenchmarkPlan
import Foundation

/// The Java client by Kafka's own perf tools, at two sizes: what the larger takes more is the
/// marginal cost, without the JVM's start.
struct JavaTools {
    let home: KafkaHome
    let bootstrapServers: String
    let settings: Settings

    /// What one run of a tool took.
    private struct Run {
        var records: Int
        var wallNs: Int
        var cpuNs: Int
    }

    /// The values' bytes of the larger run; a third of it is long enough for the JIT to have
    /// settled.
    private static let producedBytes = 400_000_000

    /// Produces at both sizes.
    func produce(
        topic: String, valueSize: Int, codec: Codec, payload: String, isFixed: Bool
    ) throws(BenchmarkError) -> PeerReport {
        var properties = [
            "bootstrap.servers=\(bootstrapServers)", "acks=\(settings.acks)", "compression.type=\(codec.rawValue)",
            "enable.idempotence=false",
        ]
        if isFixed {
            properties += [
                "batch.size=\(settings.batchSize)", "linger.ms=\(settings.lingerMs)",
                "max.in.flight.requests.per.connection=\(settings.inFlight)",
            ]
        }
        let content = codec == .none ? ["--record-size", "\(valueSize)"] : ["--payload-file", payload]
        return try marginal(valueSize, most: Self.producedBytes / valueSize) { (records: Int) throws(BenchmarkError) in
            let words =
                ["--topic", topic, "--num-records", "\(records)", "--throughput", "-1"] + content
                + ["--producer-props"] + properties
            return try run("kafka-producer-perf-test.sh", words, records: records, wall: PerfToolOutput.producerWallNs)
        }
    }

    /// Reads at both sizes, as a member of a group of its own.
    func fetch(
        topic: String, valueSize: Int, available: Int, isFixed: Bool, folder: String
    ) throws(BenchmarkError) -> PeerReport {
        let file = "\(folder)/consumer.properties"
        let text =
            isFixed
            ? "max.partition.fetch.bytes=\(settings.partitionFetchMaxBytes)\nfetch.max.wait.ms=\(settings.fetchMaxWaitMs)\n"
            : "\n"
        do { try text.write(toFile: file, atomically: true, encoding: .utf8) } catch {
            throw BenchmarkError("\(file): \(error)")
        }
        return try marginal(valueSize, most: available) { (records: Int) throws(BenchmarkError) in
            let words = [
                "--bootstrap-server", bootstrapServers, "--topic", topic, countOption, "\(records)",
                "--group",
                "weir-bench-\(UUID().uuidString)", configOption, file, "--hide-header",
            ]
            return try run("kafka-consumer-perf-test.sh", words, records: records, wall: PerfToolOutput.consumerWallNs)
        }
    }

    private func marginal(
        _ valueSize: Int, most: Int, _ run: (Int) throws(BenchmarkError) -> Run
    ) throws(BenchmarkError) -> PeerReport {
        let smaller = try run(most / 3), larger = try run(most)
        guard larger.cpuNs > smaller.cpuNs, larger.wallNs > smaller.wallNs else {
            throw BenchmarkError("the larger run took no more than the smaller: too noisy for a marginal cost")
        }
        let records = larger.records - smaller.records
        var report = PeerReport(
            peer: "java-tools", records: records, payloadBytes: records * valueSize,
            wallNs: larger.wallNs - smaller.wallNs,
            cpuNs: larger.cpuNs - smaller.cpuNs)
        report.version = home.version
        return report
    }

    private func run(
        _ tool: String, _ words: [String], records: Int, wall: (String, Int) -> Int?
    ) throws(BenchmarkError) -> Run {
        let outcome = try Child(
            words: ["\(home.path)/bin/\(tool)"] + words, environment: ["KAFKA_HEAP_OPTS": "-Xmx512m"],
            timeoutSeconds: 180
        ).run()
        if let failure = outcome.failure { throw BenchmarkError("\(tool): \(failure)") }
        guard let wallNs = wall(outcome.output, records) else {
            throw BenchmarkError(
                "\(tool) printed no figures: \(outcome.output.suffix(200))\(Child.last(outcome.errors))")
        }
        return Run(records: records, wallNs: wallNs, cpuNs: outcome.cpuNs)
    }
}

extension JavaTools {
    /// Kafka 4.2 renamed two of the tool's options.
    private var isRenamed: Bool { home.version.compare("4.2", options: .numeric) != .orderedAscending }
    private var countOption: String { isRenamed ? "--num-records" : "--messages" }
    private var configOption: String { isRenamed ? "--command-config" : "--consumer.config" }
}
