import KafkaProtocol
import Networking
import Synchronization
import Testing

@testable import KafkaClient

/// A consumer's assignment changes while it runs, and what stays in it notices nothing.
@Suite(.timeLimit(.minutes(1))) struct AssignmentTests {
    private static let partitions = (0..<3).map { TopicPartition(topic: "t", partition: $0) }

    /// A topic of three partitions of ten records each, and a consumer of the first, which has
    /// started.
    private func run(
        _ properties: [String: String] = [:],
        _ body: @Sendable (Consumer, TestCluster) async throws -> Void
    ) async throws {
        try await TestCluster.run(["num.partitions": "3"]) { cluster in
            let filler = try cluster.client()
            let producer = Producer(client: filler)
            for partition in Self.partitions {
                _ = try await producer.send((0..<10).map { "\($0)" }, to: "t", partition: partition.partition)
            }
            _ = await producer.close()
            try await Admin(client: filler).commit(group: "g", offsets: [Self.partitions[0]: 0, Self.partitions[1]: 6])
            let client = try cluster.client()
            let standard = ["auto.offset.reset": "earliest", "fetch.max.wait.ms": "20"]
            let consumer = Consumer(
                client: client,
                configuration: try ConsumerConfiguration(properties: standard.merging(properties) { $1 }),
                assignment: .partitions([Self.partitions[0]]))
            _ = try await consumer.start()
            try await body(consumer, cluster)
            await consumer.stop()
            await client.close()
            await filler.close()
        }
    }

    @Test func whatIsAddedStartsByTheRulesAndTheRestGoesOn() async throws {
        try await run(["group.id": "g", "max.poll.records": "3"]) { consumer, _ in
            var first = try await consumer.poll(timeoutMs: 10_000)
            #expect(first.map(\.offset) == [0, 1, 2])
            let asked = await consumer.requestCounts()
            let starts = try await consumer.assign(added: [Self.partitions[1], Self.partitions[2]])
            #expect(starts == [Self.partitions[1]: 6, Self.partitions[2]: 0])
            let now = await consumer.requestCounts()
            // One question each for those added; metadata and coordinator were known.
            for api in [ApiKey.offsetFetch, .listOffsets] { #expect(now[api] == asked[api]! + 1, "\(api)") }
            for api in [ApiKey.metadata, .findCoordinator] { #expect(now[api] == asked[api], "\(api)") }
            let rest = try await consumer.take(21)
            first += rest.filter { $0.topicPartition == Self.partitions[0] }
            // What was received is neither lost nor fetched again.
            #expect(first.map(\.offset) == Array(0..<10))
            #expect(rest.filter { $0.topicPartition == Self.partitions[1] }.map(\.offset) == [6, 7, 8, 9])
            #expect(rest.filter { $0.topicPartition == Self.partitions[2] }.map(\.offset) == Array(0..<10))
            #expect(
                await consumer.positions() == [
                    Self.partitions[0]: 10, Self.partitions[1]: 10, Self.partitions[2]: 10,
                ])
        }
    }

    @Test func whatIsRemovedIsDroppedAndMayComeBack() async throws {
        try await run(["max.poll.records": "3"]) { consumer, _ in
            try await consumer.assign(added: [Self.partitions[1]])
            var offsets: [TopicPartition: [Int64]] = [:]
            while offsets[Self.partitions[1]] == nil {
                for record in try await consumer.poll(timeoutMs: 10_000) {
                    offsets[record.topicPartition, default: []].append(record.offset)
                }
            }
            try await consumer.assign(removed: [Self.partitions[1]])
            #expect(await consumer.position(of: Self.partitions[1]) == nil)
            while offsets[Self.partitions[0]]?.last != 9 {
                for record in try await consumer.poll(timeoutMs: 10_000) {
                    offsets[record.topicPartition, default: []].append(record.offset)
                }
            }
            #expect(offsets[Self.partitions[0]] == Array(0..<10))
            #expect(offsets[Self.partitions[1]]!.count <= 3)
            // Without a group it begins where the policy says.
            #expect(try await consumer.assign(added: [Self.partitions[1]]) == [Self.partitions[1]: 0])
            #expect(try await consumer.take(10).map(\.offset) == Array(0..<10))
            #expect(await consumer.positions() == [Self.partitions[0]: 10, Self.partitions[1]: 10])
        }
    }

    @Test func whatCannotBeStartedIsNotAddedAndTheRestGoesOn() async throws {
        try await run(["group.id": "g", "auto.offset.reset": "none"]) { consumer, _ in
            let error = await #expect(throws: ClientError.self) {
                try await consumer.assign(added: [Self.partitions[1], Self.partitions[2]])
            }
            #expect(error?.code == .noOffset && error?.topicPartition == Self.partitions[2])
            #expect(await consumer.positions().keys.sorted() == [Self.partitions[0]])
            #expect(try await consumer.take(10).map(\.offset) == Array(0..<10))
            let starts = try await consumer.assign(added: [Self.partitions[1]])
            #expect(starts == [Self.partitions[1]: 6])
            #expect(try await consumer.take(4).map(\.offset) == [6, 7, 8, 9])
        }
    }

    @Test func aChangeThatCannotBeChangesNothing() async throws {
        try await run { consumer, cluster in
            let missing = TopicPartition(topic: "t", partition: 7)
            let changes: [(added: [TopicPartition], removed: [TopicPartition], words: String)] = [
                ([Self.partitions[0]], [], "assigned already, t-0"),
                ([Self.partitions[1], Self.partitions[1]], [], "assigned twice, t-1"),
                ([], [Self.partitions[1]], "not assigned, t-1"), ([missing], [], "the topic has 3 partitions, t-7"),
            ]
            for change in changes {
                let error = await #expect(throws: ClientError.self) {
                    try await consumer.assign(added: change.added, removed: change.removed)
                }
                #expect(error?.description == change.words)
            }
            #expect(try await consumer.take(10).map(\.offset) == Array(0..<10))
            let client = try cluster.client()
            let idle = try cluster.consumer(client, "t")
            let early = await #expect(throws: ClientError.self) { try await idle.assign(added: [Self.partitions[1]]) }
            #expect(early?.code == .invalidArgument("a consumer that has not started is assigned nothing"))
            let doubled = Consumer(
                client: client, configuration: ConsumerConfiguration(), assignment: .topics(["t", "t"]))
            let twice = await #expect(throws: ClientError.self) { try await doubled.start() }
            #expect(twice?.description == "assigned twice, t")
            await client.close()
        }
    }

    // MARK: While something is under way

    /// Counts the records of each batch handed out, by a consumer of `t-0` of a server that holds
    /// what `holds` says.
    private func runHeld(
        _ holds: ApiKey,
        _ body: @Sendable (ScriptedServer, Client, Consumer, Counts) async throws -> Void
    ) async throws {
        let counts = Counts()
        try await ScriptedServer.run { header, _ in
            header.apiKey == holds ? .hold : header.apiKey == .fetch ? .mute : .well
        } _: { server, client in
            let consumer = Consumer(
                client: client, configuration: try ConsumerConfiguration(properties: ["auto.offset.reset": "earliest"]),
                assignment: .partitions([])
            ) { batch in counts.values.withLock { $0.append(batch.recordCount) } }
            _ = try await consumer.start()
            try await body(server, client, consumer, counts)
            await consumer.stop()
        }
    }

    /// A fetch of what was removed is answered, and nothing of it is handed out; not even when the
    /// same partition was added again meanwhile.
    @Test(arguments: [false, true]) func anAnswerToWhatWasRemovedIsDropped(isAddedAgain: Bool) async throws {
        let old = try StoredBatch(recordCount: 3).bytes
        let new = try StoredBatch(recordCount: 5).bytes
        try await runHeld(.fetch) { server, _, consumer, counts in
            #expect(try await consumer.assign(added: [Self.partitions[0]]) == [Self.partitions[0]: 0])
            await server.wait(for: .fetch)
            try await consumer.assign(removed: [Self.partitions[0]])
            if isAddedAgain { try await consumer.assign(added: [Self.partitions[0]]) }
            await server.release(.records(old))
            if !isAddedAgain { try await consumer.assign(added: [Self.partitions[0]]) }
            // The next fetch goes out behind the answer to the first.
            await server.wait(for: .fetch, count: 2)
            #expect(counts.values.withLock { $0 } == [])
            await server.release(.records(new))
            await server.wait(for: .fetch, count: 3)
            while await consumer.positions() != [Self.partitions[0]: 5] { await Task.yield() }
            #expect(counts.values.withLock { $0 } == [5])
        }
    }

    @Test func whatIsRemovedWhileItsPositionIsSoughtIsNotWaitedFor() async throws {
        try await runHeld(.listOffsets) { server, _, consumer, _ in
            let added = Task { try await consumer.assign(added: [Self.partitions[0]]) }
            await server.wait(for: .listOffsets)
            try await consumer.assign(removed: [Self.partitions[0]])
            #expect(try await added.value == [:])
            #expect(await consumer.positions() == [:] && server.count(.fetch) == 0)
            // What comes late is of the first; the second is asked for anew.
            let again = Task { try await consumer.assign(added: [Self.partitions[0]]) }
            await server.wait(for: .listOffsets, count: 2)
            await server.release(.well)
            await server.release(.well)
            #expect(try await again.value == [Self.partitions[0]: 0])
        }
    }

    @Test func aStopEndsAChange() async throws {
        try await runHeld(.listOffsets) { server, _, consumer, _ in
            let added = Task { try await consumer.assign(added: [Self.partitions[0]]) }
            await server.wait(for: .listOffsets)
            await consumer.stop()
            let error = await #expect(throws: ClientError.self) { try await added.value }
            #expect(error?.code == .closed)
        }
    }
}

/// The sizes of batches that were handed out.
private final class Counts: Sendable {
    let values = Mutex<[Int]>([])
}

extension Consumer {
    /// How many requests its client has sent.
    fileprivate func requestCounts() -> [ApiKey: Int] { core.cluster.environment.metrics.requestCounts }
}
