import KafkaClient
import KafkaProtocol
import Measurement
import Networking
import Results
import System

/// Consumes what is being produced, and times each record from its intended time to its arrival.
///
/// One producer writes each partition, so its records arrive in the order in which they were handed
/// over, and are told apart by that order alone. A lost or doubled record shifts all that follow;
/// but then the counts disagree, and the repeat is invalid.
actor ArrivalReader {
    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }

    private let topic: String
    private let starts: [Int64]
    private var times: [IntendedTimes]
    private var nextOffsets: [Int64]
    private var partitionGaps = PartitionGaps(partitionCount: 0, beginNs: .max)
    private var goals: [Int64]?
    private var outcome = ConsumeOutcome()
    private var window = MeasureWindow(beginNs: 0, warmupNs: 0, forNs: 0)
    private var hasWindow = false
    private var consumer: Consumer?
    private let change = LoopWait()

    /// How long after the last record was acknowledged the consumer may take to have it.
    private static let drainTimeoutNs: UInt64 = 30_000_000_000

    /// Reads a topic whose partitions end at `starts` now.
    init(topic: String, starts: [Int64], loop: EventLoop) {
        self.topic = topic
        self.starts = starts
        self.loop = loop
        times = starts.map { _ in IntendedTimes() }
        nextOffsets = starts
    }

    /// Starts the consumer at the partitions' ends; records handed over from now on arrive.
    func start(client: Client, configuration: ConsumerConfiguration) async throws {
        var atEnd = configuration
        atEnd.offsetReset = .latest
        let consumer = Consumer(
            client: client, configuration: atEnd,
            assignment: .partitions(starts.indices.map { TopicPartition(topic: topic, partition: Int32($0)) }),
            onBatch: { batch throws(WireError) in
                let counted = try BatchCount(batch)
                self.assumeIsolated { $0.enter(counted) }
            },
            onError: { error in self.assumeIsolated { $0.fail(error) } },
            onPosition: { partition, offset in
                self.assumeIsolated { $0.read(Int(partition.partition), upTo: offset) }
            })
        self.consumer = consumer
        outcome.beginNs = EventLoop.nowNs()
        _ = try await consumer.start()
    }

    /// Notes records handed to the producer; on the loop.
    nonisolated func noteHandOver(partition: Int32, count: Int, firstNs: UInt64, stepNs: Double) {
        assumeIsolated { $0.times[Int(partition)].append(count: count, firstNs: firstNs, stepNs: stepNs) }
    }

    /// Says when the window is; what arrives before is dropped from the latencies.
    nonisolated func setWindow(_ window: MeasureWindow) {
        assumeIsolated { reader in
            reader.window = window
            reader.hasWindow = true
            reader.outcome.beginNs = window.beginNs
            reader.outcome.windowBeginNs = window.warmupEndNs
            reader.outcome.gaps = ProgressGaps(beginNs: window.warmupEndNs, endNs: window.endNs)
            reader.partitionGaps = PartitionGaps(
                partitionCount: reader.starts.count, beginNs: window.warmupEndNs, endNs: window.endNs)
        }
    }

    /// Waits until every partition was read to `ends`, and closes the consumer.
    func finish(ends: [Int64], loss: TargetLoss) async -> ConsumeOutcome {
        goals = ends
        let watch = loss.watch { [loop] error in loop.execute(on: self) { $0.fail(error) } }
        defer { loss.unwatch(watch) }
        let deadlineNs = EventLoop.nowNs() + Self.drainTimeoutNs
        while !hasArrived, outcome.failures.isEmpty, EventLoop.nowNs() < deadlineNs {
            await change.wait(untilNs: deadlineNs, on: loop)
        }
        if !hasArrived, outcome.failures.isEmpty {
            let because = await consumer?.lastError.map { "; the last error: \($0)" } ?? ""
            outcome.fail(
                InvalidReason(
                    .timedOut,
                    "records were stored that did not arrive within \(Self.drainTimeoutNs / 1_000_000_000) s\(because)")
            )
        }
        await stop()
        if window.endNs != .max { outcome.gaps.end(atNs: EventLoop.nowNs()) }
        outcome.standstill = partitionGaps.worst { "\(topic)-\($0)" }
        return outcome
    }

    /// Closes the consumer.
    func stop() async {
        await consumer?.stop()
        consumer = nil
    }

    private var hasArrived: Bool {
        guard let goals else { return false }
        return zip(nextOffsets, goals).allSatisfy { $0 >= $1 }
    }

    private func enter(_ batch: BatchCount) {
        nextOffsets[batch.partition] = batch.lastOffset + 1
        outcome.count(batch.recordCount, atNs: batch.receivedNs)
        outcome.batchCountByCodec[batch.codec, default: 0] += 1
        outcome.gaps.note(atNs: batch.receivedNs)
        if let dueNs = times[batch.partition].oldestNs {
            partitionGaps.came(batch.partition, atNs: batch.receivedNs, dueNs: dueNs)
        }
        if hasWindow, window.contains(batch.receivedNs) {
            outcome.windowCount += batch.recordCount
            outcome.windowByteCount += batch.valueByteCount
        }
        times[batch.partition].take(batch.recordCount) { run in
            for index in 0..<run.count {
                let intendedNs = run.time(index)
                guard hasWindow, window.contains(intendedNs) else { continue }
                outcome.latency.recordValue(batch.receivedNs.since(intendedNs))
            }
        }
        if hasArrived { change.wake() }
    }

    /// Moves the position past offsets without records, such as another producer's transaction
    /// marker behind the last record that is due.
    private func read(_ partition: Int, upTo offset: Int64) {
        guard offset > nextOffsets[partition] else { return }
        nextOffsets[partition] = offset
        if hasArrived { change.wake() }
    }

    private func fail(_ error: any Error) {
        outcome.fail(InvalidReason(error))
        change.wake()
    }
}
