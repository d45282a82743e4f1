import CHotPaths
import KafkaClient
import KafkaProtocol
import Networking

/// Reads batches that were produced before, one a fetch, and walks their records.
final class FetchCourse: Course {
    /// Batches beyond the windows, so that the end of the log is never reached.
    private static let spareBatchCount = 4

    private let valueByteCount: Int
    private let recordCount: Int

    init(_ valueByteCount: Int, _ recordCount: Int) {
        self.valueByteCount = valueByteCount
        self.recordCount = recordCount
    }

    func run(_ windows: [Int], mark: @escaping @Sendable () -> Void) throws {
        let (valueByteCount, recordCount) = (valueByteCount, recordCount)
        let batchCount = windows.reduce(Self.spareBatchCount, +)
        try OneLoopCluster.run(folder: "fetch-\(recordCount)") { cluster in
            try await Feed(valueByteCount, recordCount).run(cluster, [batchCount]) {}
            let batchByteCount = byteCountMax(valueByteCount, recordCount)
            try await Reader(recordCount, batchByteCount: batchByteCount).run(cluster, windows, mark: mark)
        }
    }
}

/// The reading, on the cluster's loop.
private final class Reader: @unchecked Sendable {
    private let recordCount: Int
    private let batchByteCount: Int
    private var windows: Windows?

    init(_ recordCount: Int, batchByteCount: Int) {
        self.recordCount = recordCount
        self.batchByteCount = batchByteCount
    }

    func run(_ cluster: OneLoopCluster, _ windows: [Int], mark: @escaping @Sendable () -> Void) async throws {
        var configuration = ConsumerConfiguration()
        configuration.offsetReset = .earliest
        // Room for one batch and not for two.
        configuration.partitionFetchMaxByteCount = batchByteCount * 3 / 2
        let consumer = Consumer(
            client: cluster.client, configuration: configuration, assignment: .topics([OneLoopCluster.topic])
        ) { [unowned self] batch throws(WireError) in
            try fetched(batch)
        } onError: { error in
            fatalError("nothing is fetched any more: \(error)")
        }
        await withCheckedContinuation { done in
            cluster.loop.execute { [self] in
                self.windows = Windows(windows, mark: mark) { done.resume() }
                Task(executorPreference: cluster.loop) {
                    do { _ = try await consumer.start() } catch { fatalError("the consumer did not start: \(error)") }
                }
            }
        }
        await consumer.stop()
    }

    private func fetched(_ batch: borrowing FetchedBatch) throws(WireError) {
        precondition(batch.recordCount == recordCount, "a batch of \(batch.recordCount) records")
        var cursor = batch.makeCursor()
        var sum: UInt64 = 0
        while let record = try cursor.nextFields() {
            sum &+= UInt64(bitPattern: Int64(record.offsetDelta) &+ record.timestampDelta)
            sum &+= UInt64(max(0, record.valueByteCount))
        }
        hot_paths_keep(sum)
        _ = windows?.batchIsDone()
    }
}
