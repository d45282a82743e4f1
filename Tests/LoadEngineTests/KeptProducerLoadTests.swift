import Foundation
import KafkaBroker
import KafkaClient
import Measurement
import Networking
import Synchronization
import Testing

@testable import LoadEngine
@testable import Scenario

@Suite(.timeLimit(.minutes(5))) struct KeptProducerLoadTests {
    @Test(arguments: [1, 4]) func aClosedLoopGoesOnAfterRefusals(senders: Int) async throws {
        try await withBroker(["message.max.bytes": "100"], topics: ["t"]) { client, loop in
            let outcome = try await run(try plan(client, load: .concurrency(senders), recordCount: 10), client, loop)
            #expect(outcome.book.attemptedCount >= 10)
            #expect(outcome.book.refusedCount == outcome.book.attemptedCount)
        }
    }

    @Test func anUnlimitedLoadNeverWaitsForLinger() async throws {
        try await withBroker(topics: ["t"]) { client, loop in
            // Batches of what shrinks to next to nothing take far more memory while they are filled
            // than `batch.size`.
            let properties = ["compression.type": "lz4", "linger.ms": "60000"]
            let plan = try plan(client, load: .unlimited, recordCount: 100_000, random: 0, properties)
            let outcome = try await run(plan, client, loop)
            #expect(outcome.book.acknowledgedCount >= 100_000)
        }
    }

    /// Where batches are stored as they are sent, what they shrink to counts.
    @Test(arguments: [(0, true, false), (1, true, true), (0, false, true)])
    func whatMayBeWrittenIsHeldAgainstWhatIs(random: Double, countsAsSent: Bool, isTooMuch: Bool) async throws {
        try await withBroker(topics: ["t"]) { client, loop in
            // A hundred megabytes of values.
            let plan = try plan(
                client, load: .unlimited, recordCount: 100_000, random: random,
                limit: WriteLimit(byteCount: 20_000_000, countsAsSent: countsAsSent),
                ["compression.type": "lz4"])
            let outcome = try await run(plan, client, loop)
            #expect(outcome.reachedByteLimit == isTooMuch)
            #expect((outcome.book.acknowledgedCount < 100_000) == isTooMuch)
        }
    }

    @Test func aLoadWhoseClientIsGoneCanStillBeEnded() async throws {
        try await withBroker(topics: ["t"]) { client, loop in
            let interruption = Interruption()
            let properties = ["enable.idempotence": "false", "acks": "1"]
            var plan = try plan(client, load: .unlimited, recordCount: .max, properties)
            plan.onWindow = { _ in
                Task(executorPreference: loop) {
                    await client.close()
                    interruption.request()
                }
            }
            let load = KeptProducerLoad(plan: plan, metrics: ClientMetrics(), loop: loop)
            let outcome = try await Task(executorPreference: loop) {
                try await load.run(client: client, interruption: interruption)
            }.value
            #expect(outcome.book.refusedCount > 0)
        }
    }

    @Test(arguments: ["", "org.apache.kafka.clients.producer.RoundRobinPartitioner"])
    func aLoadAtARateGoesWhereThePartitionerSays(partitioner: String) async throws {
        let partitions = 12
        try await withBroker { client, loop in
            try await Admin(client: client).createTopics([NewTopic(name: "t", partitionCount: Int32(partitions))])
            let counts = Mutex(Array(repeating: 0, count: partitions))
            let batches = Mutex(0)
            var plan = try plan(
                client, load: .rate(perSecond: 2_000), recordCount: 1_200, valueByteCount: 100,
                ["linger.ms": "50", "partitioner.class": partitioner], onProgress: { _ in batches.withLock { $0 += 1 } }
            )
            plan.partitionCount = partitions
            plan.onHandOver = { partition, count, _, _ in counts.withLock { $0[Int(partition)] += count } }
            let outcome = try await run(plan, client, loop)
            let spread = counts.withLock { $0 }
            #expect(outcome.book.acknowledgedCount == spread.reduce(0, +))
            // In turn each partition has a batch of its own every 50 ms; else they have one
            // together.
            let isInTurn = !partitioner.isEmpty
            #expect(isInTurn == (spread.max()! - spread.min()! <= 1), "\(spread)")
            let batchCount = batches.withLock { $0 }
            #expect(isInTurn == (batchCount > 24), "\(batchCount)")
        }
    }

    @Test(arguments: [LoadSpec.concurrency(400), .rate(perSecond: 20_000), .unlimited])
    func whoWaitsForRoomLongerThanMaxBlockMsIsRefused(load: LoadSpec) async throws {
        try await withStoppableBroker(topics: ["t"]) { client, loop, broker in
            let properties = [
                "linger.ms": "0", "buffer.memory": "16384", "max.block.ms": "20", "request.timeout.ms": "400",
                "delivery.timeout.ms": "500",
            ]
            var plan = try plan(client, load: load, extent: .time(ns: 4_000_000_000), properties)
            plan.onWindow = { _ in Task { await broker.stop() } }
            let outcome = try await run(plan, client, loop)
            let texts = outcome.book.errors.map(\.text)
            #expect(texts.contains("refused: no room in buffer.memory within 20 ms (max.block.ms)"), "\(texts)")
            #expect(outcome.book.outstandingCount == 0)
        }
    }

    @Test func anUnlimitedLoadsBatchesAreFull() async throws {
        try await withBroker(topics: ["t"]) { client, loop in
            let sizes = Mutex<Set<Int>>([])
            let plan = try plan(client, load: .unlimited, recordCount: 20_000, ["batch.size": "16384"])
            _ = try await run(plan, client, loop, onBatch: { size in sizes.withLock { _ = $0.insert(size) } })
            // Fifteen values of 1 KiB each, but for the last batch.
            #expect(sizes.withLock { $0 }.count <= 2 && sizes.withLock { $0.max() } == 15)
        }
    }

    /// What a load without a schedule of its own would have said of an open loop, and what one
    /// without a limit waits.
    @Test func timesRecordsFromTheirHandOver() async throws {
        try await withBroker(topics: ["t"]) { client, loop in
            let open = try await run(try plan(client, load: .rate(perSecond: 5_000), recordCount: 500), client, loop)
            let service = try #require(open.book.afterHandOver)
            #expect(service.totalCount == open.book.latency.totalCount && service.totalCount > 0)
            // Records are handed over when they were meant to be, or later.
            #expect(service.maxValue <= open.book.latency.maxValue && service.mean < open.book.latency.mean)
            let full = try await run(try plan(client, load: .unlimited, recordCount: 5_000), client, loop)
            #expect(full.book.afterHandOver?.totalCount == UInt64(full.book.windowCount))
            #expect(full.book.latency.totalCount == 0)
            let closed = try await run(try plan(client, load: .concurrency(2), recordCount: 50), client, loop)
            #expect(closed.book.afterHandOver == nil)
        }
    }

    /// Runs a load; one that would go on for ever fails.
    private func run(
        _ plan: ProducePlan, _ client: Client, _ loop: EventLoop, onBatch: (@Sendable (Int) -> Void)? = nil
    ) async throws -> ProduceOutcome {
        var plan = plan
        if let onBatch { plan.onHandOver = { _, count, _, _ in onBatch(count) } }
        let interruption = Interruption()
        let ready = plan
        let outcome = try await Task(executorPreference: loop) {
            let limit = loop.schedule(atNs: EventLoop.nowNs() + 30_000_000_000) { interruption.request() }
            defer { limit.cancel() }
            return try await KeptProducerLoad(plan: ready, metrics: ClientMetrics(), loop: loop)
                .run(client: client, interruption: interruption)
        }.value
        #expect(!interruption.isRequested)
        return outcome
    }

    /// Values of 1 KiB, each sent as soon as it may unless said otherwise.
    private func plan(
        _ client: Client, load: LoadSpec, recordCount: Int = 0, extent: MeasureSpec.Extent? = nil,
        valueByteCount: Int = 1024, random: Double = 1, brokerPid: Int32? = nil,
        limit: WriteLimit = WriteLimit(byteCount: .max),
        _ properties: [String: String] = ["linger.ms": "0"], onProgress: @escaping @Sendable (Int) -> Void = { _ in }
    ) throws -> ProducePlan {
        ProducePlan(
            topic: "t", partitionCount: 1,
            values: RecordValues(byteCount: valueByteCount, random: random, seed: 1, isCompressed: random < 1),
            load: load, recreate: .never, producerCount: 1,
            configuration: try ProducerConfiguration(properties: properties),
            clientConfiguration: client.configuration,
            measure: MeasureSpec(warmupNs: 0, extent: extent ?? .records(recordCount), repeats: 1, pauseNs: 0),
            brokerPid: brokerPid, limit: limit, loss: TargetLoss(), onProgress: onProgress)
    }
}
