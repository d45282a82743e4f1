import KafkaProtocol
import Networking
import System

extension ProducerCore {
    /// Appends records without a key to the partition that the partitioner has chosen, and says
    /// which and how many: what of `count` is left belongs to another batch, and so perhaps to
    /// another partition. None have room when it says 0.
    func enqueue(
        _ topic: TopicState, values: RawSpan, valueByteCount: Int, firstValue: Int, count: Int, timestampMs: Int64
    ) throws(ClientError) -> (partition: PartitionHandle, count: Int) {
        let recordByteCount = RecordEncoding.recordByteCountMax(keyByteCount: nil, valueByteCount: valueByteCount)
        while true {
            let handle = nextPartition(of: topic)
            let state = partition(handle.index)
            guard count > 0,
                let batch = try openBatch(state, recordByteCount: RecordBatchHeader.byteCount + recordByteCount)
            else {
                noteFilled(state)
                return (handle, 0)
            }
            let most = isInTurn ? 1 : min(count, max(1, topic.chooser.byteCountLeft / recordByteCount))
            let before = batch.recordCount == 0 ? 0 : batch.byteCount
            let added = batch.append(
                values: values, valueByteCount: valueByteCount, firstValue: firstValue, count: most,
                timestampMs: timestampMs)
            state.nextOrdinal += UInt64(added)
            note(topic, state, added, byteCount: batch.byteCount - before, isFull: added < most)
            if added > 0 { return (handle, added) }
        }
    }

    /// The same for one record with whatever it has; nil when there is no room, else its ordinal.
    func enqueue(
        _ topic: TopicState, key: RawSpan?, value: RawSpan?, headers: [RecordHeader], timestampMs: Int64
    ) throws(ClientError) -> (partition: PartitionHandle, ordinal: UInt64?) {
        if let key, !configuration.ignoresKeys, !isInTurn {
            let handle = topic.handles[PartitionChooser.partition(ofKey: key, count: topic.handles.count)]
            return (handle, try enqueue(handle, key: key, value: value, headers: headers, timestampMs: timestampMs))
        }
        let most =
            RecordBatchHeader.byteCount
            + RecordEncoding.recordByteCountMax(
                keyByteCount: key?.byteCount, valueByteCount: value?.byteCount, headers: headers)
        while true {
            let handle = nextPartition(of: topic)
            let state = partition(handle.index)
            guard let batch = try openBatch(state, recordByteCount: most) else {
                noteFilled(state)
                return (handle, nil)
            }
            let before = batch.recordCount == 0 ? 0 : batch.byteCount
            let isAdded = batch.append(key: key, value: value, headers: headers, timestampMs: timestampMs)
            if isAdded { state.nextOrdinal += 1 }
            note(topic, state, isAdded ? 1 : 0, byteCount: batch.byteCount - before, isFull: !isAdded)
            if isAdded { return (handle, state.nextOrdinal - 1) }
        }
    }

    private var isInTurn: Bool { configuration.partitioner == .roundRobin }

    private func note(_ topic: TopicState, _ state: PartitionState, _ count: Int, byteCount: Int, isFull: Bool) {
        if isFull { seal(state) }
        if isInTurn {
            // One that found no room keeps its turn.
            if count > 0 { topic.chooser.leave() }
        } else {
            topic.chooser.added(byteCount: wireByteCount(byteCount), isFull: state.open == nil)
        }
        noteFilled(state)
    }

    private func nextPartition(of topic: TopicState) -> PartitionHandle {
        let handles = topic.handles
        if let current = topic.chooser.current, !isInTurn {
            topic.chooser.willAdd(isFull: partitions[handles[current].index]?.open == nil)
        }
        if let current = topic.chooser.current { return handles[current] }
        let next = handles.count == 1 ? 0 : another(of: topic)
        topic.chooser.keep(next)
        return handles[next]
    }

    private func another(of topic: TopicState) -> Int {
        let handles = topic.handles
        let known = cluster.metadata.topic(topic.name)?.partitions ?? []
        let leaders = { (partition: Int) in known.indices.contains(partition) ? known[partition].leaderId : -1 }
        if isInTurn { return topic.chooser.nextInTurn(count: handles.count) { leaders($0) >= 0 } }
        // Before each partition had a batch, as in Java, all are alike.
        let isAdaptive = configuration.isAdaptive && handles.allSatisfy { partitions[$0.index] != nil }
        return PartitionChooser.choose(count: handles.count, using: &random) { partition in
            let leader = leaders(partition)
            guard leader >= 0 else { return nil }
            guard isAdaptive, let state = partitions[handles[partition].index] else { return 0 }
            let length = state.queue.unsentCount + (state.open == nil ? 0 : 1)
            return length > 0 && isLate(leader) ? nil : length
        }
    }

    /// Whether a broker could take nothing for longer than `partitioner.availability.timeout.ms`.
    func isLate(_ leader: Int32) -> Bool {
        guard configuration.availabilityTimeoutMs > 0, let times = nodeTimes[leader] else { return false }
        return times.readyNs > times.drainNs.later(byMs: configuration.availabilityTimeoutMs)
    }

    /// A broker has batches to take, and can, or not.
    func note(_ leader: Int32, canTake: Bool, nowNs: UInt64) {
        guard configuration.availabilityTimeoutMs > 0 else { return }
        var times = nodeTimes[leader] ?? NodeTimes(readyNs: nowNs, drainNs: nowNs)
        times.readyNs = nowNs
        if canTake { times.drainNs = nowNs }
        nodeTimes[leader] = times
    }
}
