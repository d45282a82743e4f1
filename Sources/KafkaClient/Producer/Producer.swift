public import KafkaProtocol
import Networking
import System

/// Sends records to topics, in batches. Keep one and use it for all topics: what it costs to make
/// is paid once.
///
/// Everything happens on the client's loop. `send` is for anybody, from anywhere; `enqueue` is for
/// a caller that is on the loop itself and learns what became of its records batch by batch,
/// through `onDelivery`.
public actor Producer {
    /// The options.
    public nonisolated let configuration: ProducerConfiguration
    private nonisolated let core: ProducerCore
    private nonisolated let loop: EventLoop

    /// The loop it lives on.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }

    /// A producer over a client's connections. `onDelivery` is called on the loop, once for every
    /// batch, and may enqueue.
    public init(
        client: Client, configuration: ProducerConfiguration = ProducerConfiguration(),
        onDelivery: (@Sendable (BatchDelivery) -> Void)? = nil
    ) {
        self.configuration = configuration
        loop = client.loop
        core = ProducerCore(cluster: client.cluster, configuration: configuration, onDelivery: onDelivery)
    }

    /// Does ahead what the first record would wait for: reaches the cluster, learns the topics'
    /// leaders and gets a producer id.
    public func start(topics: [String] = []) async throws(ClientError) {
        try core.prepare()
        let core = core
        let failure = await withCheckedContinuation { continuation in
            core.start(topics: topics) { continuation.resume(returning: $0) }
        }
        if let failure, !failure.isRetriable || core.cluster.metadata.updatedNs == nil { throw failure }
    }

    /// The partitions of a topic, in the order of their numbers, to enqueue to.
    public func partitions(of topic: String) async throws(ClientError) -> [PartitionHandle] {
        try core.prepare()
        let core = core
        if let count = core.cluster.knownPartitionCount(of: topic) { return core.handles(of: topic, count: count) }
        try await core.cluster.result { done in
            core.cluster.waitForTopics(
                [topic], mustBeLed: false, within: core.blockLimit, done: done)
            // It goes out right behind, so that the first record need not wait for it.
            core.askForIdentity()
        }
        return core.handles(of: topic, count: core.cluster.metadata.topic(topic)?.partitions.count ?? 0)
    }

    /// A topic, to enqueue to whichever partition the partitioner chooses; its partitions are
    /// learned as by `partitions(of:)`.
    public func topic(_ name: String) async throws(ClientError) -> TopicHandle {
        let count = try await partitions(of: name).count
        return TopicHandle(index: core.topicIndex(name, count: count))
    }

    /// The same, once `start`, `topic` or `partitions(of:)` has returned and if the topic is known
    /// already; else nil. On the loop only.
    public nonisolated func knownTopic(_ name: String) -> TopicHandle? {
        precondition(loop.isCurrent, "a producer's handles are read on its loop")
        guard core.isPrepared, let count = core.cluster.knownPartitionCount(of: name) else { return nil }
        return TopicHandle(index: core.topicIndex(name, count: count))
    }

    /// The topic and number of a partition.
    public nonisolated func topicPartition(_ partition: PartitionHandle) -> TopicPartition {
        precondition(loop.isCurrent, "a producer's handles are read on its loop")
        return core.topicPartitions[partition.index]
    }

    // MARK: On the loop

    /// Appends up to `count` records without key, and says how many had room; wait with `whenRoom`
    /// for the rest.
    ///
    /// `values` holds values of `valueByteCount` bytes one behind the other; record i has number
    /// `firstValue + i` of them, beginning again after the last. The nth record that this producer
    /// was given for a partition has ordinal n − 1 in `BatchDelivery`. On the loop only.
    public nonisolated func enqueue(
        _ partition: PartitionHandle, values: RawSpan, valueByteCount: Int, firstValue: Int = 0, count: Int = 1,
        timestampMs: Int64
    ) throws(ClientError) -> Int {
        precondition(loop.isCurrent, "enqueue belongs to the producer's loop")
        precondition(valueByteCount >= 0 && valueByteCount <= values.byteCount && firstValue >= 0 && count >= 0)
        return try core.enqueue(
            partition, values: values, valueByteCount: valueByteCount, firstValue: firstValue, count: count,
            timestampMs: timestampMs)
    }

    /// The same, but no more than the batch takes that is being filled; when records are left, that
    /// batch is full and ended. On the loop only.
    public nonisolated func fillBatch(
        _ partition: PartitionHandle, values: RawSpan, valueByteCount: Int, firstValue: Int = 0, count: Int,
        timestampMs: Int64
    ) throws(ClientError) -> Int {
        precondition(loop.isCurrent, "enqueue belongs to the producer's loop")
        precondition(valueByteCount >= 0 && valueByteCount <= values.byteCount && firstValue >= 0 && count >= 0)
        return try core.enqueue(
            partition, values: values, valueByteCount: valueByteCount, firstValue: firstValue, count: count,
            timestampMs: timestampMs, untilFull: true)
    }

    /// Appends records without key to the partition that the partitioner chooses (KIP-794), and
    /// says which, and how many of `count`.
    ///
    /// Those left go by another call, to the same partition or another; 0 says that there is no
    /// room: wait with `whenRoom`. On the loop only.
    public nonisolated func enqueue(
        _ topic: TopicHandle, values: RawSpan, valueByteCount: Int, firstValue: Int = 0, count: Int = 1,
        timestampMs: Int64
    ) throws(ClientError) -> (partition: PartitionHandle, count: Int) {
        precondition(loop.isCurrent, "enqueue belongs to the producer's loop")
        precondition(valueByteCount >= 0 && valueByteCount <= values.byteCount && firstValue >= 0 && count >= 0)
        return try core.enqueue(
            core.topics[topic.index], values: values, valueByteCount: valueByteCount, firstValue: firstValue,
            count: count, timestampMs: timestampMs)
    }

    /// Appends one record; false when there is no room. On the loop only.
    public nonisolated func enqueue(
        _ partition: PartitionHandle, key: RawSpan?, value: RawSpan?, headers: [RecordHeader] = [], timestampMs: Int64
    ) throws(ClientError) -> Bool {
        precondition(loop.isCurrent, "enqueue belongs to the producer's loop")
        return try core.enqueue(partition, key: key, value: value, headers: headers, timestampMs: timestampMs) != nil
    }

    /// Calls `body` once, when there is room for a batch or the producer is closed. On the loop
    /// only.
    public nonisolated func whenRoom(_ body: @escaping () -> Void) {
        precondition(loop.isCurrent, "whenRoom belongs to the producer's loop")
        core.whenRoom(body)
    }

    /// The bytes of `buffer.memory` in use. On the loop only.
    public nonisolated var usedByteCount: Int {
        precondition(loop.isCurrent, "a producer's figures are read on its loop")
        return core.usedByteCount
    }

    /// The batches that are being filled, wait, or are under way. On the loop only.
    public nonisolated var batchCount: Int {
        precondition(loop.isCurrent, "a producer's figures are read on its loop")
        return core.batchCount
    }

    // MARK: From anywhere

    /// Waits until there is room for a batch or the producer is closed.
    public func waitForRoom() async {
        await withCheckedContinuation { continuation in core.whenRoom { continuation.resume() } }
    }

    /// Sends a record and waits until it is acknowledged; with `acks=0`, until it is written to the
    /// socket.
    public func send(_ record: ProducerRecord) async throws(ClientError) -> RecordMetadata {
        let handles = try await partitions(of: record.topic)
        if let number = record.partition, !handles.indices.contains(Int(number)) {
            throw ClientError(
                .invalidArgument("partition \(number) of a topic with \(handles.count)"),
                topicPartition: TopicPartition(topic: record.topic, partition: number))
        }
        let beginNs = EventLoop.nowNs()
        while true {
            switch await enqueued(record, handles) {
            case .delivered(let result): return try result.get()
            case .noRoom(let partition):
                let endNs = beginNs.later(byMs: configuration.blockMs)
                guard EventLoop.nowNs() < endNs else { throw core.full(core.partition(partition.index)) }
                await waitForRoom(untilNs: endNs)
            }
        }
    }

    /// Waits until everything enqueued so far was told of, delivered or not. Nothing lingers
    /// meanwhile.
    public func flush() async {
        await withCheckedContinuation { continuation in core.flush { continuation.resume() } }
    }

    /// Takes no more records, delivers what is there, for at most `timeoutMs` (without it, as long
    /// as the delivery timeout lasts), and reports all that this producer could not deliver in its
    /// life.
    public func close(timeoutMs: Int? = nil) async -> UndeliveredReport {
        let beginNs = EventLoop.nowNs()
        core.beginClosing()
        if core.lastUnreportedSerial != nil {
            let limitMs = timeoutMs ?? configuration.deliveryTimeoutMs + core.requestTimeoutMs
            let core = core
            let timer = loop.schedule(atNs: beginNs.later(byMs: limitMs)) { core.abort() }
            await flush()
            timer.cancel()
        }
        core.abort()
        core.cluster.environment.trace(.close, from: beginNs, isSuccess: core.undelivered.isEmpty)
        return core.undelivered
    }

    private func enqueue(
        _ record: ProducerRecord, _ handles: [PartitionHandle]
    ) throws(ClientError) -> (PartitionHandle, UInt64?) {
        let (key, value) = unsafe (record.key?.span.bytes, record.value?.span.bytes)
        let timestampMs = record.timestampMs ?? WallClock.nowMs()
        guard let number = record.partition else {
            return try core.enqueue(
                core.topic(record.topic, count: handles.count), key: key, value: value, headers: record.headers,
                timestampMs: timestampMs)
        }
        let handle = handles[Int(number)]
        let ordinal = try core.enqueue(
            handle, key: key, value: value, headers: record.headers, timestampMs: timestampMs)
        return (handle, ordinal)
    }

    /// What became of a record that was to be sent.
    private enum Enqueued: Sendable {
        case delivered(Result<RecordMetadata, ClientError>)
        case noRoom(PartitionHandle)
    }

    /// Enqueues a record, if there is room, and waits for its delivery.
    ///
    /// Who waits is entered together with the record: before another call of this actor runs,
    /// others may, and the record be acknowledged.
    private func enqueued(_ record: ProducerRecord, _ handles: [PartitionHandle]) async -> Enqueued {
        await withCheckedContinuation { continuation in
            do throws(ClientError) {
                let (partition, ordinal) = try enqueue(record, handles)
                guard let ordinal else { return continuation.resume(returning: .noRoom(partition)) }
                core.partition(partition.index).waiters.append(
                    PartitionState.Waiter(ordinal: ordinal) { continuation.resume(returning: .delivered($0)) })
            } catch {
                continuation.resume(returning: .delivered(.failure(error)))
            }
        }
    }

    private func waitForRoom(untilNs: UInt64) async {
        let loop = loop
        await withCheckedContinuation { continuation in
            let once = Once { continuation.resume() }
            let timer = loop.schedule(atNs: untilNs, onStop: { once.fire() }) { once.fire() }
            core.whenRoom {
                timer.cancel()
                once.fire()
            }
        }
    }
}

/// Something that two may bring about, and that happens once.
final class Once {
    private var body: (() -> Void)?

    init(_ body: @escaping () -> Void) { self.body = body }

    func fire() {
        let body = body
        self.body = nil
        body?()
    }
}
