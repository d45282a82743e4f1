import Foundation
import Testing

/// `weir run` on an Apache Kafka whose owner lets it create and write topics, but not delete them.
@Suite(
    .serialized, .needsKafka,
    .kafkaServer(
        set: "authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        "allow.everyone.if.no.acl.found=true"), .timeLimit(.minutes(5)))
struct RealKafkaRightsTests {
    @Test func whatMayNotBeDeletedIsNamedWithTheReasonAndRemovedLater() async throws {
        let server = try #require(KafkaServer.current)
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let path = folder.path + "/scenario.yaml"
        try """
        weir: 1
        name: rights
        measure: {for: 200 ms, warmup: 0 s, repeats: 2}
        experiments:
          e: {produce: {value: {size: 10 B}, load: {concurrency: 1}, producer: {linger.ms: 0}}}

        """.write(toFile: path, atomically: true, encoding: .utf8)
        let (topics, cluster) = (["--topic", "weir-", "--resource-pattern-type", "prefixed"], ["--cluster"])
        // What has entries refuses what they do not allow: DELETE, of the topics and of all topics.
        try await acl(
            server, cluster, "Alter", "ClusterAction", "Describe", "IdempotentWrite")
        try await acl(server, topics, "Create", "Write", "Read", "DescribeConfigs")
        let output = try await weir(["run", path, "--out", folder.path + "/result.json"], server, folder)
        let topic = try #require(
            try await server.tool("kafka-topics.sh", "--list").first { $0.hasPrefix("weir-") },
            "\(output.standardOutput)\(output.standardError)")
        #expect(output.status == 0)
        let words = output.standardError.split(whereSeparator: \.isWhitespace)
        let id = String(try #require(words.lastIndex(of: "--run").map { words[$0 + 1] }, "\(output.standardError)"))
        #expect(output.standardError.contains("topic \(topic) was left behind"), "\(output.standardError)")
        #expect(output.standardError.contains("TOPIC_AUTHORIZATION_FAILED"), "\(output.standardError)")
        #expect(topic.hasPrefix("weir-\(id)-"))
        let refused = try await weir(["clean", "--run", id], server, folder)
        #expect(refused.status == 1 && refused.standardOutput.contains("TOPIC_AUTHORIZATION_FAILED"), "\(refused)")
        try await acl(server, topics, "Delete")
        let cleaned = try await weir(["clean", "--run", id], server, folder)
        #expect(cleaned.status == 0, "\(cleaned)")
        #expect(try await !server.tool("kafka-topics.sh", "--list").contains(topic))
    }

    /// Lets everybody do this with a resource.
    private func acl(
        _ server: KafkaServer, _ resource: [String], _ operations: String...
    ) async throws {
        let home = try #require(KafkaServer.home)
        let isOld = FileManager.default.fileExists(atPath: "\(home)/libs/kafka_2.13-3.9.1.jar")
        _ = try await ChildProcess(
            executable: "\(home)/bin/kafka-run-class.sh",
            arguments: [isOld ? "kafka.admin.AclCommand" : "org.apache.kafka.tools.AclCommand"]
                + ["--bootstrap-server", server.bootstrap, "--add", "--allow-principal", "User:ANONYMOUS"] + resource
                + operations.flatMap { ["--operation", $0] }
        ).run()
    }

    private func weir(
        _ words: [String], _ server: KafkaServer, _ folder: TemporaryFolder
    ) async throws -> ChildProcess.Output {
        try await ChildProcess(
            executable: "/usr/bin/env",
            arguments: ["XDG_STATE_HOME=\(folder.path)", Build.weir] + words + [
                "--bootstrap-servers", server.bootstrap,
            ]
        ).output(deadlineS: 60)
    }
}
