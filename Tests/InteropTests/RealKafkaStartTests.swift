import Foundation
import KafkaClient
import KafkaProtocol
import Networking
import Results
import Synchronization
import Testing

/// Consumers on somebody's topics, in an Apache Kafka: transactions in the log, commits below the
/// log, and other writers.
@Suite(.serialized, .needsKafka, .withKafkaServer, .timeLimit(.minutes(10))) struct RealKafkaStartTests {
    private func run(_ scenario: String, status: Int32 = 0) async throws -> (ChildProcess.Output, RunResult) {
        let server = try #require(KafkaServer.current)
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let file = folder.path + "/scenario.yaml"
        try "weir: 1\nname: starts\n\(scenario)".write(toFile: file, atomically: true, encoding: .utf8)
        let out = folder.path + "/result.json"
        let output = try await ChildProcess(
            executable: Build.weir, arguments: ["run", file, "--bootstrap-servers", server.bootstrap, "--out", out]
        ).output(deadlineS: 60)
        #expect(output.status == status, "\(output.standardError.suffix(4000))")
        return (output, try RunResult(path: out))
    }

    private func transact() async throws {
        let server = try #require(KafkaServer.current)
        _ = try await ChildProcess(
            executable: ForeignClient.confluentKafka.executable,
            arguments: [Build.package + "/Tests/InteropTests/Python/transactions.py", server.bootstrap]
        ).run()
    }

    /// Neither a marker nor an open or aborted transaction may hold up a reader that ends at the
    /// log's end.
    @Test(.enabled(if: Build.isCI || ForeignClient.confluentKafka.isAvailable, "confluent-kafka is not installed"))
    func transactionsHoldUpNoEnd() async throws {
        try await transact()
        let (_, caughtUp) = try await run(
            """
            measure: {starts: 3, repeats: 1}
            experiments:
              start:
                start: {until: caught up, consumer: {auto.offset.reset: earliest, isolation.level: {each: [read_uncommitted, read_committed]}}}
                topic: {existing: {each: [tx-committed, tx-aborted, tx-open, tx-abortedonly, tx-openonly]}}
            """)
        // Offsets, markers among them, up to the high watermark and, under read_committed, the last
        // stable offset; three starts each.
        let unread: [Int64] = [302, 271, 352, 51, 30] + [302, 271, 312, 51, 0]
        let cells = caughtUp.experiments[0].cells
        #expect(cells.map { $0.repeats[0].starts?.totals.unread } == unread.map { 3 * $0 })
        #expect(cells.allSatisfy { $0.repeats[0].latency(.caughtUp)?.count == 3 })
        // Where all records are aborted, five seconds passed without an error.
        #expect(cells.allSatisfy { $0.repeats[0].latency(.caughtUp)?.maxNs ?? .max < 4_000_000_000 })
        #expect(cells.allSatisfy { $0.repeats[0].windowNs < 12_000_000_000 })
        let (_, passes) = try await run(
            """
            measure: {warmup: 0 s, for: 300 ms, repeats: 1}
            experiments:
              read:
                consume: {consumer: {isolation.level: {each: [read_uncommitted, read_committed]}}}
                topic: {existing: {each: [tx-committed, tx-aborted, tx-open]}}
            """)
        for cell in passes.experiments[0].cells { #expect(cell.repeats[0].counts.passes ?? 0 > 0, "\(cell.axes)") }
        let (failed, _) = try await run(
            """
            measure: {starts: 3, repeats: 1}
            experiments:
              start:
                start: {until: first record, consumer: {auto.offset.reset: earliest, isolation.level: read_committed}}
                topic: {existing: tx-abortedonly}
            """, status: 1)
        #expect(failed.standardOutput.contains("every partition was read to its end, and no record came"))
    }

    @Test func aCommitBelowTheLogOnSomePartitionsOnly() async throws {
        let server = try #require(KafkaServer.current)
        try await withProducer { client, producer in
            try await Admin(client: client).createTopics([NewTopic(name: "cut", partitionCount: 2)])
            for number in 0..<2_000 {
                let partition = Int32(number % 2)
                producer.enqueueSoon(ProducerRecord(topic: "cut", partition: partition, value: [1, 2, 3]))
            }
            try await producer.settle()
            let cut = TopicPartition(topic: "cut", partition: 0)
            _ = try await Admin(client: client).deleteRecords(before: [cut: 700])
        }
        #expect(try await server.tool("kafka-get-offsets.sh", "--topic", "cut").count == 2)
        let (output, result) = try await run(
            """
            measure: {starts: 5, repeats: 1}
            experiments:
              start:
                topic: {existing: cut}
                start:
                  until: {each: [ready, first record, caught up]}
                  committed: {at: 500}
                  consumer: {auto.offset.reset: {each: [earliest, latest, none]}}
            """)
        let begun: [[Int64?]] = [[700, 500], [1000, 500], [nil, 500]]
        let cells = result.experiments[0].cells
        #expect(cells.map { $0.repeats[0].starts?.partitions.map { $0.observed[4] } } == begun + begun + begun)
        #expect(cells.allSatisfy { $0.repeats[0].isValid })
        #expect(cells.map { $0.repeats[0].starts?.totals.lost } == [1000, 1000, 0] * 3)
        #expect(output.standardOutput.contains("refuses, as it should: OFFSET_OUT_OF_RANGE"))
        #expect(output.standardOutput.contains("in offsets"))
    }

    /// Each policy in each state of the group, on the embedded broker and here: the same offsets,
    /// replays, skips and losses. Records are an hour apart, from 19 h ago to now, the first five of
    /// each partition gone.
    @Test func everyPolicyBeginsWhereItDoesOnTheEmbeddedBroker() async throws {
        let scenario = """
            weir: 1
            name: policies
            topic: {partitions: 2, preload: {records: 40 records, value: {size: 10 B}, over: 20 h}, trim: 5 records}
            measure: {starts: 2, repeats: 1, foreign: 100 %}
            experiments:
              start:
                start:
                  until: ready
                  committed: {each: [none, {behind: 5 records}, {behind: 150 min}, below start, above end, expired]}
                cases:
                  earliest: {start: {consumer: {auto.offset.reset: earliest}}}
                  latest: {start: {consumer: {auto.offset.reset: latest}}}
                  none: {start: {consumer: {auto.offset.reset: none}}}
                  duration: {start: {consumer: {auto.offset.reset: "by_duration:PT5H30M"}}}
                  again: {start: {reset: on start, consumer: {auto.offset.reset: earliest}}}
                  ago: {start: {at: {ago: 330 min}}}
                  offset: {start: {at: {offset: 7}}}
                  last: {start: {at: {last: 10 records}}}
            """
        let server = try #require(KafkaServer.current)
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let file = folder.path + "/policies.yaml"
        try scenario.write(toFile: file, atomically: true, encoding: .utf8)
        var found: [[String]] = []
        for target in [[], ["--bootstrap-servers", server.bootstrap]] {
            let out = folder.path + "/result\(target.count).json"
            let output = try await ChildProcess(
                executable: Build.weir, arguments: ["run", file, "--out", out] + target
            ).output(deadlineS: 180)
            #expect(output.status == 0, "\(output.standardError.suffix(4000))")
            found.append(
                try RunResult(path: out).experiments[0].cells.map { cell in
                    let starts = cell.repeats[0].starts
                    let totals = starts?.totals ?? StartTotals()
                    let sums = [totals.replayed, totals.skipped, totals.lost, totals.unread]
                    let refusals = starts?.refusals.map(\.error) ?? []
                    return
                        "\(cell.axes.map(\.value)) \(starts?.partitions.map { $0.observed } ?? []) \(sums) \(refusals)"
                })
        }
        #expect(found[0].count == 48)
        for (embedded, real) in zip(found[0], found[1]) { #expect(embedded == real) }
    }

    @Test func whoeverElseWritesMakesNoStartWrong() async throws {
        try await withProducer { client, producer in
            try await Admin(client: client).createTopics([NewTopic(name: "busy", partitionCount: 3)])
            let writer = Task { [producer] in
                while !Task.isCancelled {
                    for partition in 0..<3 {
                        producer.enqueueSoon(ProducerRecord(topic: "busy", partition: Int32(partition), value: [1]))
                    }
                    try await producer.settle()
                }
            }
            do {
                let (output, result) = try await run(
                    """
                    measure: {starts: 20, repeats: 2}
                    experiments:
                      start:
                        topic: {existing: busy}
                        start: {until: ready, consumer: {auto.offset.reset: latest}}
                    """)
                let starts = result.experiments[0].cells[0].repeats.compactMap(\.starts)
                #expect(starts.map(\.wrongCount) == [0, 0])
                #expect(starts.flatMap(\.partitions).map(\.widest).max() ?? 0 > 0)
                #expect(output.standardOutput.contains("ends moved"))
            } catch {
                writer.cancel()
                throw error
            }
            writer.cancel()
            _ = await writer.result
        }
    }

    /// Runs `body` with a client of the server, on a loop of its own, and somebody else's producer.
    private func withProducer(_ body: (Client, OtherProducer) async throws -> Void) async throws {
        let server = try #require(KafkaServer.current)
        let loop = try EventLoop(name: "others")
        let client = Client(
            configuration: try ClientConfiguration(properties: ["bootstrap.servers": server.bootstrap]), loop: loop)
        let producer = OtherProducer(client)
        let outcome: Result<Void, any Error>
        do {
            try await body(client, producer)
            outcome = .success(())
        } catch {
            outcome = .failure(error)
        }
        await client.close()
        await loop.stop()
        try outcome.get()
    }
}

/// Sends many records at a time.
private final class OtherProducer: Sendable {
    private let producer: Producer
    private let waiting = Mutex<[ProducerRecord]>([])

    init(_ client: Client) { producer = Producer(client: client) }

    func enqueueSoon(_ record: ProducerRecord) { waiting.withLock { $0.append(record) } }

    /// Sends what was enqueued, and waits until it is acknowledged.
    func settle() async throws {
        let records = waiting.withLock { records in
            defer { records = [] }
            return records
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for record in records { group.addTask { [producer] in _ = try await producer.send(record) } }
            try await group.waitForAll()
        }
    }
}

private func * (list: [Int64?], times: Int) -> [Int64?] { Array(repeating: list, count: times).flatMap { $0 } }
