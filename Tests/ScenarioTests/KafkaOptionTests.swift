import KafkaClient
import Testing

@testable import KafkaBroker
@testable import Scenario

/// The tables of Kafka's options against those who follow them: Weir's client and its broker.
@Suite struct KafkaOptionTests {
    @Test func theProducerTakesEveryOption() throws {
        let spec = try #require(
            try cell(
                producing(
                    "compression.type: zstd, client.id: me, partitioner.class: org.apache.kafka.clients.producer.RoundRobinPartitioner",
                    value: "{size: 100 B, random: 50 %}")
            ).workload.produce)
        let configuration = try ProducerConfiguration(properties: spec.properties)
        #expect(configuration.compressionLevel == 3)
        #expect(configuration.isIdempotent)
        #expect(try client(spec.clientProperties).clientId == "me")
        let names = Set(spec.properties.keys).union(spec.clientProperties.keys)
        let levels: Set = ["compression.gzip.level", "compression.lz4.level"]
        #expect(names == Set(KafkaOption.producer.map(\.name)).subtracting(levels))
    }

    @Test func theConsumerTakesEveryOption() throws {
        let spec = try #require(try cell(scenario("start: {until: ready, consumer: {client.id: me}}")).workload.start)
        let configuration = try ConsumerConfiguration(properties: spec.properties)
        #expect(configuration.offsetReset == .latest)
        #expect(try client(spec.clientProperties).apiTimeoutMs == 60_000)
        #expect(Set(spec.properties.keys).union(spec.clientProperties.keys) == Set(KafkaOption.consumer.map(\.name)))
    }

    @Test func whatWasSaidIsKnownFromWhatWasFilledIn() throws {
        let options = "acks: all, compression.gzip.level: 3, client.id: me"
        #expect(try cell(producing(options)).workload.produce?.said == ["acks", "client.id"])
        let both = produce(
            "value: {size: 1 B}", "load: unlimited", experiment: ["consume: {consumer: {fetch.min.bytes: 2}}"])
        #expect(try cell(both).workload.produce?.said == [])
        #expect(try cell(both).workload.consume?.said == ["fetch.min.bytes"])
        let start = scenario("start: {until: ready, consumer: {auto.offset.reset: latest}}")
        #expect(try cell(start).workload.start?.said == ["auto.offset.reset"])
    }

    private func client(_ properties: [String: String]) throws -> ClientConfiguration {
        try ClientConfiguration(properties: properties.merging(["bootstrap.servers": "127.0.0.1:9092"]) { $1 })
    }

    @Test func theDefaultsAreTheClientsOwn() throws {
        let spec = try #require(try cell(producing("")).workload.produce)
        let (given, own) = (try ProducerConfiguration(properties: spec.properties), ProducerConfiguration())
        #expect(given.lingerMs == own.lingerMs)
        #expect(given.batchByteCount == own.batchByteCount)
        #expect(given.bufferByteCount == own.bufferByteCount)
        #expect(given.requestByteCountMax == own.requestByteCountMax)
        #expect(given.deliveryTimeoutMs == own.deliveryTimeoutMs)
        #expect(given.inFlightMax == own.inFlightMax)
        #expect(given.acks == own.acks && given.isIdempotent == own.isIdempotent && given.retries == own.retries)
    }

    @Test func theBrokerTakesEveryOptionAtItsBounds() throws {
        for option in KafkaOption.broker {
            for value in option.examples {
                #expect(throws: Never.self, "\(option.name)=\(value)") {
                    try BrokerConfiguration(dataDirectory: "unused", properties: [option.name: value])
                }
            }
        }
    }

    @Test func theBrokerTakesATopicsOptionsAsTheTableSays() throws {
        for option in KafkaOption.topic {
            for value in option.examples {
                let only = KafkaOption.embeddedTopicOnly[option.name] ?? value
                let isAllowed = KafkaOption.embeddedTopic.contains(option.name) && only == value
                var configuration = TopicConfiguration(segmentByteCount: 1 << 20, maxMessageByteCount: 1_000)
                var isTaken = true
                do { try configuration.set(option.name, value) } catch { isTaken = false }
                #expect(isTaken == isAllowed, "\(option.name)=\(value)")
            }
        }
    }

    @Test(arguments: [
        ("segment.bytes: 1048576", nil), ("retention.ms: -1", nil),
        ("retention.ms: 1000", "f:3:32: retention.ms '1000': the embedded broker has only -1"),
        ("flush.ms: 1000", "f:3:28: 'flush.ms' is a topic's option that the embedded broker does not have"),
    ])
    func aTopicOnTheEmbeddedBroker(option: String, message: String?) {
        let text = produce("value: {size: 100 B}", "load: unlimited", file: "topic: {config: {\(option)}}")
        #expect(problems(text) == (message.map { [$0] } ?? []))
        #expect(problems(text, servers: "a:9092").isEmpty)
    }
}

extension KafkaOption {
    /// Values it allows: its bounds or its words.
    fileprivate var examples: [String] {
        switch kind {
        case .integer(let range): [String(range.lowerBound), String(range.upperBound)]
        case .integerOr(let other, let range): [String(other), String(range.upperBound)]
        case .real(let range): [DecimalNumber.text(range.upperBound)]
        case .boolean: ["true", "false"]
        case .word(let words): words
        case .wordOrDuration(let words): words + ["by_duration:PT15M"]
        case .servers: ["a:9092"]
        case .text: ["x"]
        }
    }
}
