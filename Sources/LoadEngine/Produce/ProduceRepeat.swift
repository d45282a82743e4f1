import KafkaClient
import Measurement
import Networking
import Results
import Scenario

/// One repeat of producing: what was stored before, the load, and its reconciliation.
struct ProduceRepeat {
    let session: CellSession
    let spec: ProduceSpec

    func run(_ run: RepeatRun) async throws -> Repeat {
        let startedAt = UTCTime.now()
        var recorder = PhaseRecorder(originNs: EventLoop.nowNs())
        let configuration = try ProducerConfiguration(properties: spec.properties)
        let before = try await session.settledOffsets()
        let order = session.order(round: run.round, over: before)
        guard case .produced(let outcome) = try await session.measure(order, run) else {
            throw EngineError.otherMeasurement
        }
        recorder.enter(outcome)
        recorder.begin("reconciliation")
        let reconciled = await Reconciler(
            session: session, configuration: configuration, outcome: outcome, before: before
        )
        .close()
        recorder.end()
        var result = try outcome.asRepeat(
            of: order, spec, lingerMs: configuration.lingerMs, startedAt: startedAt)
        result.phases = recorder.spans
        result.waived = session.cell.waive.map(\.rawValue)
        result.reconciliation = reconciled.counts
        result.invalidReasons += reconciled.reasons
        result.note(run.interruption)
        return result
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
