import Foundation
import Testing

/// Java's consumers and Kafka's own tool, with groups that the embedded broker coordinates.
@Suite(.needsKafka, .timeLimit(.minutes(10))) struct JavaGroupTests {
    private func run(_ script: String, _ arguments: [String]) async throws -> String {
        let home = try #require(KafkaServer.home)
        let output = try await ChildProcess(executable: "\(home)/bin/\(script)", arguments: arguments).output()
        return output.standardOutput + output.standardError
    }

    private func tool(_ broker: any InteropBroker, _ arguments: String...) async throws -> String {
        try await run("kafka-consumer-groups.sh", ["--bootstrap-server", broker.bootstrap, "--group", "g"] + arguments)
    }

    /// Ten records for each of two partitions.
    private func produce(_ broker: any InteropBroker) async throws {
        let records = InteropRecord.series("java", count: 20, hasHeaders: false)
        _ = try await ForeignClient.kcat.run(broker, [.produce(topic: "shared", codec: "none", records: records)])
    }

    /// Group, topic, partition, where it stands, where the log ends, and the lag.
    private func rows(_ broker: any InteropBroker) async throws -> [String] {
        try await tool(broker, "--describe").split(separator: "\n")
            .map { $0.split(separator: " ").prefix(6).joined(separator: " ") }
    }

    @Test func consumersGoOnWhereTheLastLeftOff() async throws {
        try await withBroker { broker in
            try await produce(broker)
            let common = ["--bootstrap-server", broker.bootstrap, "--topic", "shared", "--group", "g"]
            let patience = ["--from-beginning", "--max-messages", "20", "--timeout-ms", "60000"]
            let read = try await run("kafka-console-consumer.sh", common + patience)
            #expect(read.split(separator: "\n").count { $0.hasPrefix("java-") } == 20, "\(read)")
            #expect(try await rows(broker).contains("g shared 1 10 10 0"))
            try await produce(broker)
            let perf = ["--messages", "20", "--timeout", "60000"]
            let counted = try await run("kafka-consumer-perf-test.sh", common + perf)
            #expect(counted.contains(", 20, "), "\(counted)")
            let left = try await rows(broker)
            #expect(left.contains("g shared 0 20 20 0") && left.contains("g shared 1 20 20 0"), "\(left)")
        }
    }

    @Test func theToolSeesMembersAndLeavesTheirGroupAlone() async throws {
        try await withBroker { broker in
            try await produce(broker)
            let script = Build.package + "/Tests/InteropTests/Python/members.py"
            let member = try LiveProcess(
                ForeignClient.confluentKafka.executable, [script, broker.bootstrap, "confluent-kafka", "g", "shared"])
            for _ in 0..<20 { try await member.next { $0.hasPrefix("read ") ? () : nil } }
            let members = try await tool(broker, "--describe", "--members")
            #expect(members.contains("/127.0.0.1") && members.contains("rdkafka"), "\(members)")
            #expect(try await tool(broker, "--describe", "--state").contains("Stable"))
            let arguments = ["--topic", "shared", "--to-earliest", "--execute"]
            let kept = try await reset(broker, arguments)
            #expect(kept.contains("inactive"), "\(kept)")
            let refused = try await tool(broker, "--delete")
            #expect(refused.contains("GroupNotEmptyException"), "\(refused)")
            try member.enter()
            _ = try await member.end()
            _ = try await reset(broker, arguments)
            let moved = try await rows(broker)
            #expect(moved.contains("g shared 0 0 10 10") && moved.contains("g shared 1 0 10 10"), "\(moved)")
            #expect(try await tool(broker, "--delete").contains("was successful"))
        }
    }

    private func reset(_ broker: any InteropBroker, _ arguments: [String]) async throws -> String {
        try await run(
            "kafka-consumer-groups.sh",
            ["--bootstrap-server", broker.bootstrap, "--group", "g", "--reset-offsets"] + arguments)
    }
}
