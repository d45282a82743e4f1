import Instants
import KafkaClient
import Measurement
import Networking
import Results
import Scenario

/// One repeat of consumer starts, one after the other.
struct StartRepeat {
    let session: CellSession
    let spec: StartSpec

    func run(
        round: Int, interruption: Interruption, onProgress: @escaping @Sendable (Int) -> Void
    ) async throws -> Repeat {
        guard case .starts(let count) = session.cell.measure.extent else {
            throw EngineError("a start is measured by a number of starts (measure: {starts: n})")
        }
        let startedAt = UTCTime.now()
        let metrics = ClientMetrics()
        let load = StartLoad(
            plan: try plan(spec, count: count, round: round, onProgress: onProgress), loop: session.target.loop,
            warm: session.target.warm, loss: session.watch.loss, metrics: metrics)
        try await session.watch.loss.unlessLost(on: load.loop) { try await load.warm.prepareToSend(load.plan.topic) }
        try await warmUp(load, count: count, isFirst: round == 1, interruption)
        let originNs = EventLoop.nowNs()
        let probe = WindowProbe(metrics: metrics, brokerPid: session.target.brokerPid)
        var book = StartBook(partitionCount: session.partitionCount, unit: session.ownsTopic ? .records : .offsets)
        var outsideNs: [UInt64] = []
        for number in 1...max(1, count) where !interruption.isRequested {
            let beginNs = EventLoop.nowNs()
            do {
                let start = try await measured(load, number)
                book.enter(start)
                outsideNs.append(EventLoop.nowNs().since(beginNs).since(start.wholeNs))
            } catch  where interruption.isRequested {
                // What was measured before it was stopped stays.
                break
            }
            onProgress(number)
        }
        var result = try book.asRepeat(round: round, startedAt: startedAt, windowNs: EventLoop.nowNs().since(originNs))
        result.enter(probe.read())
        result.judge(outsideNs: outsideNs)
        result.waived = session.cell.waive.map(\.rawValue)
        var recorder = PhaseRecorder(originNs: originNs)
        recorder.begin("starts", atNs: originNs)
        recorder.end()
        result.phases = recorder.spans
        if interruption.isRequested {
            result.invalidReasons.append(InvalidReason(.interrupted, "stopped after \(book.count) of \(count) starts"))
        }
        return result
    }

    private func measured(_ load: StartLoad, _ number: Int) async throws -> StartObservation {
        try await session.watch.loss.unlessLost(on: load.loop) { try await load.start(number: number) }
    }

    /// The first start of a repeat pays for what the ones before left cold, and is discarded; of a cell's first repeat
    /// as many as are measured are, or what the time for warming up allows.
    private func warmUp(
        _ load: StartLoad, count: Int, isFirst: Bool, _ interruption: Interruption
    ) async throws {
        let endNs = EventLoop.nowNs() + MeasureSpec.firstWarmupNs
        for _ in 0..<(isFirst ? max(1, count) : 1) where !interruption.isRequested {
            _ = try await measured(load, 0)
            guard EventLoop.nowNs() < endNs else { return }
        }
    }

    private func plan(
        _ spec: StartSpec, count: Int, round: Int, onProgress: @escaping @Sendable (Int) -> Void
    ) throws -> StartLoadPlan {
        let properties = ClientProperties(spec.properties, client: spec.clientProperties)
        let configuration = try properties.consumer()
        if case .byDuration = configuration.offsetReset {
            throw EngineError("a start is held against earliest, latest or none: by_duration depends on the clock")
        }
        return StartLoadPlan(
            topic: session.topic, ownsTopic: session.ownsTopic, allowsWrites: session.allowsWrites,
            partitionCount: session.partitionCount, spec: spec,
            startCount: count, clientConfiguration: try properties.client(session.target),
            consumerConfiguration: configuration,
            groupPrefix: session.groupBase.group(round: round), onProgress: onProgress)
    }
}
