import Testing

@testable import Scenario

/// Kafka's options: the defaults of its Java client 4.3, its rules, and how values are refused.
@Suite struct ClientPropertiesTests {
    private func properties(_ options: String, value: String = "{size: 100 B}") throws -> [String: String] {
        let spec = try #require(try cell(producing(options, value: value)).workload.produce)
        return spec.clientProperties.merging(spec.properties) { $1 }
    }

    /// As `ProducerConfig` and `ConsumerConfig` of kafka-clients 4.3.1 list them.
    @Test func defaultsAreThoseOfTheJavaClient() throws {
        #expect(
            try properties("") == [
                "acks": "all", "linger.ms": "5", "batch.size": "16384", "compression.type": "none",
                "enable.idempotence": "true", "max.in.flight.requests.per.connection": "5", "retries": "2147483647",
                "delivery.timeout.ms": "120000", "request.timeout.ms": "30000", "buffer.memory": "33554432",
                "max.request.size": "1048576", "max.block.ms": "60000", "partitioner.ignore.keys": "false",
                "partitioner.adaptive.partitioning.enable": "true", "partitioner.availability.timeout.ms": "0",
                "retry.backoff.ms": "100", "retry.backoff.max.ms": "1000", "reconnect.backoff.ms": "50",
                "reconnect.backoff.max.ms": "1000", "metadata.max.age.ms": "300000",
                "socket.connection.setup.timeout.ms": "10000",
            ])
        let start = try #require(try cell(scenario("start: {until: ready}")).workload.start)
        #expect(
            start.clientProperties.merging(start.properties) { $1 } == [
                "auto.offset.reset": "latest", "fetch.min.bytes": "1", "fetch.max.bytes": "52428800",
                "fetch.max.wait.ms": "500", "max.partition.fetch.bytes": "1048576", "max.poll.records": "500",
                "check.crcs": "true", "isolation.level": "read_uncommitted", "enable.auto.commit": "false",
                "request.timeout.ms": "30000", "default.api.timeout.ms": "60000", "retry.backoff.ms": "100",
                "retry.backoff.max.ms": "1000", "reconnect.backoff.ms": "50", "reconnect.backoff.max.ms": "1000",
                "metadata.max.age.ms": "300000", "socket.connection.setup.timeout.ms": "10000",
            ])
    }

    @Test(arguments: [
        ("acks: -1", "acks", "all"), ("acks: \"1\"", "acks", "1"), ("acks: 0", "acks", "0"),
        ("acks: 1", "enable.idempotence", "false"), ("acks: 0", "enable.idempotence", "false"),
        ("retries: 0", "enable.idempotence", "false"), ("acks: all", "enable.idempotence", "true"),
        ("enable.idempotence: FALSE", "enable.idempotence", "false"),
        ("linger.ms: 200000", "delivery.timeout.ms", "230000"),
        (
            "enable.idempotence: false, max.in.flight.requests.per.connection: 6",
            "max.in.flight.requests.per.connection", "6"
        ),
        ("batch.size: 0", "batch.size", "0"), ("client.id: me", "client.id", "me"),
        (
            "partitioner.class: org.apache.kafka.clients.producer.RoundRobinPartitioner", "partitioner.class",
            "org.apache.kafka.clients.producer.RoundRobinPartitioner"
        ),
    ])
    func optionsArePassedOnAsKafkaReadsThem(options: String, key: String, value: String) throws {
        #expect(try properties(options)[key] == value)
    }

    @Test func onlyTheLevelOfTheCodecAtWorkCounts() throws {
        let value = "{size: 100 B, random: 50 %}"
        #expect(try properties("compression.type: lz4", value: value)["compression.lz4.level"] == "9")
        #expect(try properties("compression.type: zstd", value: value)["compression.zstd.level"] == "3")
        #expect(
            try properties("compression.type: gzip, compression.gzip.level: 9", value: value)["compression.gzip.level"]
                == "9")
        let other = producing("compression.type: lz4, compression.zstd.level: 5", value: value)
        #expect(try warnings(other) == ["f:8:65: compression.zstd.level has no effect without compression.type zstd"])
        #expect(
            try properties("compression.type: lz4, compression.zstd.level: 5", value: value)["compression.zstd.level"]
                == nil)
        let varied = producing("compression.type: {each: [none, zstd]}, compression.zstd.level: 5", value: value)
        #expect(try warnings(varied).isEmpty)
    }

    @Test(arguments: [
        ("enable.idempotence: true, acks: 1", "f:8:38: enable.idempotence: true needs acks: all, and acks is 1"),
        ("enable.idempotence: true, acks: 0", "f:8:38: enable.idempotence: true needs acks: all, and acks is 0"),
        ("enable.idempotence: true, retries: 0", "f:8:38: enable.idempotence: true needs retries, and retries is 0"),
        (
            "max.in.flight.requests.per.connection: 6",
            "f:8:57: max.in.flight.requests.per.connection 6 is beyond the 5 of enable.idempotence: true (it is true by default: say enable.idempotence: false)"
        ),
        (
            "enable.idempotence: true, max.in.flight.requests.per.connection: 6",
            "f:8:83: max.in.flight.requests.per.connection 6 is beyond the 5 of enable.idempotence: true"
        ),
        ("delivery.timeout.ms: 100", "f:8:39: delivery.timeout.ms 100 is below linger.ms + request.timeout.ms, 30005"),
        ("acks: 2", "f:8:24: acks '2' is none of all, -1, 0, 1"),
        ("acks: ALL", "f:8:24: acks 'ALL' is none of all, -1, 0, 1 (did you mean 'all'?)"),
        ("enable.idempotence: yes", "f:8:38: enable.idempotence 'yes' is none of true, false (did you mean 'true'?)"),
        ("linger.ms: 5 ms", "f:8:29: 'linger.ms: 5 ms' is a time, and Kafka's own keys take plain numbers: write 5"),
        ("linger.ms: -1", "f:8:29: linger.ms -1 is out of range: 0 to 2147483647"),
        ("linger.ms: 05", "f:8:29: linger.ms '05' is not a whole number"),
        ("linger.ms: 0x10", "f:8:29: linger.ms '0x10' is not a whole number"),
        ("linger.ms: 1.5", "f:8:29: linger.ms '1.5' is not a whole number"),
        ("linger.ms: 99999999999999999999", "f:8:29: linger.ms '99999999999999999999' is not a whole number"),
        (
            "batch.size: 16 KiB",
            "f:8:30: 'batch.size: 16 KiB' is a size, and Kafka's own keys take plain numbers: write 16384"
        ),
        ("compression.gzip.level: 0", "f:8:42: compression.gzip.level 0 is out of range: 1 to 9 or -1"),
        (
            "compression.type: LZ4",
            "f:8:36: compression.type 'LZ4' is none of none, gzip, snappy, lz4, zstd (did you mean 'lz4'?)"
        ),
        ("linger.ms: 2m", "f:8:29: 'linger.ms: 2m' is a time, and Kafka's own keys take plain numbers: write 120000"),
        (
            "buffer.memory: 64m",
            "f:8:33: 'buffer.memory: 64m' is a size, and Kafka's own keys take plain numbers: write 67108864"
        ),
        ("retries: 1k", "f:8:27: retries '1k' is not a whole number: write 1000"),
        ("lingr.ms: 5", "f:8:18: unknown key 'lingr.ms' in producer (did you mean 'linger.ms'?)"),
        ("linger: 5", "f:8:18: unknown key 'linger' in producer (did you mean 'linger.ms'?)"),
        ("fetch.min.bytes: 1", "f:8:18: 'fetch.min.bytes' is an option of a consumer (in consumer), not of a producer"),
        (
            "bootstrap.servers: \"a:1\"",
            "f:8:18: 'bootstrap.servers' is an option of the connection to a cluster (in target), not of a producer"
        ),
        (
            "interceptor.classes: x",
            "f:8:18: 'interceptor.classes' is an option of Kafka's that Weir's client does not have"
        ),
        ("transactional.id: x", "f:8:18: 'transactional.id' is an option of Kafka's that Weir's client does not have"),
        ("key.serializer: x", "f:8:18: 'key.serializer': records are bytes here, so there is none to choose"),
        (
            "partitioner.class: foo",
            "f:8:37: partitioner.class 'foo' is none of org.apache.kafka.clients.producer.RoundRobinPartitioner"
        ),
        ("client.id: \"\"", "f:8:29: client.id is empty"),
    ])
    func whatKafkaWouldNotTakeIsRefused(options: String, message: String) {
        #expect(problems(producing(options)) == [message])
    }

    @Test(arguments: [
        ("enable.auto.commit: true", "f:5:33: enable.auto.commit 'true' is none of false"),
        (
            "group.id: g",
            "f:5:13: 'group.id': Weir names the groups and assigns the partitions itself (see start: {group, committed})"
        ),
        (
            "auto.offset.reset: first",
            "f:5:32: auto.offset.reset 'first' is none of earliest, latest, none, by_duration:PT15M"
        ),
        (
            "fetch.max.wait.ms: 30000",
            "f:5:32: fetch.max.wait.ms 30000 leaves no time for an answer within request.timeout.ms 30000"
        ),
        ("fetch.max.wait.ms: 500", nil), ("enable.auto.commit: false", nil), ("isolation.level: read_committed", nil),
        ("check.crcs: maybe", "f:5:25: check.crcs 'maybe' is none of true, false"),
    ])
    func consumers(option: String, message: String?) {
        let text = scenario("start:\n consumer: {\(option)}")
        let found = problems(text).map { $0.replacing("f:6:", with: "f:5:") }
        #expect(found.count == (message == nil ? 0 : 1))
        if let message { #expect(found[0].drop { $0 != " " } == message.drop { $0 != " " }) }
    }

    @Test func aBackoffAboveItsLimitIsDoubtful() throws {
        #expect(
            try warnings(producing("retry.backoff.ms: 5000")) == [
                "f:8:36: retry.backoff.ms 5000 is above retry.backoff.max.ms 1000, which it is cut to"
            ])
        #expect(try warnings(producing("retry.backoff.ms: 500")).isEmpty)
    }

    @Test func aMisspeltIdempotenceIsNamedOnce() {
        let found = problems(producing("enable.idempotense: false, max.in.flight.requests.per.connection: 6"))
        #expect(found == ["f:8:18: unknown key 'enable.idempotense' in producer (did you mean 'enable.idempotence'?)"])
    }
}
