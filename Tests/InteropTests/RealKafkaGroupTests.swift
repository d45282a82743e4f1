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
    static let kinds: [[String: String]] = [
        ["partition.assignment.strategy": "range"], ["partition.assignment.strategy": "cooperative-sticky"],
        ["group.protocol": "consumer"],
    ]

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

    /// Two to eight members join, leave and die, while records come.
    @Test(arguments: kinds) func nothingIsLostAndNothingReadAfterItsCommit(_ kind: [String: String]) async throws {
        let server = try #require(KafkaServer.current)
        let loop = try EventLoop(name: "members")
        let name = "group-" + kind.values.sorted().joined()
        try await withClient(of: server.bootstrap) { client in
            try await Admin(client: client).createTopics([NewTopic(name: name, partitionCount: 8)])
            let ledger = GroupLedger()
            func join(_ number: Int) throws -> GroupRunMember {
                try GroupRunMember(
                    "m\(number)", of: server.bootstrap, on: loop, topic: name, properties(kind, group: name), ledger)
            }
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
        await loop.stop()
    }
}
