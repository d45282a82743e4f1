import KafkaClient
import Networking
import Testing

extension Snippet {
    /// The broker is killed and comes back twice, each time within the delivery timeout: the client
    /// sees to all of it.
    static func shortOutages(_ broker: any InteropBroker) async throws {
        let run = try await RecoveryRun(broker, topic: "short-outages")
        for _ in 0..<2 {
            try await run.waitForProgress()
            try await broker.crashAndStartAgain()
        }
        try await run.waitForProgress()
        try run.process.enter()
        let counts = try await run.counts()
        #expect(counts["lost"] == 0 && counts["duplicates"] == 0)
        #expect(counts["failed and sent again"] == 0 && counts["failed and reported"] == 0)
        #expect(counts["consumed"] == counts["acknowledged"])
        #expect(try await run.storedCount() == counts["acknowledged"])
    }

    /// The broker stays away for longer than the producer tries: first until records have been sent
    /// again, then beyond the end of the run, so that what is under way then can only be reported.
    static func longOutages(_ broker: any InteropBroker) async throws {
        let run = try await RecoveryRun(broker, topic: "long-outages", deliveryTimeoutMs: 1_000)
        try await run.waitForProgress()
        await broker.crash()
        try await run.waitForLine("failed, sending again: ")
        try await broker.startAgain()
        try await run.waitForProgress()
        await broker.crash()
        try await run.waitForLine("failed, sending again: ")
        try run.process.enter()
        try await run.waitForLine("failed, not sent again: ")
        try await broker.startAgain()
        let counts = try await run.counts()
        let consumed = try #require(counts["consumed"])
        let acknowledged = try #require(counts["acknowledged"])
        let (again, reported) = (counts["failed and sent again"] ?? 0, counts["failed and reported"] ?? 0)
        let duplicates = try #require(counts["duplicates"])
        #expect(counts["lost"] == 0)
        #expect(again >= 2 && reported >= 1)
        // Only what was not acknowledged can be there twice, or be there without having been
        // acknowledged.
        #expect(duplicates <= again)
        #expect(acknowledged...(acknowledged + reported) ~= consumed)
        #expect(try await run.storedCount() == consumed + duplicates)
    }
}

/// The snippet under way, on a topic of its own.
private final class RecoveryRun {
    let process: LiveProcess
    private let broker: any InteropBroker
    private let topic: String

    init(_ broker: any InteropBroker, topic: String, deliveryTimeoutMs: Int? = nil) async throws {
        self.broker = broker
        self.topic = topic
        try await withClient(of: broker.bootstrap) { client in
            try await Admin(client: client).createTopics([NewTopic(name: topic, partitionCount: 2)])
        }
        process = try LiveProcess(
            Snippet.brokerRecovery.executable,
            [broker.bootstrap, topic] + (deliveryTimeoutMs.map { ["\($0)"] } ?? []))
    }

    /// Waits for more to be acknowledged and consumed than the log holds now, so that it must have
    /// come after this call.
    func waitForProgress() async throws {
        let stored = try await storedCount()
        try await process.next { line -> Void? in
            let words = line.split(separator: " ")
            guard line.hasPrefix("so far acknowledged "), words.count == 6, let acknowledged = Int(words[3].dropLast()),
                let consumed = Int(words[5])
            else { return nil }
            return acknowledged > stored && consumed > stored ? () : nil
        }
    }

    func waitForLine(_ prefix: String) async throws {
        try await process.next { $0.hasPrefix(prefix) ? () : nil }
    }

    /// The records that the broker has.
    func storedCount() async throws -> Int {
        var count: Int64 = 0
        try await withClient(of: broker.bootstrap) { client in
            let partitions = try await client.partitions(of: topic)
            count = try await Admin(client: client).listOffsets(partitions, at: .latest).values.reduce(0, +)
        }
        return Int(count)
    }

    /// What it counted, once it has ended.
    func counts() async throws -> [String: Int] {
        var counts: [String: Int] = [:]
        for line in try await process.end() {
            guard let space = line.lastIndex(of: " "), let count = Int(line[line.index(after: space)...]) else {
                continue
            }
            counts[String(line[..<space])] = count
        }
        return counts
    }
}
