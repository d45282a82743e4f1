import KafkaClient
import Networking
import Testing

@testable import LoadEngine
@testable import Scenario

@Suite struct KeptProducerLoadTests {
    @Test(arguments: [1, 4]) func aClosedLoopGoesOnAfterRefusals(senders: Int) async throws {
        try await withBroker(["message.max.bytes": "100"]) { client, loop in
            let interruption = Interruption()
            let plan = plan(client, load: .concurrency(senders), recordCount: 10)
            let outcome = try await Task(executorPreference: loop) {
                // A load that would go on for ever fails below.
                let limit = loop.schedule(atNs: EventLoop.nowNs() + 10_000_000_000) { interruption.request() }
                defer { limit.cancel() }
                return try await KeptProducerLoad(plan: plan, metrics: ClientMetrics(), loop: loop)
                    .run(client: client, interruption: interruption)
            }.value
            #expect(!interruption.isRequested)
            #expect(outcome.book.attemptedCount >= 10)
            #expect(outcome.book.refusedCount == outcome.book.attemptedCount)
        }
    }

    /// Values of 1 KiB, each sent as soon as it may.
    private func plan(_ client: Client, load: LoadSpec, recordCount: Int) -> ProducePlan {
        var configuration = ProducerConfiguration()
        configuration.lingerMs = 0
        return ProducePlan(
            topic: "t", partitionCount: 1, payload: Payload(byteCount: 1024, random: 1, seed: 1, isCompressed: false),
            load: load, recreate: .never, producerCount: 1, configuration: configuration,
            clientConfiguration: client.configuration,
            measure: MeasureSpec(warmupNs: 0, extent: .records(recordCount), repeats: 1, pauseNs: 0),
            brokerPid: nil, byteLimit: .max, loss: TargetLoss(), onProgress: { _ in })
    }
}
