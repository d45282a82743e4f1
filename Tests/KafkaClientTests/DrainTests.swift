import KafkaProtocol
import Networking
import Synchronization
import Testing

@testable import KafkaClient

/// Which batches go in one request, and where records without a key go.
@Suite(.timeLimit(.minutes(5))) struct DrainTests {
    /// Makes a producer to a topic of `partitions`, and counts its batches and requests.
    private func run(
        partitions: Int32, _ properties: [String: String],
        _ body: @escaping @Sendable (Producer, EventLoop, Counts, ClientMetrics) async throws -> Void
    ) async throws {
        try await TestCluster.run { cluster in
            let metrics = ClientMetrics()
            let client = try cluster.client(metrics: metrics)
            try await Admin(client: client).createTopics([NewTopic(name: "drained", partitionCount: partitions)])
            let counts = Counts()
            let producer = Producer(client: client, configuration: try ProducerConfiguration(properties: properties)) {
                counts.take($0)
            }
            try await body(producer, cluster.loop, counts, metrics)
            _ = await producer.close()
            await client.close()
        }
    }

    private final class Counts: Sendable {
        private let batches = Mutex<[(partition: Int, count: Int)]>([])
        func take(_ delivery: BatchDelivery) {
            batches.withLock { $0.append((delivery.partition.index, delivery.recordCount)) }
        }
        var all: [(partition: Int, count: Int)] { batches.withLock { $0 } }
    }

    @Test(.timeLimit(.minutes(1))) func aReadyBrokersOtherPartitionsGoInTheSameRequest() async throws {
        // None of the partitions but the one with a full batch is due before a minute.
        try await run(partitions: 4, ["linger.ms": "60000", "batch.size": "1000", "delivery.timeout.ms": "120000"]) {
            producer, loop, counts, metrics in
            let handles = try await producer.partitions(of: "drained")
            try await producer.start()
            try await Task(executorPreference: loop) {
                let value = [UInt8](repeating: 1, count: 100)
                for handle in handles {
                    let count = handle == handles[2] ? 12 : 1
                    let taken = try producer.enqueue(
                        handle, values: value.span.bytes, valueByteCount: 100, count: count, timestampMs: 1)
                    #expect(taken == count)
                }
            }.value
            while counts.all.count < 4 { await Task.yield() }
            #expect(metrics.requestCounts[.produce] == 1)
            #expect(counts.all.map(\.partition).sorted() == handles.map(\.index))
            #expect(counts.all.first { $0.partition == handles[2].index }?.count == 8)
        }
    }

    @Test func recordsStickToAPartitionForABatchsWorthOfBytes() async throws {
        try await run(partitions: 6, ["linger.ms": "0", "batch.size": "1000"]) { producer, loop, counts, _ in
            let topic = try await producer.topic("drained")
            let value = [UInt8](repeating: 1, count: 100)
            var places: [Int] = []
            for number in 0..<200 {
                places.append(
                    try await Task(executorPreference: loop) {
                        try producer.enqueue(topic, values: value.span.bytes, valueByteCount: 100, timestampMs: 1)
                            .partition.index
                    }.value)
                // Each is sent before the next comes.
                while counts.all.count <= number { await Task.yield() }
            }
            // Six records with the headers of their batches are the first to be a thousand bytes.
            for start in stride(from: 0, to: 198, by: 6) { #expect(Set(places[start..<start + 6]).count == 1) }
            #expect(Set(places).count == 6)
        }
    }

    @Test func inTurnEachRecordGoesToTheNextPartition() async throws {
        let properties = ["linger.ms": "20", "partitioner.class": "RoundRobinPartitioner"]
        try await run(partitions: 3, properties) { producer, loop, _, _ in
            let topic = try await producer.topic("drained")
            let places = try await Task(executorPreference: loop) {
                let value: [UInt8] = [1]
                var places: [Int] = []
                for _ in 0..<6 {
                    let (partition, count) = try producer.enqueue(
                        topic, values: value.span.bytes, valueByteCount: 1, count: 5, timestampMs: 1)
                    #expect(count == 1)
                    places.append(partition.index)
                }
                return places
            }.value
            #expect(places == [0, 1, 2, 0, 1, 2])
        }
    }

    @Test func keysCanBeIgnored() async throws {
        for ignoresKeys in [false, true] {
            let properties = ["linger.ms": "0", "batch.size": "1", "partitioner.ignore.keys": "\(ignoresKeys)"]
            try await run(partitions: 4, properties) { producer, _, _, _ in
                var places: Set<Int32> = []
                for _ in 0..<40 {
                    let record = ProducerRecord(topic: "drained", key: [1], value: [2])
                    places.insert(try await producer.send(record).topicPartition.partition)
                }
                #expect(places.count == (ignoresKeys ? 4 : 1))
            }
        }
    }

    @Test func aBatchIsFilledToItsEnd() async throws {
        try await run(partitions: 1, ["linger.ms": "60000", "batch.size": "1000", "delivery.timeout.ms": "120000"]) {
            producer, loop, counts, _ in
            let handle = try await producer.partitions(of: "drained")[0]
            let taken = try await Task(executorPreference: loop) {
                let value = [UInt8](repeating: 1, count: 100)
                return try producer.fillBatch(
                    handle, values: value.span.bytes, valueByteCount: 100, count: 1_000, timestampMs: 1)
            }.value
            // It does not linger.
            while counts.all.isEmpty { await Task.yield() }
            #expect(counts.all.map(\.count) == [taken] && taken == 8)
        }
    }

    @Test(arguments: [true, false]) func aLongerQueueCountsWherePartitioningIsAdaptive(isAdaptive: Bool) async throws {
        let properties = [
            "linger.ms": "0", "batch.size": "1", "partitioner.adaptive.partitioning.enable": "\(isAdaptive)",
        ]
        try await run(partitions: 2, properties) { producer, loop, _, _ in
            let topic = try await producer.topic("drained")
            let handles = try await producer.partitions(of: "drained")
            let chosen = try await Task(executorPreference: loop) {
                let value: [UInt8] = [1]
                // Nothing is sent before this turn of the loop ends.
                for (handle, count) in zip(handles, [400, 1]) {
                    _ = try producer.enqueue(
                        handle, values: value.span.bytes, valueByteCount: 1, count: count, timestampMs: 1)
                }
                var chosen = [0, 0]
                for _ in 0..<100 {
                    let place = try producer.enqueue(topic, values: value.span.bytes, valueByteCount: 1, timestampMs: 1)
                    chosen[place.partition.index] += 1
                }
                return chosen
            }.value
            #expect(isAdaptive == (chosen[0] < 15), "\(chosen)")
        }
    }

    /// Partitions of a broker that takes nothing are left out, once their queues say so.
    @Test func aBrokerThatTakesNothingIsLeftOut() throws {
        let loop = try EventLoop(name: "t")
        var configuration = ProducerConfiguration()
        configuration.availabilityTimeoutMs = 100
        let client = Client(configuration: ClientConfiguration(bootstrapServers: []), loop: loop)
        let core = ProducerCore(cluster: client.cluster, configuration: configuration, onDelivery: nil)
        core.note(1, canTake: true, nowNs: 1_000_000_000)
        core.note(1, canTake: false, nowNs: 1_100_000_000)
        #expect(!core.isLate(1))
        core.note(1, canTake: false, nowNs: 1_100_000_001)
        #expect(core.isLate(1) && !core.isLate(2))
        core.note(1, canTake: true, nowNs: 1_200_000_000)
        #expect(!core.isLate(1))
    }
}
