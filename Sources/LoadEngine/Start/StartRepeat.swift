import KafkaClient
import Measurement
import Networking
import Results
import Scenario

/// One repeat of consumer starts, one after the other.
struct StartRepeat {
    let session: CellSession

    func run(
        round: Int, interruption: Interruption, onProgress: @escaping @Sendable (Int) -> Void
    ) async throws -> Repeat {
        guard let spec = session.cell.start else { throw EngineError("no start is measured in this cell") }
        guard case .starts(let count) = session.cell.measure.extent else {
            throw EngineError("a start is measured by a number of starts (measure: {starts: n})")
        }
        let startedAt = UTCTime.now()
        let metrics = ClientMetrics()
        let load = StartLoad(
            plan: try plan(spec, count: count, round: round, onProgress: onProgress), loop: session.target.loop,
            warm: session.target.warm, loss: session.target.loss, metrics: metrics)
        try await session.target.warm.prepareToSend(session.topic)
        // The first start of a repeat pays for what the ones before left cold, and is discarded.
        _ = try await load.start(number: 0)
        let originNs = EventLoop.nowNs()
        let probe = WindowProbe(metrics: metrics, brokerPid: session.target.brokerPid)
        var book = StartBook(until: spec.until, partitionCount: session.partitionCount)
        for number in 1...max(1, count) where !interruption.isRequested {
            book.enter(try await load.start(number: number))
            onProgress(number)
        }
        var result = try book.asRepeat(round: round, startedAt: startedAt, windowNs: EventLoop.nowNs() - originNs)
        result.enter(probe.read())
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

    private func plan(
        _ spec: StartSpec, count: Int, round: Int, onProgress: @escaping @Sendable (Int) -> Void
    ) throws -> StartLoadPlan {
        let properties = ClientProperties(spec.properties, client: spec.clientProperties)
        let configuration = try properties.consumer()
        if case .byDuration = configuration.offsetReset {
            throw EngineError("a start is held against earliest, latest or none: by_duration depends on the clock")
        }
        return StartLoadPlan(
            topic: session.topic, ownsTopic: session.ownsTopic, partitionCount: session.partitionCount, spec: spec,
            startCount: count, clientConfiguration: try properties.client(session.target),
            consumerConfiguration: configuration,
            groupPrefix: "\(session.topic)-\(round)", onProgress: onProgress)
    }
}

/// Collects the starts of a repeat.
struct StartBook {
    private let until: StartSpec.End
    private var record: StartsRecord
    private var ready = HdrHistogram.latencies()
    private var firstRecord = HdrHistogram.latencies()
    private var caughtUp = HdrHistogram.latencies()
    private(set) var count = 0

    init(until: StartSpec.End, partitionCount: Int) {
        self.until = until
        let more = until == .caughtUp ? [StartMilestones.caughtUpName] : []
        record = StartsRecord(milestones: StartMilestones.names + more)
        record.partitions = (0..<partitionCount).map { PartitionStarts(partition: Int32($0), rule: "") }
    }

    mutating func enter(_ start: StartObservation) {
        count += 1
        ready.recordValue(start.readyNs)
        if let ns = start.firstRecordNs { firstRecord.recordValue(ns) }
        if let ns = start.caughtUpNs, until == .caughtUp { caughtUp.recordValue(ns) }
        record.reachedAtNs.append(start.milestones)
        for (index, partition) in start.partitions.enumerated() {
            record.partitions[index].rule = partition.rule.rawValue
            record.partitions[index].demanded.append(partition.demanded)
            record.partitions[index].observed.append(partition.observed)
            guard let committed = partition.committed, let observed = partition.observed else { continue }
            record.replayedRecords += max(0, committed - observed)
            record.skippedRecords += max(0, observed - committed)
        }
    }

    /// What a result keeps of them.
    func asRepeat(round: Int, startedAt: UTCTime, windowNs: UInt64) throws(HistogramError) -> Repeat {
        var result = Repeat(round: round, startedAt: startedAt, windowNs: windowNs)
        result.starts = record
        result.counts = WindowCounts(attempted: Int64(count))
        let kinds: [(LatencyRecord.Kind, HdrHistogram)] = [
            (.ready, ready), (.firstRecord, firstRecord), (.caughtUp, caughtUp),
        ]
        for (kind, histogram) in kinds where histogram.totalCount > 0 {
            result.latencies.append(try LatencyRecord(kind, histogram))
        }
        if record.wrongCount > 0 {
            let first = record.wrong.first.map { wrong in
                "partition \(wrong.partition) began at \(wrong.observed.map(String.init) ?? "nothing")"
                    + " where the rule demands \(wrong.demanded.map(String.init) ?? "a refusal")"
            }
            result.invalidReasons.append(
                InvalidReason(.wrongStartOffset, "\(record.wrongCount) wrong starts; \(first ?? "")"))
        }
        return result
    }
}
