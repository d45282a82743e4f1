import KafkaClient
import Measurement
import Networking
import Results
import Scenario

/// One repeat of consuming the preload again and again.
struct ConsumeRepeat {
    let session: CellSession

    func run(
        round: Int, interruption: Interruption, onProgress: @escaping @Sendable (Int) -> Void
    ) async throws -> Repeat {
        guard let spec = session.cell.consume else { throw EngineError("nothing is consumed in this cell") }
        let startedAt = UTCTime.now()
        let originNs = EventLoop.nowNs()
        let loop = session.target.loop
        let metrics = ClientMetrics()
        let properties = ClientProperties(spec.properties, client: spec.clientProperties)
        let reader = PreloadReader(
            topic: session.topic, ranges: session.preloaded, isDense: session.ownsTopic,
            measure: session.cell.measure, metrics: metrics, brokerPid: session.target.brokerPid, loop: loop,
            onProgress: onProgress)
        let client = Client(configuration: try properties.client(session.target), loop: loop, metrics: metrics)
        let outcome: ConsumeOutcome
        do {
            outcome = try await reader.run(
                client: client, configuration: try properties.consumer(),
                interruption: interruption, loss: session.target.loss)
            await client.close()
        } catch {
            await client.close()
            throw error
        }
        var result = outcome.asRepeat(round: round, startedAt: startedAt, measure: session.cell.measure)
        var recorder = PhaseRecorder(originNs: originNs)
        recorder.begin("warm-up", atNs: outcome.beginNs)
        recorder.begin("window", atNs: outcome.windowBeginNs)
        recorder.end(atNs: max(outcome.windowEndNs, outcome.windowBeginNs))
        result.phases = recorder.spans
        result.waived = session.cell.waive.map(\.rawValue)
        result.enterCodec(outcome, expected: expectedCodec, waive: session.cell.waive)
        if interruption.isRequested {
            result.invalidReasons.append(InvalidReason(.interrupted, "stopped before its window had ended"))
        }
        return result
    }

    private var expectedCodec: String? { session.cell.topic.preload?.properties["compression.type"] }
}

extension ConsumeOutcome {
    /// What a result keeps of this.
    func asRepeat(round: Int, startedAt: UTCTime, measure: MeasureSpec) -> Repeat {
        var result = Repeat(round: round, startedAt: startedAt, windowNs: windowEndNs - min(windowEndNs, windowBeginNs))
        result.counts = WindowCounts(
            consumed: Int64(windowCount), consumedBytes: Int64(windowByteCount), passes: passCount)
        result.perSecond = PerSecond(
            firstSecond: -Int(measure.warmupNs / 1_000_000_000), consumed: perSecond.map(Int64.init))
        result.enter(reading)
        result.invalidReasons = failures.map { InvalidReason(.failed, $0) }
        result.invalidReasons += disagreements.map { InvalidReason(.countsDisagree, $0) }
        if reading == nil { result.invalidReasons.append(InvalidReason(.failed, "the window never began")) }
        if windowCount == 0 {
            result.invalidReasons.append(InvalidReason(.failed, "nothing was consumed in the window"))
        }
        return result
    }
}

extension Repeat {
    /// Enters the codecs found stored, and whether they are the one asked for.
    mutating func enterCodec(_ outcome: ConsumeOutcome, expected: String?, waive: [Waiver]) {
        guard let expected, !waive.contains(.codec) else { return }
        let counts = Reconciliation(codecExpected: expected, codecsStored: outcome.batchCountByCodec)
        reconciliation = counts
        invalidReasons += Truth(counts: counts, acksNone: false, waivesCodec: false).disagreements()
    }
}
