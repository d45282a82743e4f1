import KafkaProtocol
import Measurement
import System
import Testing

@testable import KafkaBroker

private let ms: UInt64 = 1_000_000

@Suite struct DelayScheduleTests {
    @Test func isConstant() {
        var schedule = DelaySchedule(SlowingSettings(delayNs: 5 * ms), originNs: 0)
        let delays = (0..<1000).map { schedule.nextDelayNs(atNs: $0 * ms) }
        #expect(Set(delays) == [5 * ms])
    }

    @Test func someAreSlow() {
        let settings = SlowingSettings(delayNs: 5 * ms, slowDelayNs: 50 * ms, slowShare: 0.1)
        var schedule = DelaySchedule(settings, originNs: 0)
        let drawn = (0..<10_000).map { _ in schedule.nextDelayNs(atNs: 0) }
        #expect(Set(drawn) == [5 * ms, 50 * ms])
        // Five standard deviations of a binomial share: √(10000 × 0.1 × 0.9) = 30.
        #expect(abs(drawn.count { $0 == 50 * ms } - 1000) <= 150)
        var again = DelaySchedule(settings, originNs: 0)
        let drawnAgain = (0..<10_000).map { _ in again.nextDelayNs(atNs: 0) }
        #expect(drawnAgain == drawn)
    }

    @Test(
        arguments: [
            (0, 5), (8_990, 5), (8_994, 5), (8_995, 1_005), (9_500, 500), (9_994, 6), (9_995, 5), (10_000, 5),
            (19_500, 500),
        ] as [(UInt64, UInt64)])
    func noneIsSentInAStall(readyMs: UInt64, delayMs: UInt64) {
        let settings = SlowingSettings(delayNs: 5 * ms, stallNs: 1000 * ms, stallIntervalNs: 10_000 * ms)
        var schedule = DelaySchedule(settings, originNs: 7 * ms)
        let delayNs = schedule.nextDelayNs(atNs: (7 + readyMs) * ms)
        #expect(delayNs == delayMs * ms)
    }
}

@Suite struct ByteRateTests {
    private let second = 1000 * ms

    private func expect(_ rate: inout ByteRate, _ quota: Double, atNs nowNs: UInt64, _ wanted: Int32) {
        let throttleMs = rate.throttleMs(quota, atNs: nowNs)
        #expect(throttleMs == wanted)
    }

    /// The figures of Kafka's own ClientQuotaManagerTest: 400 B a second for ten seconds, then a
    /// spike half a window later.
    @Test func throttlesAsKafkaDoes() {
        var rate = ByteRate(windowCount: 11, windowNs: second)
        for step in 0..<10 as Range<UInt64> {
            rate.record(400, atNs: step * second)
            expect(&rate, 500, atNs: step * second, 0)
        }
        rate.record(2300, atNs: 10_500 * ms)
        expect(&rate, 500, atNs: 10_500 * ms, 2100)
        for step in 0..<10 as Range<UInt64> { rate.record(400, atNs: 12_600 * ms + step * second) }
        expect(&rate, 500, atNs: 22_600 * ms, 0)
    }

    @Test func countsBytesThatWereNotSentNoLonger() {
        var rate = ByteRate(windowCount: 2, windowNs: second)
        rate.record(1000, atNs: 0)
        rate.record(4000, atNs: 0)
        rate.takeBack(4000)
        expect(&rate, 1000, atNs: 0, 0)
    }

    @Test func forgetsWhatIsOlderThanItsWindows() {
        var rate = ByteRate(windowCount: 2, windowNs: second)
        rate.record(5000, atNs: 0)
        expect(&rate, 1000, atNs: 0, 4000)
        let isEmpty = [1999 * ms, 2 * second].map { rate.isEmpty(atNs: $0) }
        #expect(isEmpty == [false, true])
    }

    @Test func tellsOnlySoManyClientsApart() throws {
        var settings = QuotaSettings()
        settings.windowCount = 2
        let quota = try #require(ByteQuota(1000, settings))
        #expect(quota.throttleMs("first", 3000, atNs: 0) > 0)
        for index in 0..<1000 as Range<UInt64> { _ = quota.throttleMs("client \(index)", 1, atNs: 1 + index) }
        // The one that was silent longest was forgotten.
        #expect(quota.throttleMs("first", 1, atNs: 2000) == 0)
    }
}

