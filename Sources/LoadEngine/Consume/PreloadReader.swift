import KafkaClient
import KafkaProtocol
import Measurement
import Networking
import Results
import Scenario
import System

/// Reads a topic's preload again and again until the window closes.
///
/// At a partition's end it seeks to the start. Each batch must continue where the one before ended
/// (`ReadingOrder`), and each pass must bring exactly the partition's records. A log that others
/// wrote may have gaps and grow, so there only the offsets are checked.
actor PreloadReader {
    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }

    private let topic: String
    private let ranges: [LogRange]
    private let measure: MeasureSpec
    private let metrics: ClientMetrics
    private let brokerPid: Int32?
    private let onProgress: @Sendable (Int) -> Void
    private var consumer: Consumer?
    private var outcome = ConsumeOutcome()
    private var window = MeasureWindow(beginNs: 0, warmupNs: 0, forNs: 0)
    private var probe: WindowProbe?
    private var order: ReadingOrder
    private var passCounts: [Int]
    private var passRecords: [Int]
    /// Whether a partition waits for its seek to the start; batches until then lie beyond the
    /// range.
    private var isRewinding: [Bool]
    /// The stretches without records, by partition; every one always has records left to read.
    private var partitionGaps = PartitionGaps(partitionCount: 0, beginNs: .max)
    private var isClosed = false
    private let closed = Signal()

    /// Reads `ranges`, which have a record at each offset if the topic `isDense`.
    init(
        topic: String, ranges: [LogRange], isDense: Bool, measure: MeasureSpec, metrics: ClientMetrics,
        brokerPid: Int32?, loop: EventLoop, onProgress: @escaping @Sendable (Int) -> Void
    ) {
        self.topic = topic
        self.ranges = ranges
        self.measure = measure
        self.metrics = metrics
        self.brokerPid = brokerPid
        self.loop = loop
        self.onProgress = onProgress
        order = ReadingOrder(starts: ranges.map(\.start), isDense: isDense)
        passCounts = ranges.map { _ in 0 }
        passRecords = passCounts
        isRewinding = ranges.map { _ in false }
    }

    /// Reads through warm-up and window; when the target is lost, `fail` must be called and `client`
    /// closed.
    func run(
        client: Client, configuration: ConsumerConfiguration, interruption: Interruption
    ) async throws -> ConsumeOutcome {
        let filled = ranges.indices.filter { ranges[$0].start < ranges[$0].end }
        guard !filled.isEmpty else {
            throw EngineError("topic \(topic) holds no records to consume: give it a preload")
        }
        var fromStart = configuration
        fromStart.offsetReset = .earliest
        // When a pass ends, the next fetch is already under way at the log's end. A real consumer
        // would wait there for new records; this one seeks back, so that fetch must not wait.
        for index in filled {
            fromStart.waitlessOffsets[TopicPartition(topic: topic, partition: Int32(index))] = ranges[index].end
        }
        let onPosition: @Sendable (TopicPartition, Int64) -> Void = { partition, offset in
            self.assumeIsolated { $0.read(Int(partition.partition), upTo: offset) }
        }
        let consumer = Consumer(
            client: client, configuration: fromStart,
            assignment: .partitions(filled.map { TopicPartition(topic: topic, partition: Int32($0)) }),
            onBatch: { batch throws(WireError) in
                // The batch is lent for this call only, so it is counted before the actor is
                // entered.
                try self.received(batch)
            },
            onError: { error in self.assumeIsolated { $0.fail(error) } },
            onPosition: order.isDense ? nil : onPosition)
        self.consumer = consumer
        begin()
        interruption.onRequest { [loop] in loop.execute(on: self) { $0.close() } }
        do {
            _ = try await consumer.start()
        } catch {
            close()
            await stop(consumer)
            throw error
        }
        await closed.wait()
        await stop(consumer)
        outcome.passCount = filled.map { passCounts[$0] }.min() ?? 0
        return outcome
    }

    private func stop(_ consumer: Consumer) async {
        await consumer.stop()
        // The consumer's callbacks hold this reader.
        self.consumer = nil
    }

    private func begin() {
        let nowNs = EventLoop.nowNs()
        outcome.beginNs = nowNs
        window = MeasureWindow(beginNs: nowNs, measure)
        loop.schedule(window, on: self, begin: { $0.beginWindow() }, end: { $0.close() })
    }

    private func beginWindow() {
        guard !isClosed else { return }
        probe = WindowProbe(metrics: metrics, brokerPid: brokerPid)
        outcome.windowBeginNs = EventLoop.nowNs()
        outcome.gaps = ProgressGaps(beginNs: outcome.windowBeginNs, endNs: window.endNs)
        partitionGaps = PartitionGaps(
            partitionCount: ranges.count, beginNs: outcome.windowBeginNs, endNs: window.endNs)
    }

    private func close() {
        guard !isClosed else { return }
        isClosed = true
        outcome.windowEndNs = EventLoop.nowNs()
        outcome.gaps.end(atNs: outcome.windowEndNs)
        endPartitionGaps()
        outcome.reading = probe?.read()
        closed.fire()
    }

    private func endPartitionGaps() {
        let filled = ranges.indices.filter { ranges[$0].start < ranges[$0].end }
        for partition in filled { partitionGaps.end(partition, atNs: outcome.windowEndNs) }
        guard var worst = partitionGaps.worst({ "\(topic)-\($0)" }) else { return }
        // A response may bring one partition only; then the partitions take turns.
        let turnNs = outcome.gaps.usualNs.multipliedReportingOverflow(by: UInt64(filled.count)).partialValue
        worst.usualNs = max(worst.usualNs, turnNs)
        outcome.standstill = worst
    }

    /// Ends the reading for an error.
    func fail(_ error: any Error) {
        // Later failures, such as the client's end, follow from the first.
        guard !isClosed else { return }
        outcome.fail(InvalidReason(error))
        close()
    }

    nonisolated private func received(_ batch: borrowing FetchedBatch) throws(WireError) {
        let counted = try BatchCount(batch)
        assumeIsolated { $0.enter(counted) }
    }

    private func enter(_ batch: BatchCount) {
        guard !isClosed, !isRewinding[batch.partition] else { return }
        outcome.count(batch.recordCount, atNs: batch.receivedNs)
        outcome.batchCountByCodec[batch.codec, default: 0] += 1
        if let fault = order.enter(batch) { outcome.disagree("\(topic)-\(batch.partition): \(fault)") }
        if outcome.windowBeginNs != 0 {
            outcome.gaps.note(atNs: batch.receivedNs)
            partitionGaps.came(batch.partition, atNs: batch.receivedNs)
            outcome.windowCount += batch.recordCount
            outcome.windowByteCount += batch.valueByteCount
            if let most = window.recordCountMax, outcome.windowCount >= most { close() }
        }
        onProgress(outcome.consumedCount)
        passRecords[batch.partition] += batch.recordCount
        if batch.lastOffset + 1 >= ranges[batch.partition].end { endPass(of: batch.partition) }
    }

    private func endPass(of partition: Int) {
        let range = ranges[partition]
        let expected = Int(range.end - range.start)
        if order.isDense, passRecords[partition] != expected {
            outcome.disagree("\(topic)-\(partition): \(passRecords[partition]) of \(expected) records in a pass")
        }
        passRecords[partition] = 0
        passCounts[partition] += 1
        isRewinding[partition] = true
        let place = TopicPartition(topic: topic, partition: Int32(partition))
        // Later, because the consumer is still handing out the batch that ended the pass.
        loop.execute(on: self) { $0.rewind(place, to: range.start) }
    }

    private func rewind(_ place: TopicPartition, to offset: Int64) {
        guard !isClosed, let consumer else { return }
        do {
            try consumer.assumeIsolated { try $0.seek(place, to: offset) }
            order.rewind(Int(place.partition), to: offset)
            isRewinding[Int(place.partition)] = false
        } catch {
            fail(error)
        }
    }

    /// Ends a pass where the log's last offsets hold no record (a transaction's marker, aborted
    /// records, what compaction took), because no batch comes for them.
    private func read(_ partition: Int, upTo offset: Int64) {
        guard !isClosed, !isRewinding[partition] else { return }
        if offset > order.next(partition) {
            order.rewind(partition, to: offset)
            partitionGaps.came(partition, atNs: EventLoop.nowNs())
        }
        if offset >= ranges[partition].end { endPass(of: partition) }
    }
}
