import KafkaCompression
import KafkaProtocol
import Networking
import Synchronization
import Testing

@testable import KafkaClient

@Suite(.timeLimit(.minutes(5))) struct ProducerTests {
    func makeProducer(
        _ client: Client, _ properties: [String: String] = [:], onDelivery: (@Sendable (BatchDelivery) -> Void)? = nil
    ) throws -> Producer {
        Producer(
            client: client, configuration: try ProducerConfiguration(properties: properties), onDelivery: onDelivery)
    }

    @Test(arguments: CompressionType.allCases)
    func bulkRecordsAreBatchedAndEachIsToldOfOnce(_ codec: CompressionType) async throws {
        try await TestCluster.run { cluster in
            let client = try cluster.client()
            let told = DeliveryTests.Told()
            let producer = try makeProducer(client, ["compression.type": codec.name, "linger.ms": "1"]) {
                told.take($0)
            }
            let partition = try await producer.partitions(of: "t")[0]
            let count = 20_000
            // Ten values of 20 bytes that take turns.
            let values = (0..<10).flatMap { [UInt8](repeating: $0, count: 20) }
            try await Task(executorPreference: cluster.loop) {
                var done = 0
                while done < count {
                    done += try producer.enqueue(
                        partition, values: values.span.bytes, valueByteCount: 20, firstValue: done, count: count - done,
                        timestampMs: 5)
                    if done < count { await producer.waitForRoom() }
                }
            }.value
            await producer.flush()
            #expect(told.acknowledged.withLock { $0.count } == count)
            let consumer = try cluster.consumer(client, "t")
            _ = try await consumer.start()
            let records = try await consumer.take(count)
            let wrong = records.enumerated().filter {
                $0.element.value != [UInt8](repeating: UInt8($0.offset % 10), count: 20)
                    || $0.element.offset != Int64($0.offset) || $0.element.timestampMs != 5
            }
            #expect(records.count == count && wrong.count == 0)
            #expect(told.acknowledged.withLock { told in told.allSatisfy { Int64($0.key) == $0.value } })
            await consumer.stop()
            #expect(await producer.close().isEmpty)
            await client.close()
        }
    }

    @Test(.timeLimit(.minutes(1))) func aClosedClientsProducerTakesNoRecordsAndHasNothingToWaitFor() async throws {
        try await TestCluster.run { cluster in
            let client = try cluster.client()
            // Who knows the topic already asks for no identity yet.
            _ = try await makeProducer(client).partitions(of: "t")
            let producer = try makeProducer(client, ["enable.idempotence": "true", "linger.ms": "0"])
            let first = try await producer.partitions(of: "t")[0]
            await client.close()
            let error = await Task(executorPreference: cluster.loop) {
                #expect(throws: ClientError.self) {
                    let value: [UInt8] = [1]
                    _ = try producer.enqueue(first, key: nil, value: value.span.bytes, timestampMs: 1)
                }
            }.value
            #expect(error?.code == .closed)
            // The delivery timeout is two minutes.
            await producer.flush()
            #expect(await producer.close().isEmpty)
        }
    }

    @Test func memoryIsBoundedAndRoomIsToldOf() async throws {
        try await TestCluster.run { cluster in
            let client = try cluster.client()
            let properties = ["buffer.memory": "65536", "batch.size": "4096", "linger.ms": "0"]
            let producer = try makeProducer(client, properties)
            let partition = try await producer.partitions(of: "t")[0]
            let value = [UInt8](repeating: 1, count: 100)
            let most = try await Task(executorPreference: cluster.loop) {
                var (done, most, waits) = (0, 0, 0)
                while done < 20_000 {
                    done += try producer.enqueue(
                        partition, values: value.span.bytes, valueByteCount: 100, count: 20_000 - done, timestampMs: 1)
                    most = max(most, producer.usedByteCount)
                    if done < 20_000 {
                        waits += 1
                        await producer.waitForRoom()
                    }
                }
                #expect(waits > 5)
                return most
            }.value
            #expect(most <= 65_536 && most > 60_000)
            #expect(await producer.close().isEmpty)
            await client.close()
        }
    }

    @Test func aRecordThatCannotFitIsRefusedAtOnce() async throws {
        try await TestCluster.run { cluster in
            let client = try cluster.client()
            let producer = try makeProducer(client, ["max.request.size": "1000"])
            let error = await #expect(throws: ClientError.self) {
                try await producer.send(ProducerRecord(topic: "t", value: [UInt8](repeating: 0, count: 1_000)))
            }
            guard case .recordTooLarge(_, 1_000)? = error?.code else {
                Issue.record("\(String(describing: error))")
                return
            }
            let larger = try makeProducer(client, ["batch.size": "100"])
            #expect(try await larger.send([String(repeating: "x", count: 5_000), "y"], to: "t") == [0, 1])
            await client.close()
        }
    }

    @Test func lingeringGathersRecordsAndFlushingDoesNotWait() async throws {
        try await TestCluster.run { cluster in
            let client = try cluster.client()
            let batches = Mutex<[Int]>([])
            let producer = try makeProducer(client, ["linger.ms": "60000", "delivery.timeout.ms": "120000"]) {
                delivery in
                batches.withLock { $0.append(delivery.recordCount) }
            }
            let partition = try await producer.partitions(of: "t")[0]
            let enqueued = try await Task(executorPreference: cluster.loop) {
                var count = 0
                for number in 0..<10 as Range<UInt8> {
                    let value = [number]
                    if try producer.enqueue(partition, key: nil, value: value.span.bytes, timestampMs: 1) { count += 1 }
                }
                return count
            }.value
            #expect(enqueued == 10)
            #expect(batches.withLock { $0 } == [])
            await producer.flush()
            #expect(batches.withLock { $0 } == [10])
            #expect(await producer.close().isEmpty)
            await client.close()
        }
    }

    @Test func withoutAcknowledgementsWhatIsWrittenCountsAsSent() async throws {
        try await TestCluster.run { cluster in
            let client = try cluster.client()
            let producer = try makeProducer(client, ["acks": "0", "linger.ms": "0"])
            #expect(try await producer.send(["a", "b", "c"], to: "t") == [-1, -1, -1])
            #expect(await producer.close().isEmpty)
            let consumer = try cluster.consumer(client, "t")
            _ = try await consumer.start()
            #expect(try await consumer.take(3).map(\.text) == ["a", "b", "c"])
            await consumer.stop()
            await client.close()
        }
    }

    @Test func closingReportsWhatCouldNotBeDelivered() async throws {
        try await TestCluster.run { cluster in
            let client = try cluster.client()
            let told = DeliveryTests.Told()
            let producer = try makeProducer(client, ["linger.ms": "0"]) { told.take($0) }
            #expect(try await producer.send(["stored"], to: "t") == [0])
            await cluster.stop()
            let partition = try await producer.partitions(of: "t")[0]
            let value: [UInt8] = [1]
            let enqueued = try await Task(executorPreference: cluster.loop) {
                try producer.enqueue(
                    partition, values: value.span.bytes, valueByteCount: 1, count: 5, timestampMs: 1)
            }.value
            #expect(enqueued == 5)
            let report = await producer.close(timeoutMs: 50)
            // Whether the broker may have seen them depends on where the connection was when it
            // ended.
            #expect(report.refusedRecordCount + report.unknownRecordCount == 5)
            #expect(told.refused.withLock { $0.count } + told.unknown.withLock { $0.count } == 5)
            let error = await #expect(throws: ClientError.self) { try await producer.send(["late"], to: "t") }
            #expect(error?.code == .closed)
            await client.close()
        }
    }

    @Test(.timeLimit(.minutes(1))) func whoWaitsForRoomInAClosedProducerIsTold() async throws {
        try await TestCluster.run { cluster in
            let client = try cluster.client()
            let producer = try makeProducer(client)
            _ = try await producer.send(["a"], to: "t")
            _ = await producer.close()
            await producer.waitForRoom()
            await client.close()
        }
    }

    @Test(.timeLimit(.minutes(1))) func aLoopThatStopsEndsWhatAProducerWaitsFor() async throws {
        try await TestCluster.run { cluster in
            let loop = try EventLoop(name: "stopped")
            let properties = ["bootstrap.servers": cluster.bootstrap, "reconnect.backoff.ms": "600000"]
            let client = Client(configuration: try ClientConfiguration(properties: properties), loop: loop)
            let producer = try makeProducer(client, ["linger.ms": "0"])
            _ = try await producer.send(["stored"], to: "t")
            let partition = try await producer.partitions(of: "t")[0]
            await cluster.stop()
            let value: [UInt8] = [1]
            let isEnqueued = try await Task(executorPreference: loop) {
                try producer.enqueue(partition, key: nil, value: value.span.bytes, timestampMs: 1)
            }.value
            #expect(isEnqueued)
            async let flushed: Void = producer.flush()
            async let report = producer.close()
            await loop.stop()
            await flushed
            let undelivered = await report
            #expect(undelivered.refusedRecordCount + undelivered.unknownRecordCount == 1)
        }
    }

    @Test(.timeLimit(.minutes(1))) func aProducerWithoutALoopTakesNothing() async throws {
        try await TestCluster.run { cluster in
            let loop = try EventLoop(name: "stopped")
            let properties = ["bootstrap.servers": cluster.bootstrap]
            let client = Client(configuration: try ClientConfiguration(properties: properties), loop: loop)
            let producer = try makeProducer(client)
            _ = try await producer.send(["stored"], to: "t")
            await loop.stop()
            let error = await #expect(throws: ClientError.self) { try await producer.send(["late"], to: "t") }
            #expect(error?.code == .closed)
            #expect(await producer.close().isEmpty)
        }
    }

    @Test func nothingIsLostOrDoubledWhenTheBrokerComesBack() async throws {
        try await TestCluster.run { cluster in
            let client = try cluster.client()
            let told = DeliveryTests.Told()
            let producer = try makeProducer(client, ["linger.ms": "0", "batch.size": "200"]) { told.take($0) }
            let partition = try await producer.partitions(of: "t")[0]
            let consumer = try cluster.consumer(client, "t")
            _ = try await consumer.start()
            let total = 3_000
            let sending = Task(executorPreference: cluster.loop) {
                for number in 0..<UInt64(total) {
                    try await DeliveryTests.enqueue(number, partition, producer, cluster.loop)
                }
                await producer.flush()
            }
            var records: [ConsumerRecord] = []
            for round in 1...3 {
                while records.count < round * total / 5 { records += try await consumer.poll(timeoutMs: 50) }
                await cluster.stop()
                try await cluster.start()
            }
            try await sending.value
            records += try await consumer.take(total - records.count)
            records += try await consumer.poll(timeoutMs: 60)
            let numbers = records.map { $0.value?.reduce(0 as UInt64) { $0 << 8 | UInt64($1) } ?? .max }
            #expect(numbers.elementsEqual(0..<UInt64(total)), "\(numbers.count) records")
            #expect(told.acknowledged.withLock { $0.count } == total)
            #expect(await producer.close().isEmpty)
            await consumer.stop()
            await client.close()
        }
    }

    @Test func aProducerAsksForNothingTwice() async throws {
        try await TestCluster.run { cluster in
            let metrics = ClientMetrics()
            let client = try cluster.client(metrics: metrics)
            let first = try makeProducer(client)
            #expect(try await first.send(["a"], to: "t") == [0])
            _ = await first.close()
            await client.close()
            #expect(metrics.connectionCount == 1)
            #expect(metrics.requestCounts[.initProducerId] == 1 && metrics.requestCounts[.produce] == 1)
            #expect(metrics.requestCounts[.apiVersions] == 1)
            #expect(metrics.sentByteCount > 0 && metrics.receivedByteCount > 0)
        }
    }

    @Test func handsOutAKnownTopicOnceItIsStarted() async throws {
        try await TestCluster.run { cluster in
            let client = try cluster.client()
            let first = try makeProducer(client)
            #expect(try await first.send(["a"], to: "t") == [0])
            let second = try makeProducer(client)
            let known = Task(executorPreference: client.loop) { second.knownTopic("t")?.index }
            #expect(await known.value == nil)
            try await second.start(topics: ["t"])
            let started = Task(executorPreference: client.loop) { second.knownTopic("t")?.index }
            #expect(await started.value == 0)
            _ = await first.close()
            _ = await second.close()
            await client.close()
        }
    }

    @Test func aStartOnAClosedClientFailsInsteadOfWaiting() async throws {
        try await TestCluster.run { cluster in
            let client = try cluster.client()
            try await client.connect()
            await client.close()
            let producer = try makeProducer(client)
            let error = await #expect(throws: ClientError.self) { try await producer.start(topics: ["t"]) }
            #expect(error?.code == .closed)
        }
    }

    @Test func aStartWithinTheBackOffOfTheOneBeforeEnds() async throws {
        let isFirst = Mutex(true)
        try await ScriptedServer.run(["retry.backoff.ms": "200", "retry.backoff.max.ms": "200"]) { header, _ in
            guard header.apiKey == .initProducerId else { return .well }
            return isFirst.withLock { isFirst in
                defer { isFirst = false }
                return isFirst ? .close : .well
            }
        } _: { server, client in
            try await client.connect(topics: ["t"])
            let producer = try makeProducer(client)
            // That there is no identity yet is no reason to fail: the first record asks for it
            // again.
            try await producer.start(topics: ["t"])
            try await producer.start(topics: ["t"])
            #expect(server.count(.initProducerId) == 2)
            _ = await producer.close()
        }
    }

    @Test func closingEndsAStartThatWaitsOutABackOff() async throws {
        let backOff = ["retry.backoff.ms": "600000", "retry.backoff.max.ms": "600000"]
        try await ScriptedServer.run(backOff) { header, _ in
            header.apiKey == .initProducerId ? .close : .well
        } _: { _, client in
            try await client.connect(topics: ["t"])
            try await Task(executorPreference: client.loop) {
                let core = ProducerCore(
                    cluster: client.cluster, configuration: try ProducerConfiguration(properties: [:]), onDelivery: nil)
                try core.prepare()
                await withCheckedContinuation { first in core.start(topics: ["t"]) { _ in first.resume() } }
                var told: [ClientError.Code?] = []
                core.start(topics: ["t"]) { told.append($0?.code) }
                #expect(told.isEmpty)
                core.abort()
                #expect(told == [.closed])
            }.value
        }
    }

    @Test func bytesOfOpenConnectionsCount() async throws {
        try await TestCluster.run { cluster in
            let metrics = ClientMetrics()
            let client = try cluster.client(metrics: metrics)
            let producer = try makeProducer(client)
            _ = try await producer.send(["a"], to: "t")
            let before = metrics.sentByteCount
            let value = String(repeating: "x", count: 10_000)
            _ = try await producer.send([value], to: "t")
            // The record, its batch's header and the request around it.
            let open = metrics.sentByteCount
            #expect((10_061...10_250).contains(open - before))
            let received = metrics.receivedByteCount
            #expect(received > 0)
            _ = await producer.close()
            await client.close()
            #expect(metrics.sentByteCount == open && metrics.receivedByteCount == received)
        }
    }

    @Test func aClosedProducerLetsGoOfItsOwner() async throws {
        final class Owner: @unchecked Sendable {
            var producer: Producer?
            var deliveryCount = 0
        }
        try await TestCluster.run { cluster in
            let client = try cluster.client()
            weak var left: Owner?
            do {
                let owner = Owner()
                left = owner
                let producer = Producer(client: client) { _ in owner.deliveryCount += 1 }
                owner.producer = producer
                _ = try await producer.send(["a"], to: "t")
                _ = await producer.close()
                #expect(owner.deliveryCount == 1)
            }
            #expect(left == nil)
            await client.close()
        }
    }
}
