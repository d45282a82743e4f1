import Foundation
import KafkaClient
import Results
import Testing

/// Batches and requests of an open loop beside those of Kafka's own client, with that of 4.3.1
/// alone; librdkafka's are shown beside them.
///
/// All three are given a record at each instant of one schedule. (`kafka-producer-perf-test.sh`
/// sleeps some milliseconds at a time and sends what is due at once, so that its batches are those of
/// another load.)
@Suite(.serialized, .needsKafka, .kafkaServer(), .timeLimit(.minutes(10)))
struct RealKafkaBatchingTests {
    private struct Row: Sendable, CustomTestStringConvertible {
        let partitions: Int
        let perSecond: Int
        let lingerMs: Int
        var testDescription: String { "\(perSecond)/s, \(partitions) partitions, linger.ms \(lingerMs)" }
    }

    /// The batches and requests of one run.
    private struct Batching {
        let recordsPerBatch: Double
        let recordsPerRequest: Double
    }

    private static let rows = [
        Row(partitions: 12, perSecond: 1_000, lingerMs: 5), Row(partitions: 12, perSecond: 1_000, lingerMs: 10),
        Row(partitions: 3, perSecond: 10_000, lingerMs: 10), Row(partitions: 12, perSecond: 300, lingerMs: 25),
        Row(partitions: 48, perSecond: 3_000, lingerMs: 50),
    ]
    private static let runs = 5
    private static let seconds = 2
    /// A record of 100 bytes in a batch, and a batch's header.
    private static let (recordByteCount, headerByteCount) = (108.0, 61.0)

    private static var isRightClient: Bool { KafkaServer.version == "4.3.1" }

    /// Where the medians of five runs are further apart, the medians of ten are judged: another
    /// program may have had the machine.
    @Test(.enabled(if: isRightClient, "KAFKA_HOME is not 4.3.1"), .timeLimit(.minutes(3)), arguments: rows)
    private func batchesAndRequestsAreThoseOfJavasClient(_ row: Row) async throws {
        let server = try #require(KafkaServer.current)
        var (java, weir) = (try await java(row, server), try await weir(row, server))
        if Self.ratios(weir, java).contains(where: { abs($0 - 1) > 0.1 }) {
            java += try await self.java(row, server)
            weir += try await self.weir(row, server)
        }
        print(
            "\(row.testDescription): Weir \(Self.words(weir)); Java \(Self.words(java)); "
                + "librdkafka \(Self.words(try await librdkafka(row, server)))")
        for ratio in Self.ratios(weir, java) {
            #expect(abs(ratio - 1) <= 0.1, "Weir \(Self.words(weir)), Java \(Self.words(java))")
        }
    }

    private static func ratios(_ weir: [Batching], _ java: [Batching]) -> [Double] {
        [
            median(weir, \.recordsPerBatch) / median(java, \.recordsPerBatch),
            median(weir, \.recordsPerRequest) / median(java, \.recordsPerRequest),
        ]
    }

    private static func median(_ runs: [Batching], _ value: (Batching) -> Double) -> Double {
        runs.map(value).sorted()[runs.count / 2]
    }

    private static func words(_ runs: [Batching]) -> String {
        String(
            format: "%.1f records a batch, %.1f a request", median(runs, \.recordsPerBatch),
            median(runs, \.recordsPerRequest))
    }

    private func java(_ row: Row, _ server: KafkaServer) async throws -> [Batching] {
        let home = try #require(KafkaServer.home)
        return try await paced(
            row, server, "/usr/bin/java",
            ["-cp", "\(home)/libs/*", Build.package + "/Tests/InteropTests/Java/PacedProducer.java"]
        ).map {
            Batching(recordsPerBatch: ($0 - Self.headerByteCount) / Self.recordByteCount, recordsPerRequest: $1)
        }
    }

    private func librdkafka(_ row: Row, _ server: KafkaServer) async throws -> [Batching] {
        try await paced(
            row, server, ForeignClient.confluentKafka.executable,
            [Build.package + "/Tests/InteropTests/Python/paced_producer.py"]
        ).map { Batching(recordsPerBatch: $0, recordsPerRequest: $1) }
    }

    /// What a program prints that sends on this schedule: two figures a run.
    private func paced(
        _ row: Row, _ server: KafkaServer, _ program: String, _ arguments: [String]
    ) async throws -> [(Double, Double)] {
        let topic = "paced-\(UUID().uuidString)"
        var text = ""
        try await withClient(of: server.bootstrap) { client in
            let admin = Admin(client: client)
            try await admin.createTopics([NewTopic(name: topic, partitionCount: Int32(row.partitions))])
            text = try await ChildProcess(
                executable: program,
                arguments: arguments + [
                    topic, "\(row.perSecond)", "\(Self.seconds)", "\(Self.runs)", "100",
                    "bootstrap.servers=\(server.bootstrap)", "acks=all", "linger.ms=\(row.lingerMs)",
                ]
            ).run()
            try await admin.deleteTopics([topic])
        }
        let figures = text.split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
        try #require(figures.count == 2 * Self.runs, "\(text)")
        return (0..<Self.runs).map { (figures[2 * $0], figures[2 * $0 + 1]) }
    }

    private func weir(_ row: Row, _ server: KafkaServer) async throws -> [Batching] {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let scenario = folder.path + "/paced.yaml"
        try """
        weir: 1
        name: paced
        topic: {partitions: \(row.partitions)}
        measure: {warmup: 500 ms, for: \(Self.seconds) s, repeats: \(Self.runs)}
        experiments:
          paced:
            produce:
              value: {size: 100 B}
              load: {rate: \(row.perSecond)/s}
              producer: {acks: all, linger.ms: \(row.lingerMs)}

        """.write(toFile: scenario, atomically: true, encoding: .utf8)
        let out = folder.path + "/result.json"
        _ = try await ChildProcess(
            executable: Build.weir, arguments: ["run", scenario, "--bootstrap-servers", server.bootstrap, "--out", out]
        ).output(deadlineS: 120)
        return try RunResult(path: out).experiments[0].cells[0].repeats.map { once in
            let reconciliation = try #require(once.reconciliation)
            let batchCount = Double(reconciliation.codecsStored.values.reduce(0, +))
            let requestCount = Double(try #require(once.traffic.requestsByApi["Produce"]))
            return Batching(
                recordsPerBatch: Double(try #require(reconciliation.endOffsetDelta)) / batchCount,
                recordsPerRequest: Double(once.counts.acknowledged) / requestCount)
        }
    }
}
