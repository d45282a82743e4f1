import KafkaClient
import Measurement
import Networking
import Results
import Scenario

/// One repeat of producing.
struct ProduceRepeat {
    let session: CellSession
    let spec: ProduceSpec

    func run(_ run: RepeatRun) async throws -> Repeat {
        let production = try await Production(session, spec, round: run.round)
        guard case .produced(let outcome) = try await session.measure(production.order, run) else {
            throw EngineError.otherMeasurement
        }
        var result = try await production.reconciled(outcome)
        result.note(run.interruption)
        return result
    }
}

/// What every repeat that produces has: what was stored before, the order, and the reconciliation.
struct Production {
    let order: MeasurementOrder
    let configuration: ProducerConfiguration
    private let session: CellSession
    private let spec: ProduceSpec
    private let startedAt = UTCTime.now()
    private let originNs = EventLoop.nowNs()

    init(_ session: CellSession, _ spec: ProduceSpec, round: Int) async throws {
        self.session = session
        self.spec = spec
        configuration = try ProducerConfiguration(properties: spec.properties)
        order = session.order(round: round, over: try await session.settledOffsets())
    }

    /// The repeat that a load has made, once what it sent is reconciled.
    func reconciled(_ outcome: ProduceOutcome) async throws -> Repeat {
        var recorder = PhaseRecorder(originNs: originNs)
        recorder.enter(outcome)
        recorder.begin("reconciliation")
        let reconciled = await Reconciler(
            session: session, configuration: configuration, outcome: outcome, before: order.topic.ranges
        )
        .close()
        recorder.end()
        var result = try outcome.asRepeat(
            of: order, spec, lingerMs: configuration.lingerMs, startedAt: startedAt)
        result.phases = recorder.spans
        result.waived = session.cell.waive.map(\.rawValue)
        result.reconciliation = reconciled.counts
        result.invalidReasons += reconciled.reasons
        return result
    }
}

extension PhaseRecorder {
    /// Enters warm-up, window and drain of a load.
    fileprivate mutating func enter(_ outcome: ProduceOutcome) {
        begin("warm-up", atNs: outcome.beginNs)
        begin("window", atNs: outcome.windowBeginNs)
        begin("drain", atNs: max(outcome.windowEndNs, outcome.windowBeginNs))
        end(atNs: max(outcome.drainedNs, outcome.windowEndNs))
    }
}
