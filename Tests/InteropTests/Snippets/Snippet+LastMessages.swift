import Foundation
import KafkaClient
import Networking
import Testing

extension Snippet {
    /// A topic, how much of it is asked for, and what must come, in order.
    private struct Tail {
        /// The records of each partition: how old each is in seconds.
        let ages: [[Int64]]
        /// What is deleted before the question, where something is.
        var trims: [Int32: Int64] = [:]
        let count: Int
        let expected: [PrintedRecord]
    }

    private static let tails: [String: Tail] = [
        "last-normal": Tail(
            ages: [[9, 8, 7, 6, 5]], count: 3,
            expected: [.init(0, 2, "7 s"), .init(0, 3, "6 s"), .init(0, 4, "5 s")]),
        "last-trimmed": Tail(
            ages: [[9, 8, 7, 6, 5]], trims: [0: 3], count: 4, expected: [.init(0, 3, "6 s"), .init(0, 4, "5 s")]),
        "last-trimmed-away": Tail(ages: [[9, 8, 7], [6]], trims: [0: 3, 1: 1], count: 4, expected: []),
        "last-fewer": Tail(ages: [[9], [8]], count: 50, expected: [.init(0, 0, "9 s"), .init(1, 0, "8 s")]),
        "last-empty": Tail(ages: [[], []], count: 4, expected: []),
        // A share of two for each partition would miss three of the five.
        "last-uneven": Tail(
            ages: [[40, 22], [39, 25, 24, 23, 21, 20], []], count: 5,
            expected: [
                .init(1, 2, "24 s"), .init(1, 3, "23 s"), .init(0, 1, "22 s"), .init(1, 4, "21 s"), .init(1, 5, "20 s"),
            ]),
    ]

    static func lastMessages(_ broker: any InteropBroker) async throws {
        try await withClient(of: broker.bootstrap) { client in
            let admin = Admin(client: client)
            try await admin.createTopics(
                tails.map { NewTopic(name: $0.key, partitionCount: Int32($0.value.ages.count)) })
            let producer = Producer(client: client)
            for (topic, tail) in tails { try await fill(topic, tail, producer, admin) }
            _ = await producer.close()
            for (topic, tail) in tails {
                let lines = try await Snippet.lastMessages.lines([broker.bootstrap, topic, "\(tail.count)"])
                #expect(lines.last == "\(tail.expected.count) of the \(tail.count) asked for", "\(topic)")
                #expect(lines.dropLast().map { PrintedRecord($0, topic) } == tail.expected, "\(topic)")
            }
        }
    }

    private static func fill(_ topic: String, _ tail: Tail, _ producer: Producer, _ admin: Admin) async throws {
        let nowMs = Int64(Date().timeIntervalSince1970 * 1_000)
        for (partition, ages) in tail.ages.enumerated() {
            for age in ages {
                _ = try await producer.send(
                    "\(age) s", to: topic, partition: Int32(partition), timestampMs: nowMs - age * 1_000)
            }
        }
        guard !tail.trims.isEmpty else { return }
        let offsets = tail.trims.map { (TopicPartition(topic: topic, partition: $0.key), $0.value) }
        _ = try await admin.deleteRecords(before: Dictionary(uniqueKeysWithValues: offsets))
    }

    /// Half of the offsets are markers, so that the last n offsets hold fewer than n records.
    static func lastMessagesOfTransactions(_ server: KafkaServer) async throws {
        let home = try #require(KafkaServer.home)
        let (topic, count) = ("last-transactions", 12)
        _ = try await ChildProcess(
            executable: home + "/bin/kafka-producer-perf-test.sh",
            arguments: [
                "--topic", topic, "--num-records", "20", "--record-size", "8", "--throughput", "20",
                "--transaction-duration-ms", "1", "--producer-props", "bootstrap.servers=\(server.bootstrap)",
            ]
        ).run()
        let lines = try await Snippet.lastMessages.lines([server.bootstrap, topic, "\(count)"])
        let records = lines.compactMap { PrintedRecord($0, topic) }
        #expect(lines.last == "\(count) of the \(count) asked for")
        #expect(records.count == count)
        let (first, last) = (try #require(records.first), try #require(records.last))
        #expect(last.offset - first.offset >= Int64(count), "there are no markers: this shows nothing")
    }
}
