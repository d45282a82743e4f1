import Foundation
import Results
import Testing

/// Topics that somebody deletes, or gives more partitions, while `weir run` measures them on an
/// Apache Kafka.
@Suite(.serialized, .needsKafka, .withKafkaServer, .timeLimit(.minutes(10)))
struct RealKafkaTopicTests {
    /// Runs an experiment of far longer windows than this test has, and `change` on its topic as
    /// soon as that is there.
    private func run(
        _ experiment: String, _ change: (KafkaServer, _ topic: String) async throws -> Void
    ) async throws -> (topic: String, ChildProcess.Output, CellResult) {
        let server = try #require(KafkaServer.current)
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let (scenario, out) = (folder.path + "/topic.yaml", folder.path + "/result.json")
        let text = """
            weir: 1
            name: topic
            target: {bootstrap.servers: "\(server.bootstrap)"}
            measure: {warmup: 0 s, for: 600 s, repeats: 3}
            experiments:
              one: {\(experiment)}
            """
        try text.write(toFile: scenario, atomically: true, encoding: .utf8)
        async let ended = ChildProcess(executable: Build.weir, arguments: ["run", scenario, "--out", out])
            .output(deadlineS: 90)
        var topic: String?
        for _ in 0..<20 where topic == nil {
            topic = try await server.tool("kafka-topics.sh", "--list").first { $0.hasPrefix("weir-") }
        }
        let name = try #require(topic)
        try await change(server, name)
        let output = try await ended
        return (name, output, try RunResult(path: out).experiments[0].cells[0])
    }

    @Test(arguments: [
        "produce: {value: {size: 10 B}, load: {concurrency: 4}, producer: {linger.ms: 0}}",
        "produce: {value: {size: 10 B}, load: {concurrency: 1}, recreate: {client: 1 record}}",
        "consume: {}, topic: {preload: {records: 100 records, value: {size: 10 B}}}",
        "produce: {value: {size: 10 B}, load: {rate: 1000/s}}, consume: {}",
        "start: {consumer: {auto.offset.reset: latest}}, measure: {starts: 100000, repeats: 3}",
    ])
    func aDeletedTopicEndsItsCellAndStaysAway(experiment: String) async throws {
        let (topic, output, cell) = try await run(experiment) { server, topic in
            _ = try await server.tool("kafka-topics.sh", "--delete", "--topic", topic)
        }
        #expect(output.status == 1, "\(output.standardError.suffix(4000))")
        #expect(output.standardError.contains("topic gone: topic \(topic) was deleted while it was measured"))
        #expect(!output.standardError.contains("left behind"), "\(output.standardError.suffix(4000))")
        #expect(cell.endedEarly?.code == .topicGone && cell.verdict == .invalid)
        let server = try #require(KafkaServer.current)
        #expect(try await server.tool("kafka-topics.sh", "--list", "--exclude-internal") == [])
    }

    @Test func morePartitionsEndTheCell() async throws {
        let (topic, output, cell) = try await run("produce: {value: {size: 10 B}, load: {concurrency: 1}}") {
            _ = try await $0.tool("kafka-topics.sh", "--alter", "--topic", $1, "--partitions", "3")
        }
        #expect(output.status == 1, "\(output.standardError.suffix(4000))")
        #expect(output.standardError.contains("topic \(topic) has 3 partitions, where it had 1 before"))
        #expect(cell.endedEarly?.code == .topicGone)
        // It is still the run's own.
        let server = try #require(KafkaServer.current)
        #expect(try await server.tool("kafka-topics.sh", "--list", "--exclude-internal") == [])
    }
}
