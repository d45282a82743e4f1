import Foundation
import Testing

/// Groups of the embedded broker as admin clients see them: Python's, and Kafka's own tool.
@Suite(.timeLimit(.minutes(10))) struct GroupToolTests {
    /// Kafka's error codes for what these tests do.
    private static let groupIdNotFound = 69

    /// Two groups that have read everything of a topic of two partitions.
    private func prepare(_ broker: any InteropBroker, _ client: ForeignClient) async throws {
        let records = InteropRecord.series("groups", count: 20, hasHeaders: false)
        _ = try await client.run(
            broker,
            [
                .produce(topic: "watched", codec: "none", records: records),
                .consume(topic: "watched", count: 20, group: "one"),
                .consume(topic: "watched", count: 20, group: "two"),
            ])
    }

    @Test(arguments: ForeignClient.installed(of: [.confluentKafka, .kafkaPython(nil)]))
    func areListedDescribedAndDeletedForGood(client: ForeignClient) async throws {
        try await withBroker { broker in
            try await prepare(broker, client)
            let before = try await client.run(broker, [.groups, .deleteGroup("one"), .deleteGroup("none"), .groups])
            #expect(before[0].groups == ["one": "Empty", "two": "Empty"])
            #expect(before[1].error == 0 && before[2].error == Self.groupIdNotFound)
            #expect(before[3].groups == ["two": "Empty"])
            try await broker.crashAndStartAgain()
            #expect(try await client.run(broker, [.groups]).first?.groups == ["two": "Empty"])
        }
    }

    @Test(arguments: ForeignClient.installed(of: [.kafkaPython(nil)]))
    func offsetsAreDeleted(client: ForeignClient) async throws {
        try await withBroker { broker in
            try await prepare(broker, client)
            let answers = try await client.run(
                broker,
                (0..<2).map { .deleteOffsets(group: "one", topic: "watched", partition: $0) } + [
                    .deleteOffsets(group: "two", topic: "watched", partition: 7),
                    .consume(topic: "watched", count: 20, group: "one"), .groups,
                ])
            #expect(answers.prefix(2).map(\.error) == [0, 0])
            #expect(answers[2].error == 3)
            #expect(answers[3].records?.count == 20, "without commits it begins at the start again")
            #expect(answers[4].groups?.keys.sorted() == ["one", "two"])
        }
    }

    @Test(.needsKafka) func kafkasOwnToolLooksAfterThem() async throws {
        try await withBroker { broker in
            try await prepare(broker, .kcat)
            #expect(try await tool(broker, "--list").split(separator: "\n").sorted() == ["one", "two"])
            let rows = self.rows(try await tool(broker, "--describe", "--all-groups"))
            for group in ["one", "two"] {
                for partition in 0..<2 { #expect(rows.contains("\(group) watched \(partition) 10 10 0"), "\(rows)") }
            }
            let states = try await tool(broker, "--describe", "--all-groups", "--state")
            #expect(states.contains("Empty"), "\(states)")
            _ = try await tool(broker, "--delete-offsets", "--group", "one", "--topic", "watched:1")
            let left = self.rows(try await tool(broker, "--describe", "--group", "one"))
            #expect(left.contains("one watched 0 10 10 0") && !left.contains("one watched 1 10 10 0"), "\(left)")
            let deleted = try await tool(broker, "--delete", "--group", "one")
            #expect(deleted.contains("Deletion of requested consumer groups ('one') was successful."), "\(deleted)")
            #expect(try await tool(broker, "--list").split(separator: "\n") == ["two"])
        }
    }

    /// Group, topic, partition, where it stands, where the log ends, and the lag.
    private func rows(_ table: String) -> [String] {
        table.split(separator: "\n").map { $0.split(separator: " ").prefix(6).joined(separator: " ") }
    }

    private func tool(_ broker: any InteropBroker, _ arguments: String...) async throws -> String {
        let home = try #require(KafkaServer.home)
        return try await ChildProcess(
            executable: "\(home)/bin/kafka-consumer-groups.sh",
            arguments: ["--bootstrap-server", broker.bootstrap] + arguments
        ).run()
    }
}
