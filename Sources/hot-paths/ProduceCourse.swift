import Bytes
import KafkaClient
import KafkaProtocol
import Networking

/// Hands one batch after the other to a producer: each when the one before is acknowledged.
final class ProduceCourse: Course {
    private let valueByteCount: Int
    private let recordCount: Int

    init(_ valueByteCount: Int, _ recordCount: Int) {
        self.valueByteCount = valueByteCount
        self.recordCount = recordCount
    }

    func run(_ windows: [Int], mark: @escaping @Sendable () -> Void) throws {
        let (valueByteCount, recordCount) = (valueByteCount, recordCount)
        try OneLoopCluster.run(folder: "produce-\(recordCount)") { cluster in
            try await Feed(valueByteCount, recordCount).run(cluster, windows, mark: mark)
        }
    }
}

/// Hands over the batches, on the cluster's loop.
final class Feed: @unchecked Sendable {
    private let valueByteCount: Int
    private let recordCount: Int
    private let values: ByteBuffer
    private var producer: Producer?
    private var partition: PartitionHandle?
    private var windows: Windows?

    init(_ valueByteCount: Int, _ recordCount: Int) {
        self.valueByteCount = valueByteCount
        self.recordCount = recordCount
        values = makeValues(recordCount, byteCount: valueByteCount)
    }

    func run(_ cluster: OneLoopCluster, _ windows: [Int], mark: @escaping @Sendable () -> Void) async throws {
        var configuration = ProducerConfiguration()
        configuration.lingerMs = 0
        configuration.batchByteCount = byteCountMax(valueByteCount, recordCount)
        let producer = Producer(client: cluster.client, configuration: configuration) { [unowned self] in
            delivered($0)
        }
        partition = try await producer.partitions(of: OneLoopCluster.topic)[0]
        self.producer = producer
        await withCheckedContinuation { done in
            cluster.loop.execute { [self] in
                self.windows = Windows(windows, mark: mark) { done.resume() }
                enqueue()
            }
        }
        _ = await producer.close()
    }

    private func enqueue() {
        guard let producer, let partition else { return }
        let values = values
        let bytes = values.bytes
        do {
            let taken = try producer.enqueue(
                partition, values: bytes, valueByteCount: valueByteCount, count: recordCount,
                timestampMs: timestampMs)
            precondition(taken == recordCount, "a batch has room for its records")
        } catch {
            fatalError("records were refused: \(error)")
        }
    }

    private func delivered(_ delivery: BatchDelivery) {
        guard case .acknowledged = delivery.outcome, delivery.recordCount == recordCount else {
            fatalError("not one whole batch was acknowledged: \(delivery)")
        }
        if windows?.batchIsDone() == true { enqueue() }
    }
}

/// Counts batches to the end of each window.
final class Windows {
    private let windows: [Int]
    private let mark: () -> Void
    private let done: () -> Void
    private var index = 0
    private var batchCount = 0

    /// The first window begins at once.
    init(_ windows: [Int], mark: @escaping () -> Void, done: @escaping () -> Void) {
        self.windows = windows
        self.mark = mark
        self.done = done
        mark()
    }

    /// Returns whether another batch follows.
    func batchIsDone() -> Bool {
        guard index < windows.count else { return false }
        batchCount += 1
        guard batchCount == windows[index] else { return true }
        mark()
        batchCount = 0
        index += 1
        if index == windows.count { done() }
        return index < windows.count
    }
}
