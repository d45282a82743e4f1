import KafkaClient
import Measurement
import Networking
import Results
import Scenario

/// One repeat of producing and consuming at once: from the intended time of a record to its arrival.
struct EndToEndRepeat {
    let session: CellSession
    let produce: ProduceSpec
    let consume: ConsumeSpec

    func run(
        round: Int, interruption: Interruption, onProgress: @escaping @Sendable (Int) -> Void
    ) async throws -> Repeat {
        let startedAt = UTCTime.now()
        let originNs = EventLoop.nowNs()
        let before = try await session.settledOffsets()
        let loop = session.target.loop
        let metrics = ClientMetrics()
        let consuming = ClientProperties(consume.properties, client: consume.clientProperties)
        let reading = try consuming.consumer()
        var plan = try session.producePlan(produce, onProgress: onProgress)
        // Each with a client of its own, as their options say.
        let producerClient = Client(configuration: plan.clientConfiguration, loop: loop, metrics: metrics)
        let consumerClient = Client(configuration: try consuming.client(session.target), loop: loop, metrics: metrics)
        let watches = [producerClient, consumerClient].map { $0.closing(on: plan.loss) }
        defer { watches.forEach(plan.loss.unwatch) }
        let reader = ArrivalReader(topic: session.topic, starts: before.map(\.end), loop: loop)
        plan.onHandOver = { reader.noteHandOver(partition: $0, count: $1, firstNs: $2, stepNs: $3) }
        plan.onWindow = { reader.setWindow($0) }
        let outcome: ProduceOutcome
        let arrived: ConsumeOutcome
        do {
            try await reader.start(client: consumerClient, configuration: reading)
            try await producerClient.connect(topics: [session.topic])
            outcome = try await KeptProducerLoad(plan: plan, metrics: metrics, loop: loop)
                .run(client: producerClient, interruption: interruption)
            // What somebody's open transaction holds back does not come, and the counts tell.
            let ends = try await session.settledOffsets(isolation: reading.isolationLevel).map(\.end)
            arrived = await reader.finish(ends: ends, loss: session.watch.loss)
        } catch {
            await reader.stop()
            await producerClient.close()
            await consumerClient.close()
            throw error
        }
        await producerClient.close()
        await consumerClient.close()
        var recorder = PhaseRecorder(originNs: originNs)
        recorder.enter(outcome)
        recorder.begin("reconciliation")
        let books = await Books(session: session, plan: plan, outcome: outcome, before: before).close()
        recorder.end()
        var result = try outcome.asRepeat(round: round, startedAt: startedAt, plan: plan)
        result.phases = recorder.spans
        result.waived = session.cell.waive.map(\.rawValue)
        result.reconciliation = books.counts
        result.invalidReasons += books.reasons
        try result.enterArrivals(
            arrived, stored: books.counts?.endOffsetDelta, acksNone: plan.configuration.acks == .none)
        let waitMs = reading.fetchMinByteCount > 1 ? reading.fetchMaxWaitMs : 0
        result.judgeArrivals(
            arrived.gaps, usualNs: plan.usualGapNs(arrived.latency) + UInt64(waitMs) * 1_000_000)
        if interruption.isRequested {
            result.invalidReasons.append(InvalidReason(.interrupted, "stopped before its window had ended"))
        } else if arrived.windowCount == 0 {
            result.invalidReasons.append(InvalidReason(.failed, "nothing was consumed in the window"))
        }
        return result
    }
}

extension Repeat {
    /// Enters what arrived at the consumer, beside what was stored.
    mutating func enterArrivals(
        _ arrived: ConsumeOutcome, stored: Int64?, acksNone: Bool
    ) throws(HistogramError) {
        counts.consumed = Int64(arrived.windowCount)
        counts.consumedBytes = Int64(arrived.windowByteCount)
        perSecond?.consumed = arrived.perSecond.map(Int64.init)
        invalidReasons += arrived.failures
        if let stored, Int64(arrived.consumedCount) != stored {
            invalidReasons.append(
                InvalidReason(.countsDisagree, "stored \(stored), but \(arrived.consumedCount) arrived at the consumer")
            )
        }
        // Arrivals are told apart by their order alone. Of acknowledged records the books find any loss; without acknowledgements they allow it.
        if acksNone, Int64(arrived.consumedCount) != counts.attempted {
            invalidReasons.append(
                InvalidReason(
                    .countsDisagree,
                    "sent \(counts.attempted), but \(arrived.consumedCount) arrived at the consumer: with acks=0 it is not known "
                        + "which, so the end-to-end latencies may be those of other records"))
        }
        if arrived.latency.totalCount > 0 { latencies.append(try LatencyRecord(.endToEnd, arrived.latency)) }
    }
}
