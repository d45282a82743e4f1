import KafkaClient
import Measurement
import Networking
import Results
import Scenario
import System

/// One repeat of consumer starts, one after the other.
struct StartRepeat {
    let session: CellSession
    let spec: StartSpec

    func run(_ run: RepeatRun) async throws -> Repeat {
        let startedAt = UTCTime.now()
        let controlClient = session.target.controlClient
        let setup = try setup(round: run.round)
        let support = StartSupport(setup: setup, controlClient: controlClient, loop: session.target.loop)
        try await session.watch.loss.unlessLost(on: support.loop) { try await controlClient.prepareToSend(setup.topic) }
        let order = session.order(round: run.round, over: session.preloaded)
        let count = try order.startCount()
        let measured = try await session.measure(order, run) { try await support.answer($0) }
        guard case .started(let outcome) = measured else { throw EngineError.otherMeasurement }
        var book = StartBook(partitionCount: setup.partitionCount, unit: setup.ownsTopic ? .records : .offsets)
        for (report, partitions) in zip(outcome.starts, try await support.judge(outcome.starts)) {
            book.enter(report, partitions)
        }
        var result = try book.asRepeat(
            round: run.round, startedAt: startedAt, windowNs: outcome.endNs.since(outcome.beginNs))
        result.enter(outcome.reading)
        result.judge(outsideNs: outcome.starts.map(\.outsideNs))
        result.waived = session.cell.waive.map(\.rawValue)
        var recorder = PhaseRecorder(originNs: outcome.beginNs)
        recorder.begin("starts", atNs: outcome.beginNs)
        recorder.end(atNs: outcome.endNs)
        result.phases = recorder.spans
        if run.interruption.isRequested {
            result.invalidReasons.append(InvalidReason(.interrupted, "stopped after \(book.count) of \(count) starts"))
        }
        return result
    }

    private func setup(round: Int) throws -> StartSetup {
        let configuration = try ConsumerConfiguration(properties: spec.properties)
        return StartSetup(
            topic: session.topic, ownsTopic: session.ownsTopic, allowsWrites: session.allowsWrites,
            partitionCount: session.partitionCount, spec: spec, configuration: configuration,
            groupPrefix: session.groupBase.group(round: round), loss: session.watch.loss)
    }
}
