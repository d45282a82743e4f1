import Measurement
import Results

/// Collects the starts of a repeat.
struct StartBook {
    private var record: StartsRecord
    private var histograms: [LatencyRecord.Kind: HdrHistogram] = [:]
    private(set) var count = 0

    init(partitionCount: Int, unit: StartsRecord.Unit) {
        record = StartsRecord(milestones: StartMilestones.names, unit: unit)
        record.partitions = (0..<partitionCount).map { PartitionStarts(partition: Int32($0), rule: "") }
    }

    /// Enters a start with how its partitions are judged.
    mutating func enter(_ start: StartReport, _ partitions: [JudgedPartition]) {
        count += 1
        enter(.ready, start.readyNs)
        enter(.firstRecord, start.firstRecordNs)
        enter(.caughtUp, start.caughtUpNs)
        enter(.refusal, start.refusedNs)
        if let error = start.refusal { record.refuse(error) }
        record.reachedAtNs.append(start.milestones)
        if let wait = start.record {
            record.sentRecords.append(
                StartsRecord.SentRecord(start: count - 1, gapNs: wait.gapNs, appendedNs: wait.appendedNs))
        }
        for (index, partition) in partitions.enumerated() {
            let judgement = partition.judgement
            record.partitions[index].rule = judgement.reason.rawValue
            record.partitions[index].enter(
                demanded: judgement.demanded, observed: partition.observed, committed: partition.committed,
                logStart: judgement.log.lowerBound, logEnd: judgement.log.upperBound)
        }
    }

    private mutating func enter(_ kind: LatencyRecord.Kind, _ ns: UInt64?) {
        guard let ns else { return }
        histograms[kind, default: .latencies()].recordValue(ns)
    }

    /// What a result keeps of them.
    func asRepeat(round: Int, startedAt: UTCTime, windowNs: UInt64) throws(HistogramError) -> Repeat {
        var result = Repeat(round: round, startedAt: startedAt, windowNs: windowNs)
        result.starts = record
        result.counts = WindowCounts(attempted: Int64(count))
        for kind in LatencyRecord.Kind.allCases {
            guard let histogram = histograms[kind] else { continue }
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
