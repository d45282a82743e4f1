import Bytes
import KafkaCompression
import KafkaProtocol
import Networking
import System

/// What a producer does per batch: filling, sending, and telling what became of each. On its loop
/// only.
final class ProducerCore: @unchecked Sendable {
    let cluster: Cluster
    let configuration: ProducerConfiguration
    let requestTimeoutMs: Int
    /// Dropped at the end, because it often holds an object that holds this producer.
    var onDelivery: (@Sendable (BatchDelivery) -> Void)?
    // Unchecked is what each batch comes by; docs/architecture.md says what that asks of the code.
    /// The partitions that handles were given out for, by the index of the handle.
    private(set) var topicPartitions: [TopicPartition] = []
    /// By the same index; nil until it is first used, as of a large topic a producer that is soon
    /// thrown away uses little.
    @safe @exclusivity(unchecked) private(set) var partitions: [PartitionState?] = []
    /// The topics that handles were given out for, by the index of the handle.
    private(set) var topics: [TopicState] = []
    /// By broker; only where `partitioner.availability.timeout.ms` asks for it.
    var nodeTimes: [Int32: NodeTimes] = [:]
    var random = SystemRandomNumberGenerator()
    /// The brokers that a batch is due for, in the round under way.
    @safe @exclusivity(unchecked) var readyLeaders: [Int32] = []
    /// The partitions with something to send, in the order in which they take turns.
    @safe @exclusivity(unchecked) var listed: [PartitionState] = []
    /// Batches whose outcome was not reported yet, oldest first; reported ones are taken out when
    /// they come to the front.
    @safe @exclusivity(unchecked) var unreported = Fifo<ProducerBatch>()
    /// Requests without an answer, by broker.
    @safe @exclusivity(unchecked) var requestsInFlight: [Int32: Int] = [:]
    var identity: ProducerIdentity?
    var isAskingForIdentity = false
    var identityFailures = 0
    /// Why there is no identity.
    var identityError: ClientError?
    var identityNotBeforeNs: UInt64 = 0
    var identityWaiters: [(ClientError?) -> Void] = []
    private(set) var usedByteCount = 0
    private(set) var batchCount = 0
    /// What the last record that found no room asked for.
    private var refusedByteCount = 0
    private var nextSerial: UInt64 = 0
    private var isDrainDue = false
    var wakeTimer: EventLoop.Timer?
    var wakeNs = UInt64.max
    var expiryTimer: EventLoop.Timer?
    /// Batches up to this one are sent without lingering.
    var flushSerial: UInt64 = 0
    var flushes: [(serial: UInt64, done: () -> Void)] = []
    @safe @exclusivity(unchecked) private var roomWaiters = Fifo<() -> Void>()
    private(set) var compressor: Compressor?
    var estimate = CompressionEstimate()
    private(set) var isPrepared = false
    private(set) var isClosing = false
    var isClosed = false
    var undelivered = UndeliveredReport()

    init(cluster: Cluster, configuration: ProducerConfiguration, onDelivery: (@Sendable (BatchDelivery) -> Void)?) {
        self.cluster = cluster
        self.configuration = configuration
        self.onDelivery = onDelivery
        requestTimeoutMs = configuration.requestTimeoutMs ?? cluster.configuration.requestTimeoutMs
    }

    var loop: EventLoop { cluster.environment.loop }
    /// How long a call may wait that begins now.
    var blockLimit: CallLimit { CallLimit(ms: configuration.blockMs, option: "max.block.ms") }

    /// Readies the codec; a level that it does not have is an error.
    func prepare() throws(ClientError) {
        guard !isPrepared, !isClosed else { return }
        cluster.observe(self, onClose: { [self] in abort() }) { [self] in metadataUpdated() }
        if configuration.compression != .none {
            do throws(CompressionError) {
                compressor = try Compressor(type: configuration.compression, level: configuration.compressionLevel)
            } catch {
                throw ClientError(.invalidArgument("\(error)"))
            }
        }
        isPrepared = true
    }

    /// The handles of a topic's first partitions, the same for the producer's life.
    func handles(of topic: String, count: Int) -> [PartitionHandle] {
        let known = self.topic(topic, count: count).handles
        return known.count == count ? known : Array(known.prefix(count))
    }

