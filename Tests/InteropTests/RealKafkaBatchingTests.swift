import Foundation
import Results
import Testing

/// Batches and requests of an open loop beside those of Kafka's own load generator, with Java's
/// client of 4.3.1 alone.
///
/// `kafka-producer-perf-test.sh` sleeps two to three milliseconds at a time and sends what is due
/// then at once, so that its batches close a little later than those of records that come one by
/// one. The tenth that is allowed covers that.
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
        Row(partitions: 12, perSecond: 1_000, lingerMs: 10), Row(partitions: 3, perSecond: 500, lingerMs: 25),
        Row(partitions: 48, perSecond: 1_000, lingerMs: 50),
    ]
    private static let runs = 5
    private static let seconds = 4
    /// A record of 100 bytes in a batch, and a batch's header.
    private static let (recordByteCount, headerByteCount) = (108.0, 61.0)

    private static var isRightClient: Bool {
        KafkaServer.home.map { FileManager.default.fileExists(atPath: "\($0)/libs/kafka-clients-4.3.1.jar") } ?? false
    }

    /// Timed runs, which need a quiet machine.
    private static let isAskedFor = ProcessInfo.processInfo.environment["WEIR_BATCHING"] != nil

    @Test(
        .enabled(if: isRightClient, "KAFKA_HOME is not 4.3.1"),
        .enabled(if: isAskedFor, "WEIR_BATCHING is not set"), .timeLimit(.minutes(5)), arguments: rows)
    private func batchesAndRequestsAreThoseOfJavasClient(_ row: Row) async throws {
        let server = try #require(KafkaServer.current)
        var java: [Batching] = []
        for _ in 0..<Self.runs { java.append(try await self.java(row, server)) }
        let weir = try await self.weir(row, server)
        for (what, value) in [("batch", \Batching.recordsPerBatch), ("request", \.recordsPerRequest)] {
            let (ours, theirs) = (median(weir.map { $0[keyPath: value] }), median(java.map { $0[keyPath: value] }))
            #expect(abs(ours / theirs - 1) <= 0.1, "records a \(what): Weir \(ours), Java \(theirs)")
        }
    }

    private func java(_ row: Row, _ server: KafkaServer) async throws -> Batching {
        let topic = "perf-\(UUID().uuidString)"
        _ = try await server.tool("kafka-topics.sh", "--create", "--topic", topic, "--partitions", "\(row.partitions)")
        let home = try #require(KafkaServer.home)
        let text = try await ChildProcess(
            executable: "\(home)/bin/kafka-producer-perf-test.sh",
            arguments: [
                "--topic", topic, "--num-records", "\(row.perSecond * Self.seconds)", "--record-size", "100",
                "--throughput", "\(row.perSecond)", "--print-metrics", "--producer-props",
                "bootstrap.servers=\(server.bootstrap)", "acks=all", "linger.ms=\(row.lingerMs)",
            ]
        ).run()
        _ = try await server.tool("kafka-topics.sh", "--delete", "--topic", topic)
        let batchByteCount = try metric("batch-size-avg", text)
        return Batching(
            recordsPerBatch: (batchByteCount - Self.headerByteCount) / Self.recordByteCount,
            recordsPerRequest: try metric("records-per-request-avg", text))
    }

    private func metric(_ name: String, _ text: String) throws -> Double {
        let line = text.split(separator: "\n").first { $0.hasPrefix("producer-metrics:\(name):") }
        let value = try #require(line?.split(separator: ":").last).trimmingCharacters(in: .whitespaces)
        return try #require(Double(value))
    }

    private func weir(_ row: Row, _ server: KafkaServer) async throws -> [Batching] {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let scenario = folder.path + "/paced.yaml"
        try """
        weir: 1
        name: paced
        topic: {partitions: \(row.partitions)}
        measure: {warmup: 1 s, for: \(Self.seconds) s, repeats: \(Self.runs)}
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
            let books = try #require(once.reconciliation)
            let batchCount = Double(books.codecsStored.values.reduce(0, +))
            let requestCount = Double(try #require(once.traffic.requestsByApi["Produce"]))
            return Batching(
                recordsPerBatch: Double(try #require(books.endOffsetDelta)) / batchCount,
                recordsPerRequest: Double(once.counts.acknowledged) / requestCount)
        }
    }

    private func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
}
