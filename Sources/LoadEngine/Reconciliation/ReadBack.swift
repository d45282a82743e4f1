import KafkaClient
import KafkaCompression
import KafkaProtocol
import Networking
import Results
import System

/// Reads what a repeat stored, once, and counts it: records, and batches by the codec they are
/// stored with.
final class ReadBack: @unchecked Sendable {
    private var nextOffsets: [Int64]
    private let ends: [Int64]
    private(set) var recordCount = 0
    private(set) var batchCountByCodec: [String: Int64] = [:]
    private var failure: (any Error)?
    private let change = LoopWait()
    private var lastArrivalNs = EventLoop.nowNs()
    /// The last error that the consumer went on after, which may tell why nothing comes.
    private var lastError: () -> ClientError? = { nil }

    /// How long nothing may arrive before the reading is given up: as long as an answer may take
    /// (`request.timeout.ms`).
    private let stallMs: Int

    private init(_ ranges: [LogRange], stallMs: Int) {
        self.stallMs = stallMs
        nextOffsets = ranges.map(\.start)
        ends = ranges.map(\.end)
    }

    /// Reads each partition of `topic` from its start to its end as given; its batches hold no more
    /// than `batchByteCountMax` decompressed, if that is more than a consumer takes anyway.
    static func run(
        client: Client, loop: EventLoop, topic: String, ranges: [LogRange], loss: TargetLoss,
        batchByteCountMax: Int = 0
    ) async throws -> (recordCount: Int, batchCountByCodec: [String: Int64]) {
        let book = ReadBack(ranges, stallMs: client.configuration.requestTimeoutMs)
        guard !book.isDone else { return (0, [:]) }
        var configuration = ConsumerConfiguration()
        configuration.offsetReset = .earliest
        configuration.decompressedByteCountMax = max(configuration.decompressedByteCountMax, batchByteCountMax)
        let assignment = ranges.indices.filter { ranges[$0].start < ranges[$0].end }
            .map { TopicPartition(topic: topic, partition: Int32($0)) }
        let consumer = Consumer(
            client: client, configuration: configuration, assignment: .partitions(assignment),
            onBatch: { batch throws(WireError) in try book.enter(batch) }, onError: { book.fail($0) },
            onPosition: { book.read(Int($0.partition), upTo: $1) })
        book.lastError = { [weak consumer] in consumer?.assumeIsolated { $0.lastError } }
        let watch = client.closing(on: loss) { error in loop.execute { book.fail(error) } }
        defer { loss.unwatch(watch) }
        do {
            // Records of others may stand before the range.
            for partition in assignment {
                try await consumer.seek(partition, to: ranges[Int(partition.partition)].start)
            }
            _ = try await consumer.start()
            try await book.waitUntilDone(loop)
        } catch {
            await consumer.stop()
            throw error
        }
        await consumer.stop()
        return (book.recordCount, book.batchCountByCodec)
    }

    private var isDone: Bool { zip(nextOffsets, ends).allSatisfy { $0 >= $1 } }

    private func enter(_ batch: borrowing FetchedBatch) throws(WireError) {
        let partition = Int(batch.topicPartition.partition)
        lastArrivalNs = batch.receivedNs
        var cursor = batch.makeCursor()
        var count = 0
        // The log may have grown since: only what was there belongs to the repeat.
        while let record = try cursor.nextFields() {
            if batch.baseOffset + Int64(record.offsetDelta) < ends[partition] { count += 1 }
        }
        recordCount += count
        if count > 0 { batchCountByCodec[batch.compression.name, default: 0] += 1 }
        nextOffsets[partition] = batch.lastOffset + 1
        if isDone { change.wake() }
    }

    /// Moves the position past offsets without records, such as another producer's transaction
    /// marker.
    private func read(_ partition: Int, upTo offset: Int64) {
        guard offset > nextOffsets[partition] else { return }
        nextOffsets[partition] = offset
        lastArrivalNs = EventLoop.nowNs()
        if isDone { change.wake() }
    }

    private func fail(_ error: any Error) {
        failure = failure ?? error
        change.wake()
    }

    private func waitUntilDone(_ loop: EventLoop) async throws {
        while !isDone {
            if let failure { throw failure }
            let deadlineNs = lastArrivalNs.later(byMs: stallMs)
            guard EventLoop.nowNs() < deadlineNs else {
                let because = lastError().map { "; the last error: \($0)" } ?? ""
                throw EngineError(
                    "reading back what was stored: no records within \(stallMs) ms (request.timeout.ms)\(because)",
                    code: .timedOut)
            }
            await change.wait(untilNs: deadlineNs, on: loop)
        }
    }
}
