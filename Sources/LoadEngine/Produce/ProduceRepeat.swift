import KafkaClient
import KafkaCompression
import Measurement
import Networking
import Results
import Scenario

/// One repeat of producing: the load, its reconciliation, and what it leaves.
struct ProduceRepeat {
    let session: CellSession
    let spec: ProduceSpec

    func run(
        round: Int, interruption: Interruption, onProgress: @escaping @Sendable (Int) -> Void
    ) async throws -> Repeat {
        let startedAt = UTCTime.now()
        let originNs = EventLoop.nowNs()
        let before = try await session.settledOffsets()
        let metrics = ClientMetrics()
        let plan = try session.producePlan(spec, onProgress: onProgress)
        var recorder = PhaseRecorder(originNs: originNs)
        let outcome = try await drive(plan, spec, metrics: metrics, interruption: interruption)
        recorder.enter(outcome)
        recorder.begin("reconciliation")
        let books = await Books(session: session, plan: plan, outcome: outcome, before: before).close()
        recorder.end()
        var result = try outcome.asRepeat(round: round, startedAt: startedAt, plan: plan)
        result.phases = recorder.spans
        result.reconciliation = books.counts
        result.waived = session.cell.waive.map(\.rawValue)
        result.invalidReasons += books.reasons
        if interruption.isRequested {
            result.invalidReasons.append(InvalidReason(.interrupted, "stopped before its window had ended"))
        }
        return result
    }

    private func drive(
        _ plan: ProducePlan, _ spec: ProduceSpec, metrics: ClientMetrics, interruption: Interruption
    ) async throws -> ProduceOutcome {
        let loop = session.target.loop
        if case .client = spec.recreate {
            return try await RecreatingLoad(plan: plan, senderCount: try senders(spec), metrics: metrics, loop: loop)
                .run(client: nil, interruption: interruption)
        }
        let client = Client(configuration: plan.clientConfiguration, loop: loop, metrics: metrics)
        let watch = client.closing(on: plan.loss)
        defer { plan.loss.unwatch(watch) }
        do {
            try await client.connect(topics: [plan.topic])
            let outcome: ProduceOutcome
            if case .producer = spec.recreate {
                outcome = try await RecreatingLoad(
                    plan: plan, senderCount: try senders(spec), metrics: metrics, loop: loop
                ).run(client: client, interruption: interruption)
            } else {
                outcome = try await KeptProducerLoad(plan: plan, metrics: metrics, loop: loop)
                    .run(client: client, interruption: interruption)
            }
            await client.close()
            return outcome
        } catch {
            await client.close()
            throw error
        }
    }

    private func senders(_ spec: ProduceSpec) throws(EngineError) -> Int {
        guard case .concurrency(let count) = spec.load else {
            throw EngineError(
                "recreate wants a closed loop (load: {concurrency: n}): a sender that makes its producer waits for it")
        }
        return count
    }
}

extension CellSession {
    /// The plan of this cell's producing.
    func producePlan(_ spec: ProduceSpec, onProgress: @escaping @Sendable (Int) -> Void) throws -> ProducePlan {
        let properties = ClientProperties(spec.properties, client: spec.clientProperties)
        let configuration = try properties.producer()
        return ProducePlan(
            topic: topic, partitionCount: partitionCount,
            payload: Payload(
                byteCount: spec.value.byteCount, random: spec.value.randomShare, seed: seed,
                isCompressed: configuration.compression != .none),
            load: spec.load, recreate: spec.recreate, producerCount: spec.producers,
            configuration: configuration,
            clientConfiguration: try properties.client(target), measure: cell.measure, brokerPid: target.brokerPid,
            byteLimit: target.byteLimit(), byteLimitWords: target.byteLimitWords, loss: watch.loss,
            onProgress: onProgress)
    }
}

extension PhaseRecorder {
    /// Enters warm-up, window and drain of a load.
    mutating func enter(_ outcome: ProduceOutcome) {
        begin("warm-up", atNs: outcome.beginNs)
        begin("window", atNs: outcome.windowBeginNs)
        begin("drain", atNs: max(outcome.windowEndNs, outcome.windowBeginNs))
        end(atNs: max(outcome.drainedNs, outcome.windowEndNs))
    }
}
