import KafkaProtocol

extension PartitionLog {
    /// Appends an accepted batch where it lies, unless its producer sent it before or leaves a gap.
    func append(
        _ batch: AcceptedBatch, _ timestampType: TimestampType, nowMs: Int64
    ) throws(StorageError) -> AppendOutcome {
        var outcome = AppendOutcome(baseOffset: nextOffset, logStartOffset: logStartOffset)
        if timestampType == .logAppendTime { outcome.logAppendTimeMs = nowMs }
        if let sequence = ProducerStates.Sequence(batch.header) {
            switch producers.judge(sequence) {
            case .append: break
            case .duplicate(let twin):
                outcome.baseOffset = twin.baseOffset
                if timestampType == .logAppendTime { outcome.logAppendTimeMs = twin.timestamp }
                return outcome
            case .staleEpoch(let current):
                let message = "Epoch \(sequence.epoch) of producer \(sequence.producerId), which is at \(current)."
                return AppendRefusal(.invalidProducerEpoch, message).outcome
            case .outOfOrder(let expected):
                let message = "Sequence \(sequence.baseSequence) of producer \(sequence.producerId), not \(expected)."
                return AppendRefusal(.outOfOrderSequenceNumber, message).outcome
            }
        }
        var header = batch.header
        let start = batch.range.lowerBound
        header.baseOffset = nextOffset
        header.partitionLeaderEpoch = Partition.leaderEpoch
        RecordBatchPatch.assign(
            baseOffset: nextOffset, partitionLeaderEpoch: Partition.leaderEpoch, in: batch.buffer, at: start)
        if timestampType == .logAppendTime {
            header.maxTimestamp = nowMs
            RecordBatchPatch.setLogAppendTime(nowMs, in: batch.buffer, at: start, byteCount: batch.range.count)
        }
        try append(batch.buffer, batch.range, header, nowMs: nowMs)
        outcome.appendedByteCount = batch.range.count
        return outcome
    }
}
