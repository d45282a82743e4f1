import KafkaClient
import KafkaProtocol
import Networking

/// Starts a client and a consumer of a new group, up to its first record, over a topic of many
/// partitions.
final class StartCourse: Course {
    private let partitionCount: Int

    init(_ partitionCount: Int) { self.partitionCount = partitionCount }

    func run(_ windows: [Int], mark: @escaping @Sendable () -> Void) throws {
        let partitionCount = partitionCount
        try OneLoopCluster.run(folder: "start-\(partitionCount)", partitionCount: partitionCount) { cluster in
            // A batch of one record, in the first partition.
            try await Feed(100, 1).run(cluster, [1]) {}
            mark()
            var count = 0
            for window in windows {
                for _ in 0..<window {
                    count += 1
                    try await start(cluster, group: "group-\(count)")
                }
                mark()
            }
        }
    }
}

/// One start, from making the client to closing it behind the first record.
private func start(_ cluster: OneLoopCluster, group: String) async throws {
    let client = Client(configuration: cluster.configuration, loop: cluster.loop)
    var configuration = ConsumerConfiguration()
    configuration.groupId = group
    configuration.offsetReset = .earliest
    let (records, arrival) = AsyncStream.makeStream(of: Int.self)
    let consumer = Consumer(client: client, configuration: configuration, assignment: .topics([OneLoopCluster.topic])) {
        arrival.yield($0.recordCount)
    } onError: { error in
        fatalError("nothing is fetched any more: \(error)")
    }
    let positions = try await consumer.start()
    precondition(positions.offsets.count == cluster.partitionCount, "a start on \(positions.offsets.count) partitions")
    for await count in records {
        precondition(count == 1, "a batch of \(count) records")
        break
    }
    await consumer.stop()
    await client.close()
}