    /// What is kept for a topic of so many partitions, or more.
    func topic(_ name: String, count: Int) -> TopicState { topics[topicIndex(name, count: count)] }

    /// The place of a topic of so many partitions, or more.
    func topicIndex(_ name: String, count: Int) -> Int {
        // A loop, because a producer has few topics, and often one.
        var at = 0
        while at < topics.count, topics[at].name != name { at += 1 }
        if at == topics.count { topics.append(TopicState(name, configuration)) }
        let topic = topics[at]
        guard topic.handles.count < count else { return at }
        let added = topic.handles.count..<count
        let shift = partitions.count - topic.handles.count
        topicPartitions += added.map { TopicPartition(topic: name, partition: Int32($0)) }
        partitions += repeatElement(nil, count: added.count)
        topic.handles += added.map { PartitionHandle(index: $0 + shift) }
        return at
    }

    /// What is kept for the partition of a handle.
    func partition(_ index: Int) -> PartitionState {
        if let known = partitions[index] { return known }
        let made = PartitionState(index: index, topicPartitions[index], configuration)
        partitions[index] = made
        return made
    }

    // MARK: Filling

    /// Appends `count` records and says how many had room; with `untilFull` no more than the batch
    /// takes that is being filled, which is then ended.
    func enqueue(
        _ handle: PartitionHandle, values: RawSpan, valueByteCount: Int, firstValue: Int, count: Int,
        timestampMs: Int64, untilFull: Bool = false
    ) throws(ClientError) -> Int {
        let state = partition(handle.index)
        let most =
            RecordBatchHeader.byteCount
            + RecordEncoding.recordByteCountMax(
                keyByteCount: nil, valueByteCount: valueByteCount)
        var done = 0
        while done < count, let batch = try openBatch(state, recordByteCount: most) {
            let added = batch.append(
                values: values, valueByteCount: valueByteCount, firstValue: firstValue + done, count: count - done,
                timestampMs: timestampMs)
            done += added
            state.nextOrdinal += UInt64(added)
            guard done < count else { break }
            seal(state)
            if untilFull, done > 0 { break }
        }
        noteFilled(state)
        return done
    }

    /// Appends one record; nil when there is no room, else its ordinal.
    func enqueue(
        _ handle: PartitionHandle, key: RawSpan?, value: RawSpan?, headers: [RecordHeader], timestampMs: Int64
    ) throws(ClientError) -> UInt64? {
        let state = partition(handle.index)
        let most =
            RecordBatchHeader.byteCount
            + RecordEncoding.recordByteCountMax(
                keyByteCount: key?.byteCount, valueByteCount: value?.byteCount, headers: headers)
        while let batch = try openBatch(state, recordByteCount: most) {
            guard batch.append(key: key, value: value, headers: headers, timestampMs: timestampMs) else {
                seal(state)
                continue
            }
            defer { state.nextOrdinal += 1 }
            noteFilled(state)
            return state.nextOrdinal
        }
        noteFilled(state)
        return nil
    }

    /// The batch to append to, a new one if need be; nil if there is no room for one.
    func openBatch(_ state: PartitionState, recordByteCount: Int) throws(ClientError) -> ProducerBatch? {
        guard !isClosing else { throw ClientError(.closed) }
        if let open = state.open { return open }
        let limit = min(configuration.requestByteCountMax, configuration.bufferByteCount)
        guard recordByteCount <= limit else {
            throw ClientError(
                .recordTooLarge(byteCount: recordByteCount, max: limit), topicPartition: state.topicPartition)
        }
        let capacity = max(recordByteCount, wantedByteCount)
        guard usedByteCount == 0 || usedByteCount + capacity <= configuration.bufferByteCount else {
            refusedByteCount = capacity
            return nil
        }
        refusedByteCount = 0
        let nowNs = EventLoop.nowNs()
        let deadlineNs = nowNs.later(byMs: configuration.deliveryTimeoutMs)
        if unreported.isEmpty {
            armExpiry(deadlineNs)
            // A loop that has stopped ends the producer here and now.
            guard !isClosing else { throw ClientError(.closed) }
        }
        nextSerial += 1
        let batch = ProducerBatch(
            partition: state.index, serial: nextSerial, ordinal: state.nextOrdinal, createdNs: nowNs,
            deadlineNs: deadlineNs,
            buffer: cluster.environment.pool.take(capacity), recordByteCountMax: capacity)
        usedByteCount += batch.heldByteCount
        batchCount += 1
        state.open = batch
        unreported.append(batch)
        return batch
    }