@Suite(.timeLimit(.minutes(1))) struct SlowingTests {
    private func nowNs() -> UInt64 { MonotonicClock.nowNs() }

    @Test func delaysEachAnswerAndTellsHowLong() async throws {
        var said: Lines?
        try await withBroker(["weir.request.delay.ms": "20.5", "weir.request.api": "Produce"]) { broker in
            said = broker.lines
            let client = try broker.client()
            try client.createTopic("t")
            let records = try TestBatch().bytes
            let request = client.produceRequest("t", byteCount: records.count)
            let begin = nowNs()
            // The second waits behind the first: a connection's requests go one at a time.
            for _ in 0..<2 { try client.send(request, 9, records: [records]) }
            for ago in [1, 0] as [Int32] { _ = try client.receive(ProduceResponse.self, 9, ago: ago) }
            #expect(nowNs().since(begin) >= 41 * ms)
            let delays = try #require(await broker.appliedDelays())
            #expect(delays.totalCount == 2 && delays.minValue >= 20_480_000)
            #expect(try client.records(client.ask(client.fetchRequest("t", from: 0), 12)).count == 2)
            #expect(await broker.appliedDelays()?.totalCount == 2, "other APIs are not delayed")
        }
        let summary = said?.all.first { $0.hasPrefix("2 answers were delayed as weir.request.… says: p50 ") }
        #expect(summary != nil)
    }

    @Test func aFetchIsReadBeforeItsDelayAndWokenByAnAppend() async throws {
        try await withBroker(["weir.request.delay.ms": "10", "weir.request.api": "Fetch"]) { broker in
            let (reader, writer) = (try broker.client(), try broker.client())
            try writer.createTopic("t")
            try reader.send(reader.fetchRequest("t", from: 0, maxWaitMs: 30_000), 12)
            try await until { await broker.waits().parked == 1 }
            let begin = nowNs()
            try writer.produce("a", to: "t")
            let response = try reader.receive(FetchResponse.self, 12)
            #expect(try reader.records(response).map(\.value) == ["a"])
            #expect(nowNs().since(begin) >= 10 * ms)
        }
    }

    @Test func aClientThatLeavesIsForgotten() async throws {
        try await withBroker(["weir.request.delay.ms": "60000", "weir.request.api": "Fetch"]) { broker in
            var client: TestClient? = try broker.client()
            try client?.createTopic("t")
            if let request = client?.fetchRequest("t", from: 0) { try client?.send(request, 12) }
            try await until { await broker.connectionCount() == 1 }
            client = nil
            try await until { await broker.connectionCount() == 0 }
            #expect(await broker.appliedDelays()?.totalCount == 0)
        }
    }

    @Test func takesCPUTimeOfItsThread() async throws {
        try await withBroker(["weir.request.cpu.ms": "20", "weir.request.api": "Produce"]) { broker in
            let client = try broker.client()
            try client.createTopic("t")
            let before = await broker.loopCPUNs()
            for _ in 0..<3 { try client.produce("a", to: "t") }
            #expect(await broker.loopCPUNs().since(before) >= 60 * ms)
            let fetched = await broker.loopCPUNs()
            for _ in 0..<3 { _ = try client.ask(client.fetchRequest("t", from: 0), 12) }
            #expect(await broker.loopCPUNs().since(fetched) < 60 * ms)
        }
    }

    @Test func aProducerBeyondItsQuotaIsToldAndMuted() async throws {
        let quota = ["producer_byte_rate": "1000", "quota.window.num": "2", "quota.window.size.seconds": "1"]
        try await withBroker(quota) { broker in
            let client = try broker.client()
            try client.createTopic("t")
            let records = try TestBatch(values: [String(repeating: "x", count: 1100)]).bytes
            let whole = try client.encode(
                client.produceRequest("t", byteCount: records.count), 9, records: [records])
            let begin = nowNs()
            try client.write(whole)
            let told = try client.receive(ProduceResponse.self, 9)
            // One window of a second is not begun yet: the rate is over it alone.
            let ms = Int32(whole.count - 4 - 1000)
            #expect(ms > 100 && told.throttleTimeMs == ms)
            #expect(told.responses[0].partitionResponses[0].errorCode == .none)
            _ = try client.ask(client.fetchRequest("t", from: 0), 12)
            #expect(nowNs().since(begin) >= UInt64(ms) * 1_000_000)
            #expect(try client.ask(client.fetchRequest("t", from: 0), 12).throttleTimeMs == 0)
        }
    }

    @Test func aProducerThatWantsNoAnswerIsMutedToo() async throws {
        let quota = ["producer_byte_rate": "1000", "quota.window.num": "2", "quota.window.size.seconds": "1"]
        try await withBroker(quota) { broker in
            let client = try broker.client()
            try client.createTopic("t")
            let records = try TestBatch(values: [String(repeating: "x", count: 1150)]).bytes
            let begin = nowNs()
            try client.send(client.produceRequest("t", byteCount: records.count, acks: 0), 9, records: [records])
            #expect(try client.records(client.ask(client.fetchRequest("t", from: 0), 12)).count == 1)
            #expect(nowNs().since(begin) >= 150 * ms)
        }
    }

    @Test func aConsumerBeyondItsQuotaGetsNoRecordsUntilItMay() async throws {
        let quota = ["consumer_byte_rate": "1000", "quota.window.num": "2", "quota.window.size.seconds": "1"]
        try await withBroker(quota) { broker in
            let client = try broker.client()
            try client.createTopic("t")
            for _ in 0..<3 { try client.produce(String(repeating: "x", count: 900), to: "t") }
            let first = try client.ask(client.fetchRequest("t", from: 0), 12)
            // No more than a second's worth at once.
            #expect(try first.throttleTimeMs == 0 && client.records(first).count == 1)
            let begin = nowNs()
            let told = try client.ask(client.fetchRequest("t", from: 1), 12)
            #expect(told.throttleTimeMs > 0 && told.responses.isEmpty)
            var response = try client.ask(client.fetchRequest("t", from: 1), 12)
            #expect(nowNs().since(begin) >= UInt64(told.throttleTimeMs) * 1_000_000)
            while response.throttleTimeMs > 0 { response = try client.ask(client.fetchRequest("t", from: 1), 12) }
            #expect(try client.records(response).count == 1)
        }
    }

    @Test func aBatchBeyondTheWholeQuotaIsGiven() async throws {
        let quota = ["consumer_byte_rate": "1000", "quota.window.num": "2", "quota.window.size.seconds": "1"]
        try await withBroker(quota) { broker in
            let client = try broker.client()
            try client.createTopic("t")
            try client.produce(String(repeating: "x", count: 1200), to: "t")
            let response = try client.ask(client.fetchRequest("t", from: 0), 12)
            #expect(try response.throttleTimeMs > 200 && client.records(response).count == 1)
        }
    }

    @Test func aStallIsShorterThanItsInterval() throws {
        let properties = ["weir.request.stall.ms": "2", "weir.request.stall.interval.ms": "2"]
        let configuration = try BrokerConfiguration(dataDirectory: "unused", properties: properties)
        let error = #expect(throws: BrokerError.self) { try configuration.validate() }
        #expect(error?.description == "weir.request.stall.ms must be less than weir.request.stall.interval.ms, 2")
    }

    @Test(arguments: [
        ("weir.request.delay.ms", "-1"), ("weir.request.delay.ms", "60001"), ("weir.request.delay.ms", "nan"),
        ("weir.request.delay.slow.ratio", "1.1"), ("weir.request.api", "Metadata"), ("weir.request.cpu.ms", "1001"),
        ("producer_byte_rate", "0"), ("consumer_byte_rate", "1.5"), ("quota.window.num", "0"),
    ])
    func refuses(name: String, value: String) {
        let error = #expect(throws: BrokerError.self) {
            try BrokerConfiguration(dataDirectory: "unused", properties: [name: value])
        }
        #expect(error?.description.contains("\(name)=\(value): it must be ") == true)
    }
}
