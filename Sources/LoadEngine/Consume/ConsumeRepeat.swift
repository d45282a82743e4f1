import KafkaClient
import Measurement
import Networking
import Results
import Scenario
import System

/// One repeat of consuming the preload again and again.
struct ConsumeRepeat {
    let session: CellSession
    let spec: ConsumeSpec

    func run(_ run: RepeatRun) async throws -> Repeat {
        let startedAt = UTCTime.now()
        var recorder = PhaseRecorder(originNs: EventLoop.nowNs())
        let configuration = try ConsumerConfiguration(properties: spec.properties)
        let order = session.order(round: run.round, over: try await ranges(configuration.isolationLevel))
        guard case .consumed(let outcome) = try await session.measure(order, run) else {
            throw EngineError.otherMeasurement
        }
        var result = outcome.asRepeat(round: run.round, startedAt: startedAt, measure: session.cell.measure)
        recorder.begin("warm-up", atNs: outcome.beginNs)
        recorder.begin("window", atNs: outcome.windowBeginNs)
        recorder.end(atNs: max(outcome.windowEndNs, outcome.windowBeginNs))
        result.phases = recorder.spans
        result.waived = session.cell.waive.map(\.rawValue)
        result.enterCodec(outcome, expected: expectedCodec, waive: session.cell.waive)
        result.note(run.interruption)
        return result
    }

    /// What there is to read: under `read_committed` no further than the last stable offset, behind
    /// which an open transaction holds everything back.
    private func ranges(_ isolation: ConsumerConfiguration.IsolationLevel) async throws -> [LogRange] {
        guard isolation == .readCommitted, !session.ownsTopic else { return session.preloaded }
        let stable = try await session.target.controlClient.offsets(of: session.topic, isolation: isolation)
        let ranges = zip(session.preloaded, stable).map { LogRange(start: $0.start, end: min($0.end, $1.end)) }
        guard ranges.contains(where: { $0.start < $0.end }) || session.preloaded.allSatisfy({ $0.start >= $0.end })
        else {
            throw EngineError(
                "topic \(session.topic) holds nothing to consume before the transaction that is open in it "
                    + "(isolation.level: read_committed)")
        }
        return ranges
    }

    private var expectedCodec: String? {
        session.cell.topic.preload?.properties["compression.type"].flatMap(session.topicCodec.stored)
    }
}

extension ConsumeOutcome {
    /// What a result keeps of this.
    func asRepeat(round: Int, startedAt: UTCTime, measure: MeasureSpec) -> Repeat {
        var result = Repeat(round: round, startedAt: startedAt, windowNs: windowEndNs.since(windowBeginNs))
        result.counts = WindowCounts(
            consumed: Int64(windowCount), consumedBytes: Int64(windowByteCount), passes: passCount)
        result.perSecond = PerSecond(
            firstSecond: -Int(measure.warmupNs / 1_000_000_000), consumed: perSecond.map(Int64.init))
        result.enter(reading)
        result.invalidReasons = failures
        result.invalidReasons += disagreements.map { InvalidReason(.countsDisagree, $0) }
        if reading == nil { result.invalidReasons.append(InvalidReason(.failed, "the window never began")) }
        if windowCount == 0 {
            result.invalidReasons.append(InvalidReason(.noProgress, "nothing was consumed in the window\(whyNothing)"))
        }
        result.judge(gaps, standstills, usualNs: 0, .consumed)
        return result
    }

    /// Why no record came although the topic was read to its end.
    private var whyNothing: String {
        guard consumedCount == 0, passCount > 0 else { return "" }
        return
            ": every partition was read to its end, \(passCount) times, and what is there holds no record that a consumer "
            + "gets, such as aborted transactions under isolation.level read_committed"
    }
}

extension Repeat {
    /// Enters the codecs found stored, and whether they are the one asked for.
    mutating func enterCodec(_ outcome: ConsumeOutcome, expected: String?, waive: [Waiver]) {
        guard let expected, !waive.contains(.codec) else { return }
        let counts = Reconciliation(codecExpected: expected, codecsStored: outcome.batchCountByCodec)
        reconciliation = counts
        invalidReasons += ReconciliationRule(counts: counts, acksNone: false, waivesCodec: false).disagreements()
    }
}
