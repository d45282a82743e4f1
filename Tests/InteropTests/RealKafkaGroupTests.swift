import KafkaClient
import KafkaProtocol
import Networking
import Testing

/// Members of groups against an Apache Kafka, alone and beside those of other clients.
@Suite(
    .serialized, .needsKafka,
    .kafkaServer(set: "group.initial.rebalance.delay.ms=0", "group.min.session.timeout.ms=500"),
    .timeLimit(.minutes(10)))
struct RealKafkaGroupTests {
    static let kinds: [[String: String]] =
        [["partition.assignment.strategy": "range"], ["partition.assignment.strategy": "cooperative-sticky"]]
        + (KafkaServer.hasConsumerGroups ? [["group.protocol": "consumer"]] : [])

    private func properties(_ kind: [String: String], group: String) -> [String: String] {
        var properties = kind.merging(["group.id": group]) { $1 }
        if kind["group.protocol"] == nil {
            properties["session.timeout.ms"] = "1500"
            properties["heartbeat.interval.ms"] = "200"
        }
        return properties
    }

    private func produce(_ count: Int, to topic: String, _ client: Client) async throws {
        let producer = Producer(client: client)
        for number in 0..<count {
            let record = ProducerRecord(topic: topic, partition: Int32(number % 8), value: [UInt8(number % 256)])
            _ = try await producer.send(record)
        }
        _ = await producer.close()
    }

    /// Runs `body` with a topic, the ledger of its group, and what makes another member of it.
    private func withGroup(
        _ name: String, _ properties: [String: String], partitionCount: Int32 = 8,
        _ body: (Client, GroupLedger, _ join: (Int) throws -> GroupRunMember) async throws -> Void
    ) async throws {
        let server = try #require(KafkaServer.current)
        let loop = try EventLoop(name: "members")
        try await withClient(of: server.bootstrap) { client in
            try await Admin(client: client).createTopics([NewTopic(name: name, partitionCount: partitionCount)])
            let ledger = GroupLedger()
            try await body(client, ledger) { number in
                try GroupRunMember(
                    "m\(number)", of: server.bootstrap, on: loop, topic: name, properties, ledger)
            }
        }
        await loop.stop()
    }

    /// Two to eight members join, leave and die, while records come.
    @Test(arguments: kinds) func nothingIsLostAndNothingReadAfterItsCommit(_ kind: [String: String]) async throws {
        let name = "group-" + kind.values.sorted().joined()
        try await withGroup(name, properties(kind, group: name)) { client, ledger, join in
            var members = [try join(0), try join(1)]
            try await produce(80, to: name, client)
            try await wait("two members read") { ledger.readCount == 80 }
            for number in 2..<8 { members.append(try join(number)) }
            try await produce(160, to: name, client)
            try await wait("eight members read") { ledger.readCount == 240 }
            // Nobody has died yet: what was read is committed before others read on.
            #expect(ledger.repeatedCount == 0)
            try await members.removeFirst().stop()
            try await members.removeLast().stop()
            try await produce(80, to: name, client)
            try await wait("six members read") { ledger.readCount == 320 }
            #expect(ledger.repeatedCount == 0)
            if kind["group.protocol"] == nil { await members.removeFirst().die() }
            try await produce(80, to: name, client)
            try await wait("the living read") { ledger.readCount == 400 }
            for member in members { try await member.stop() }
            #expect(ledger.violations == [])
            #expect(ledger.committedOffsets.values.reduce(0, +) == 400)
            let partitions = (0..<8).map { TopicPartition(topic: name, partition: $0) }
            let committed = try await Admin(client: client).committed(group: name, partitions: partitions)
            #expect(committed == ledger.committedOffsets)
            try await wait("nobody is left") { try await Admin(client: client).occupancy(of: name) == .empty }
        }
    }

    /// Beside Kafka's own consumers, by each protocol and assignor.
    @Test(arguments: kinds) func mixedGroupsShareAsOthersDo(_ kind: [String: String]) async throws {
        let server = try #require(KafkaServer.current)
        let home = try #require(KafkaServer.home)
        let name = "mixed-" + kind.values.sorted().joined()
        try await withGroup(name, properties(kind, group: name)) { client, ledger, join in
            func joinJava() throws -> JavaMember {
                try JavaMember(home, javaArguments(kind, server.bootstrap, name), ledger)
            }
            // Whoever comes first leads: once Kafka's, once this one.
            var java = [try joinJava()]
            try await wait("Kafka's has all") { java[0].partitions.count == 8 }
            var members = [try join(0), try join(1)]
            try await produce(80, to: name, client)
            try await wait("both kinds have some") {
                try await owned(members) == 8 - java[0].partitions.count && !java[0].partitions.isEmpty
            }
            try await wait("both kinds read") { ledger.readCount == 80 }
            try await java.removeFirst().stop()
            try await wait("what it had is shared") { try await owned(members) == 8 }
            try await produce(80, to: name, client)
            try await wait("the others read") { ledger.readCount == 160 }
            java.append(try joinJava())
            try await wait("it comes back") { !java[0].partitions.isEmpty }
            try await members.removeFirst().stop()
            try await produce(80, to: name, client)
            try await wait("all is read") { ledger.readCount == 240 }
            try await java.removeFirst().stop()
            for member in members { try await member.stop() }
            #expect(ledger.violations == [])
            #expect(ledger.repeatedCount == 0)
        }
    }

    private func owned(_ members: [GroupRunMember]) async throws -> Int {
        var count = 0
        for member in members { count += await member.consumer.positions().count }
        return count
    }

    private func javaArguments(_ kind: [String: String], _ bootstrap: String, _ name: String) -> [String] {
        let common = [
            "--bootstrap-server", bootstrap, "--topic", name, "--group-id", name, "--reset-policy", "earliest",
        ]
        switch kind["partition.assignment.strategy"] {
        case nil: return common + ["--group-protocol", "consumer"]
        case "range": return common + ["--assignment-strategy", "org.apache.kafka.clients.consumer.RangeAssignor"]
        default:
            return common + [
                "--assignment-strategy", "org.apache.kafka.clients.consumer.CooperativeStickyAssignor",
            ]
        }
    }

    @Test(arguments: ["range", "cooperative-sticky"]) func manyMembersOwnManyPartitions(_ strategy: String) async throws
    {
        let name = "many-\(strategy)"
        let properties = [
            "partition.assignment.strategy": strategy, "group.id": name, "heartbeat.interval.ms": "500",
        ]
        try await withGroup(name, properties, partitionCount: 256) { client, _, join in
            let members = try (0..<64).map(join)
            try await wait("everybody has four") {
                var all: Set<TopicPartition> = []
                for member in members {
                    let positions = await member.consumer.positions()
                    guard positions.count == 4 else { return false }
                    all.formUnion(positions.keys)
                }
                return all.count == 256
            }
            for member in members { try await member.stop() }
            #expect(try await Admin(client: client).occupancy(of: name) == .empty)
        }
    }
}