    /// How many bytes of records a batch is filled with.
    private var wantedByteCount: Int {
        guard compressor != nil else { return max(configuration.batchByteCount, RecordBatchHeader.byteCount + 1) }
        // A little less than a request, for data that suddenly do not shrink any more.
        return estimate.recordByteCount(
            for: configuration.batchByteCount, max: configuration.requestByteCountMax / 100 * 98)
    }

    /// How many bytes on the wire so many bytes of records are expected to make.
    func wireByteCount(_ recordByteCount: Int) -> Int {
        compressor == nil ? recordByteCount : estimate.wireByteCount(of: recordByteCount)
    }

    /// Ends the open batch, so that it may be sent.
    func seal(_ state: PartitionState) {
        guard let batch = state.open else { return }
        state.open = nil
        let held = batch.heldByteCount
        let recordByteCount = batch.byteCount
        do throws(CompressionError) {
            try batch.seal(compressor, cluster.environment.pool)
            usedByteCount -= held - batch.heldByteCount
            if compressor != nil { estimate.observed(compressed: batch.byteCount, of: recordByteCount) }
            state.queue.add(batch)
        } catch {
            report(batch, .refused(ClientError(.invalidArgument("\(error)"), topicPartition: state.topicPartition)))
            release(batch)
        }
    }

    func noteFilled(_ state: PartitionState) {
        guard state.hasUnsent else { return }
        if !state.isListed {
            state.isListed = true
            listed.append(state)
        }
        if state.queue.hasUnsent || configuration.lingerMs == 0 || !hasRoom { return drainSoon() }
        guard let open = state.open else { return }
        if open.serial <= flushSerial { return drainSoon() }
        wake(atNs: open.createdNs + lingerNs)
    }

    /// The newest batch so far, if not all were told of.
    var lastUnreportedSerial: UInt64? { unreported.isEmpty ? nil : nextSerial }

    var lingerNs: UInt64 { .nanoseconds(ofMs: configuration.lingerMs) }

    /// Drains once what is running now is done, so that everything enqueued meanwhile goes along.
    func drainSoon() {
        guard !isDrainDue else { return }
        isDrainDue = true
        loop.execute { [self] in
            isDrainDue = false
            drain()
        }
    }

    /// Drains at this time, or before.
    func wake(atNs: UInt64) {
        guard atNs < wakeNs else { return }
        wakeTimer?.cancel()
        wakeNs = atNs
        wakeTimer = loop.schedule(atNs: atNs) { [self] in
            wakeNs = .max
            drain()
        }
    }

    // MARK: Room

    /// Whether a batch more has room.
    var hasRoom: Bool {
        usedByteCount == 0
            || usedByteCount + max(wantedByteCount, refusedByteCount) <= configuration.bufferByteCount
    }

    /// Calls `body` once when there is room.
    func whenRoom(_ body: @escaping () -> Void) {
        roomWaiters.append(body)
        if hasRoom || isClosing { drainSoon() }
    }

    /// Lets waiting callers enqueue, as long as there is room.
    func admit() {
        // A caller that asks again from within waits for the next turn.
        for _ in 0..<roomWaiters.count where hasRoom || isClosing { roomWaiters.popFirst()?() }
    }

    /// Counts a batch that took memory beside the buffer's bound: it came of one that was counted.
    func hold(_ batch: ProducerBatch) {
        usedByteCount += batch.heldByteCount
        batchCount += 1
    }

    /// Gives back what a batch held, once it is not sent any more.
    func release(_ batch: ProducerBatch) {
        usedByteCount -= batch.heldByteCount
        batchCount -= 1
        cluster.environment.pool.give(batch.takeBuffer())
        if !roomWaiters.isEmpty { drainSoon() }
    }

    /// Takes no more records from now on.
    func beginClosing() {
        isClosing = true
        drainSoon()
    }
}
