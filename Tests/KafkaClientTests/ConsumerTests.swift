import KafkaProtocol
import Networking
import Synchronization
import Testing

@testable import KafkaClient

extension Consumer {
    /// How many polls are told of the next records.
    fileprivate var waitingPollCount: Int { core.polled.waiterCount }
}

@Suite(.timeLimit(.minutes(5))) struct ConsumerTests {
    /// A topic of two partitions: the first holds offsets 3 to 9, the second 0 to 9.
    func fill(_ cluster: TestCluster, _ client: Client) async throws -> [TopicPartition] {
        let admin = Admin(client: client)
        try await admin.createTopics([NewTopic(name: "t", partitionCount: 2)])
        let producer = Producer(client: client)
        for partition in 0..<2 as Range<Int32> {
            _ = try await producer.send((0..<10).map { "\($0)" }, to: "t", partition: partition)
        }
        _ = await producer.close()
        let partitions = (0..<2).map { TopicPartition(topic: "t", partition: $0) }
        #expect(try await admin.deleteRecords(before: [partitions[0]: 3]) == [partitions[0]: 3])
        return partitions
    }

    @Test func theRuleTableHolds() async throws {
        try await TestCluster.run(topic: nil) { cluster in
            let client = try cluster.client()
            let partitions = try await fill(cluster, client)
            let admin = Admin(client: client)
            try await admin.commit(group: "g", offsets: [partitions[0]: 5, partitions[1]: 6])
            try await admin.commit(group: "half", offsets: [partitions[1]: 2])
            let rules: [(String, String?, Bool, [Int64])] = [
                ("earliest", nil, false, [3, 0]), ("latest", nil, false, [10, 10]), ("latest", nil, true, [10, 10]),
                ("earliest", "new", false, [3, 0]), ("latest", "new", false, [10, 10]),
                ("earliest", "new", true, [3, 0]), ("earliest", "g", false, [5, 6]), ("latest", "g", false, [5, 6]),
                ("earliest", "g", true, [3, 0]), ("latest", "g", true, [10, 10]), ("none", "g", false, [5, 6]),
                ("latest", "half", false, [10, 2]), ("by_duration:PT1H", nil, false, [3, 0]),
            ]
            for (policy, group, resets, expected) in rules {
                let consumer = try cluster.consumer(
                    client, "t", ["auto.offset.reset": policy, "group.id": group ?? ""], resets: resets)
                let start = try await consumer.start()
                #expect(partitions.map { start.offsets[$0] } == expected, "\(policy) \(group ?? "-") \(resets)")
                await consumer.stop()
            }
            let none = try cluster.consumer(client, "t", ["auto.offset.reset": "none", "group.id": "half"])
            let error = await #expect(throws: ClientError.self) { try await none.start() }
            #expect(error?.code == .noOffset && error?.topicPartition == partitions[0])
            await client.close()
        }
    }

    @Test func outOfRangeGoesBackToThePolicy() async throws {
        try await TestCluster.run(topic: nil) { cluster in
            let client = try cluster.client()
            let partitions = try await fill(cluster, client)
            let admin = Admin(client: client)
            try await admin.commit(group: "g", offsets: [partitions[0]: 1, partitions[1]: 99])
            let consumer = try cluster.consumer(client, "t", ["group.id": "g"])
            _ = try await consumer.start()
            #expect(try await consumer.take(17).count == 17)
            #expect(await consumer.startOffsets() == [partitions[0]: 3, partitions[1]: 0])
            await consumer.stop()
            let none = try cluster.consumer(client, "t", ["group.id": "g", "auto.offset.reset": "none"])
            _ = try await none.start()
            let error = await #expect(throws: ClientError.self) { _ = try await none.take(1) }
            #expect(error?.code == .broker(.offsetOutOfRange))
            await client.close()
        }
    }

    @Test func whoGoesOnElsewhereIsTold() async throws {
        try await TestCluster.run(topic: nil) { cluster in
            let client = try cluster.client()
            let partitions = try await fill(cluster, client)
            try await Admin(client: client).commit(group: "g", offsets: [partitions[0]: 1, partitions[1]: 5])
            let (resets, told) = AsyncStream<(TopicPartition, Int64)>.makeStream()
            let consumer = Consumer(
                client: client,
                configuration: try ConsumerConfiguration(properties: ["group.id": "g", "auto.offset.reset": "latest"]),
                assignment: .topics(["t"]), onReset: { told.yield(($0, $1)) })
            _ = try await consumer.start()
            var iterator = resets.makeAsyncIterator()
            let reset = try #require(await iterator.next())
            // The one that is in range stays where its commit is.
            #expect(reset == (partitions[0], 10))
            #expect(await consumer.position(of: partitions[0]) == 10)
            #expect(await consumer.startOffsets()[partitions[1]] == 5)
            await consumer.stop()
            await client.close()
        }
    }

    @Test func positionsCanBeSoughtPausedAndCommitted() async throws {
        try await TestCluster.run(topic: nil) { cluster in
            let client = try cluster.client()
            let partitions = try await fill(cluster, client)
            let consumer = try cluster.consumer(client, "t", ["group.id": "g", "max.poll.records": "3"])
            try await consumer.seek(partitions[0], to: 8)
            #expect(try await consumer.start().offsets == [partitions[0]: 8, partitions[1]: 0])
            try await consumer.pause([partitions[1]])
            #expect(try await consumer.take(2).map(\.offset) == [8, 9])
            try await consumer.seek(partitions[0], to: .earliest)
            #expect(try await consumer.take(3).map(\.offset) == [3, 4, 5])
            #expect(await consumer.position(of: partitions[0]) == 6)
            #expect(await consumer.positions() == [partitions[0]: 6, partitions[1]: 0])
            try await consumer.commit()
            #expect(try await consumer.committed() == [partitions[0]: 6, partitions[1]: 0])
            try await consumer.seek(partitions[0], to: .latest)
            try await consumer.resume([partitions[1]])
            #expect(try await consumer.take(10).map(\.offset) == Array(0..<10))
            await consumer.stop()
            await client.close()
        }
    }

    @Test func aStoppedConsumerSaysSoAndStartsAfresh() async throws {
        try await TestCluster.run(topic: nil) { cluster in
            let client = try cluster.client()
            let partitions = try await fill(cluster, client)
            let consumer = try cluster.consumer(client, "t", ["group.id": "g"])
            let early = await #expect(throws: ClientError.self) { try await consumer.poll(timeoutMs: 1) }
            #expect(early?.code == .closed)
            _ = try await consumer.start()
            #expect(try await consumer.take(17).count == 17)
            try await consumer.commit([partitions[0]: 9, partitions[1]: 9])
            await consumer.stop()
            let late = await #expect(throws: ClientError.self) { try await consumer.poll(timeoutMs: 1) }
            #expect(late?.code == .closed)
            // Nothing of what it had is left, and the rules hold anew.
            #expect(try await consumer.start().offsets == [partitions[0]: 9, partitions[1]: 9])
            #expect(try await consumer.take(2).map(\.offset) == [9, 9])
            await consumer.stop()
            await client.close()
        }
    }

    @Test func aPollThatGotNothingLeavesNothingBehind() async throws {
        try await TestCluster.run(topic: nil) { cluster in
            let client = try cluster.client()
            _ = try await fill(cluster, client)
            let consumer = try cluster.consumer(client, "t", ["auto.offset.reset": "latest"])
            _ = try await consumer.start()
            for _ in 0..<3 { #expect(try await consumer.poll(timeoutMs: 1).isEmpty) }
            #expect(await consumer.waitingPollCount == 0)
            await consumer.stop()
            await client.close()
        }
    }

    @Test(.timeLimit(.minutes(1))) func aPollEndsWithItsLoop() async throws {
        try await TestCluster.run(topic: nil) { cluster in
            _ = try await fill(cluster, try cluster.client())
            let loop = try EventLoop(name: "stopped")
            let properties = ["bootstrap.servers": cluster.bootstrap]
            let client = Client(configuration: try ClientConfiguration(properties: properties), loop: loop)
            let consumer = try cluster.consumer(client, "t", ["auto.offset.reset": "latest"])
            _ = try await consumer.start()
            let polled = Task { try await consumer.poll(timeoutMs: 600_000) }
            while await consumer.waitingPollCount == 0 { await Task.yield() }
            await loop.stop()
            let error = await #expect(throws: ClientError.self) { try await polled.value }
            #expect(error?.code == .closed)
        }
    }

    @Test func batchesComeInPlaceFromTheOffsetSought() async throws {
        try await TestCluster.run { cluster in
            let client = try cluster.client()
            let producer = Producer(
                client: client,
                configuration: try ProducerConfiguration(
                    properties: ["linger.ms": "60000", "delivery.timeout.ms": "120000", "compression.type": "lz4"]))
            let partition = try await producer.partitions(of: "t")[0]
            let value: [UInt8] = [1, 2, 3]
            _ = try await Task(executorPreference: cluster.loop) {
                try producer.enqueue(partition, values: value.span.bytes, valueByteCount: 1, count: 100, timestampMs: 9)
            }.value
            _ = await producer.close()
            struct Seen: Equatable {
                var batches: [String] = []
                var offsets: [Int64] = []
            }
            let seen = Mutex(Seen())
            let (done, isDone) = AsyncStream<Void>.makeStream()
            let consumer = Consumer(
                client: client, configuration: try ConsumerConfiguration(properties: [:]),
                assignment: .partitions([TopicPartition(topic: "t", partition: 0)])
            ) { (batch) throws(WireError) in
                var offsets: [Int64] = []
                var cursor = batch.makeCursor()
                while let record = try cursor.next() { offsets.append(batch.header.offset(record)) }
                let words =
                    "\(batch.compression) \(batch.baseOffset) \(batch.firstOffset)…\(batch.lastOffset) \(batch.recordCount)"
                seen.withLock {
                    $0.batches.append(words)
                    $0.offsets += offsets
                }
                isDone.finish()
            }
            try await consumer.seek(TopicPartition(topic: "t", partition: 0), to: 40)
            _ = try await consumer.start()
            for await _ in done {}
            await consumer.stop()
            #expect(seen.withLock { $0 } == Seen(batches: ["lz4 0 40…99 60"], offsets: Array(40..<100)))
            await client.close()
        }
    }

    @Test func aStartAsksForNothingTwice() async throws {
        try await TestCluster.run(topic: nil) { cluster in
            let filler = try cluster.client()
            _ = try await fill(cluster, filler)
            let metrics = ClientMetrics()
            metrics.tracedKinds = Set(ClientMetrics.SpanKind.allCases)
            let client = try cluster.client(metrics: metrics)
            let consumer = try cluster.consumer(client, "t", ["group.id": "g"])
            let start = try await consumer.start()
            #expect(try await consumer.take(1).count >= 1)
            await consumer.stop()
            await client.close()
            #expect(metrics.connectionCount == 1)
            for api in [ApiKey.metadata, .findCoordinator, .offsetFetch, .listOffsets] {
                #expect(metrics.requestCounts[api] == 1, "\(api)")
            }
            let spans = metrics.spans.filter { $0.isSuccess }
            let kinds = Set(spans.map(\.kind))
            #expect(
                kinds.isSuperset(of: [
                    .connect, .apiVersions, .metadata, .findCoordinator, .offsetFetch, .listOffsets, .fetch,
                ]))
            #expect(spans.first { $0.kind == .fetch }?.beginNs == start.readyNs)
            // Versions, metadata and coordinator are asked for in one go, and so are commits and
            // ends of the log.
            func span(_ kind: ClientMetrics.SpanKind) throws -> ClientMetrics.Span {
                try #require(spans.first { $0.kind == kind })
            }
            #expect(try span(.metadata).beginNs < span(.apiVersions).endNs)
            #expect(try span(.findCoordinator).beginNs < span(.apiVersions).endNs)
            #expect(try span(.listOffsets).beginNs < span(.offsetFetch).endNs)
            await filler.close()
        }
    }

    @Test func whoSharesAClientKeepsItsConnection() async throws {
        try await TestCluster.run { cluster in
            let metrics = ClientMetrics()
            let client = try cluster.client(metrics: metrics)
            let producer = Producer(client: client)
            #expect(try await producer.send(["a"], to: "t") == [0])
            #expect(metrics.connectionCount == 1)
            // Its fetches wait long, so they go over a connection of their own.
            let consumer = try cluster.consumer(client, "t")
            _ = try await consumer.start()
            #expect(try await consumer.take(1).map(\.text) == ["a"])
            #expect(metrics.connectionCount == 2)
            #expect(try await producer.send(["b"], to: "t") == [1])
            #expect(metrics.connectionCount == 2)
            #expect(await producer.close().isEmpty)
            await consumer.stop()
            await client.close()
        }
    }

    @Test func aConsumerAloneCommitsOverASecondConnection() async throws {
        try await TestCluster.run(topic: nil) { cluster in
            let filler = try cluster.client()
            let partitions = try await fill(cluster, filler)
            let metrics = ClientMetrics()
            let client = try cluster.client(metrics: metrics)
            let consumer = try cluster.consumer(client, "t", ["group.id": "g"])
            _ = try await consumer.start()
            #expect(try await consumer.take(17).count == 17)
            #expect(metrics.connectionCount == 1)
            try await consumer.commit()
            #expect(try await consumer.committed() == [partitions[0]: 10, partitions[1]: 10])
            #expect(metrics.connectionCount == 2)
            await consumer.stop()
            await client.close()
            await filler.close()
        }
    }

    @Test func aPartitionThatIsNoneIsAnError() async throws {
        try await TestCluster.run(topic: nil) { cluster in
            let client = try cluster.client()
            _ = try await fill(cluster, client)
            let missing = TopicPartition(topic: "t", partition: 2)
            let consumer = Consumer(
                client: client, configuration: ConsumerConfiguration(), assignment: .partitions([missing]))
            let error = await #expect(throws: ClientError.self) { try await consumer.start() }
            #expect(error?.topicPartition == missing)
            await client.close()
        }
    }
}
