import KafkaCompression
import Networking
import System
import Testing

@testable import KafkaClient

@Suite struct ConfigurationTests {
    @Test func theDefaultsAreThoseOfJava() throws {
        let client = try ClientConfiguration(properties: ["bootstrap.servers": "a:1, [::1]:2"])
        #expect(client.bootstrapServers.map(\.description) == ["a:1", "[::1]:2"])
        #expect(client.requestTimeoutMs == 30_000 && client.connectTimeoutMs == 10_000)
        #expect(client.retryBackoff == Backoff(baseMs: 100, maxMs: 1_000))
        let producer = try ProducerConfiguration(properties: [:])
        #expect(producer.acks == .all && producer.isIdempotent && producer.lingerMs == 5)
        #expect(producer.batchByteCount == 16_384 && producer.bufferByteCount == 33_554_432)
        #expect(producer.inFlightMax == 5 && producer.deliveryTimeoutMs == 120_000 && producer.compression == .none)
        let consumer = try ConsumerConfiguration(properties: [:])
        #expect(consumer.offsetReset == .latest && consumer.groupId == nil && consumer.checksChecksums)
        #expect(consumer.fetchMaxWaitMs == 500 && consumer.fetchMinByteCount == 1)
    }

    @Test func everyProblemIsReportedAtOnceWithTheNearestName() {
        let error = #expect(throws: ConfigurationError.self) {
            try ProducerConfiguration(properties: [
                "linger.m": "5", "acks": "2", "batch.size": "8 KiB", "retries": "-1",
            ])
        }
        let problems = error?.problems ?? []
        #expect(problems.map(\.key) == ["acks", "batch.size", "linger.m", "retries"])
        #expect(problems.map(\.nearest) == [nil, nil, "linger.ms", nil])
        #expect(error?.description.contains("linger.m: unknown option (did you mean 'linger.ms'?)") == true)
    }

    @Test(arguments: [
        (["acks": "1"], false), (["acks": "0"], false), (["acks": "-1"], true), (["retries": "0"], false),
        (["max.in.flight.requests.per.connection": "6"], false), (["enable.idempotence": "false"], false),
        (["acks": "all", "enable.idempotence": "true"], true),
    ])
    func idempotenceFollowsJavasRules(_ properties: [String: String], _ isIdempotent: Bool) throws {
        #expect(try ProducerConfiguration(properties: properties).isIdempotent == isIdempotent)
    }

    @Test(arguments: [("acks", "1"), ("retries", "0"), ("max.in.flight.requests.per.connection", "6")])
    func idempotenceThatIsAskedForExcludesWhatItCannotHave(_ key: String, _ value: String) {
        let error = #expect(throws: ConfigurationError.self) {
            try ProducerConfiguration(properties: ["enable.idempotence": "true", key: value])
        }
        #expect(error?.problems.map(\.key) == [key])
    }

    @Test func theDeliveryTimeoutCoversLingerAndOneRequest() throws {
        let raised = try ProducerConfiguration(properties: ["linger.ms": "100000", "request.timeout.ms": "50000"])
        #expect(raised.deliveryTimeoutMs == 150_000)
        #expect(throws: ConfigurationError.self) {
            try ProducerConfiguration(properties: ["delivery.timeout.ms": "30000"])
        }
    }

    @Test func compressionLevelsBelongToTheirCodec() throws {
        let properties = ["compression.type": "zstd", "compression.zstd.level": "5", "compression.gzip.level": "9"]
        let configuration = try ProducerConfiguration(properties: properties)
        #expect(configuration.compression == .zstd && configuration.compressionLevel == 5)
        #expect(throws: ConfigurationError.self) {
            try ProducerConfiguration(properties: ["compression.type": "lz4", "compression.lz4.level": "18"])
        }
    }

    @Test(arguments: [
        ("P1D", 86_400_000), ("PT1H", 3_600_000), ("P1DT2H30M0.5S", 95_400_500), ("PT0S", 0), ("pt1m", 60_000),
    ])
    func durationsAreReadAsJavaDoes(_ text: String, _ ms: Int64) throws {
        let configuration = try ConsumerConfiguration(properties: ["auto.offset.reset": "by_duration:\(text)"])
        #expect(configuration.offsetReset == .byDuration(ms: ms))
    }

    @Test(arguments: ["P", "PT", "1D", "PT1D", "P1H", "PT1S1M", "PT1ST1S", "PT1.5M", "PTxS", "P1D2D"])
    func whatIsNoDurationIsRefused(_ text: String) {
        #expect(throws: ConfigurationError.self) {
            try ConsumerConfiguration(properties: ["auto.offset.reset": "by_duration:\(text)"])
        }
    }

    @Test func bootstrapServersMustBeThere() {
        for properties in [[:], ["bootstrap.servers": " "], ["bootstrap.servers": "nohost"]] {
            let error = #expect(throws: ConfigurationError.self) { try ClientConfiguration(properties: properties) }
            #expect(error?.problems.map(\.key) == ["bootstrap.servers"])
        }
    }

    @Test func backOffDoublesUpToItsBoundWithAFifthByChance() {
        var random = SplitMix64(seed: 1)
        let backoff = Backoff(baseMs: 100, maxMs: 1_000)
        for (failures, ms) in [(1, 100), (2, 200), (4, 800), (5, 1_000), (60, 1_000)] {
            let waits = (0..<100).map { _ in backoff.waitNs(afterFailures: failures, using: &random) / 1_000_000 }
            #expect(waits.allSatisfy { (UInt64(ms) * 8 / 10 - 1...UInt64(ms) * 12 / 10).contains($0) })
            #expect(Set(waits).count > 10)
        }
    }
}
