import Foundation
import KafkaClient
import Networking
import Testing

@testable import LoadEngine
@testable import Scenario

@Suite struct KeptProducerLoadTests {
    @Test(arguments: [1, 4]) func aClosedLoopGoesOnAfterRefusals(senders: Int) async throws {
        try await withBroker(["message.max.bytes": "100"], topics: ["t"]) { client, loop in
            let outcome = try await run(try plan(client, load: .concurrency(senders), recordCount: 10), client, loop)
            #expect(outcome.book.attemptedCount >= 10)
            #expect(outcome.book.refusedCount == outcome.book.attemptedCount)
        }
    }

    @Test func anUnlimitedLoadNeverWaitsForLinger() async throws {
        try await withBroker(topics: ["t"]) { client, loop in
            // Batches of what shrinks to next to nothing take far more memory while they are filled than `batch.size`.
            let properties = ["compression.type": "lz4", "linger.ms": "60000"]
            let plan = try plan(client, load: .unlimited, recordCount: 100_000, random: 0, properties)
            let outcome = try await run(plan, client, loop)
            #expect(outcome.book.acknowledgedCount >= 100_000)
        }
    }

    /// What a broker of somebody else makes of batches is not known.
    @Test(arguments: [(0, true, false), (1, true, true), (0, false, true)])
    func whatMayBeWrittenIsHeldAgainstWhatIs(random: Double, isEmbedded: Bool, isTooMuch: Bool) async throws {
        try await withBroker(topics: ["t"]) { client, loop in
            // A hundred megabytes of values.
            let plan = try plan(
                client, load: .unlimited, recordCount: 100_000, random: random,
                brokerPid: isEmbedded ? ProcessInfo.processInfo.processIdentifier : nil, byteLimit: 20_000_000,
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

    /// Runs a load; one that would go on for ever fails.
    private func run(_ plan: ProducePlan, _ client: Client, _ loop: EventLoop) async throws -> ProduceOutcome {
        let interruption = Interruption()
        let outcome = try await Task(executorPreference: loop) {
            let limit = loop.schedule(atNs: EventLoop.nowNs() + 30_000_000_000) { interruption.request() }
            defer { limit.cancel() }
            return try await KeptProducerLoad(plan: plan, metrics: ClientMetrics(), loop: loop)
                .run(client: client, interruption: interruption)
        }.value
        #expect(!interruption.isRequested)
        return outcome
    }

    /// Values of 1 KiB, each sent as soon as it may unless said otherwise.
    private func plan(
        _ client: Client, load: LoadSpec, recordCount: Int, random: Double = 1, brokerPid: Int32? = nil,
        byteLimit: Int = .max,
        _ properties: [String: String] = ["linger.ms": "0"]
    ) throws -> ProducePlan {
        ProducePlan(
            topic: "t", partitionCount: 1,
            payload: Payload(byteCount: 1024, random: random, seed: 1, isCompressed: random < 1),
            load: load, recreate: .never, producerCount: 1,
            configuration: try ProducerConfiguration(properties: properties),
            clientConfiguration: client.configuration,
            measure: MeasureSpec(warmupNs: 0, extent: .records(recordCount), repeats: 1, pauseNs: 0),
            brokerPid: brokerPid, byteLimit: byteLimit, loss: TargetLoss(), onProgress: { _ in })
    }
}
