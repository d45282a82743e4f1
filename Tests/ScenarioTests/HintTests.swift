import Names
import Testing

@testable import Scenario

/// What people write who come from Kafka's tools or other load generators, and what they are told
/// to write.
@Suite struct HintTests {
    @Test(arguments: [
        ("2m", "2 min"), ("2 m", "2 min"), ("7d", "168 h"), ("1w", "168 h"), ("90s", "90 s"), ("1.5h", "90 min"),
        ("500us", "0.5 ms"), ("250 µs", "0.25 ms"), ("10 Seconds", "10 s"), ("1,000 ms", "1 s"),
    ])
    func times(text: String, mended: String) {
        #expect(
            problems(scenario("consume: {}", file: "measure: {for: \"\(text)\"}")).contains(
                "f:3:16: 'for: \(text)': write \(mended)"))
    }

    @Test(arguments: [
        ("1k/s", "1000/s"), ("1K/sec", "1000/s"), ("2.5k/s", "2500/s"), ("1m/s", "1000000/s"), ("60/min", "1/s"),
        ("1000 msg/s", "1000/s"), ("5krps", "5000/s"), ("1,000/s", "1000/s"), ("1_000 per second", "1000/s"),
    ])
    func rates(text: String, mended: String) {
        let found = problems(produce("value: {size: 1 B}", "load: {rate: \"\(text)\"}"))
        #expect(found == ["f:7:20: 'rate: \(text)': write \(mended)"])
    }

    @Test(arguments: [
        ("10k records", "10000 records"), ("10k", "10000 records"), ("1m messages", "1000000 records"),
        ("1,000 records", "1000 records"), ("5 msgs", "5 records"),
    ])
    func amountsOfRecords(text: String, mended: String) {
        let found = problems(produce("value: {size: 1 B}", "load: unlimited", file: "measure: {records: \"\(text)\"}"))
        #expect(found == ["f:3:20: 'records: \(text)': write \(mended)"])
    }

    @Test(arguments: [("2m", "2 MiB"), ("1k", "1 KiB"), ("1,024 B", "1 KiB"), ("1 tb", "1024 GiB"), ("5kB", "5 KiB")])
    func sizes(text: String, mended: String) {
        let found = problems(produce("value: {size: \"\(text)\"}", "load: unlimited"))
        #expect(found == ["f:6:21: 'size: \(text)': write \(mended)"])
    }

    @Test func numbers() {
        let found = problems(produce("value: {size: 1 B}", "load: {concurrency: 1k}"))
        #expect(found == ["f:7:27: 'concurrency: 1k': write 1000"])
    }

    @Test(arguments: [
        ("replicas", "did you mean 'replication.factor'?"),
        ("replication-factor", "did you mean 'replication.factor'?"),
        ("replicationFactor", "did you mean 'replication.factor'?"), ("partitions-count", "did you mean 'partitions'?"),
        ("num.partitions", "it stands in"), ("Partitions", "did you mean 'partitions'?"),
        ("topic-name", "did you mean 'topic', in the file or an experiment? topic: {existing: NAME}"),
    ])
    func keysOfATopic(key: String, hint: String) {
        let found = problems(scenario("consume: {}", file: "topic: {\(key): 3}"))
        #expect(found.contains { $0.contains("'\(key)'") && ($0.contains(hint) || hint == "it stands in") }, "\(found)")
    }

    @Test(arguments: [
        ("topics", "did you mean 'topic'?"), ("brokers", "target: {bootstrap.servers: \"host:9092\"}"),
        ("bootstrap-server", "target: {bootstrap.servers: \"host:9092\"}"),
        ("duration", "did you mean 'for', in measure? measure: {for: 10 s}"),
        ("throughput", "load: {rate: 2000/s}"), ("threads", "load: {concurrency: 16}"),
        ("record-size", "value: {size: 100 B}"), ("compression", "producer: {compression.type: lz4}"),
    ])
    func keysOfTheFile(key: String, hint: String) {
        let found = problems(scenario("consume: {}", file: "\(key): 3"))
        #expect(found.contains { $0.contains("'\(key)'") && $0.contains(hint) }, "\(found)")
    }

    @Test(arguments: [
        ("load: Unlimited", "(did you mean 'unlimited'?)"), ("load: 1000/s", "(did you mean {rate: 1000/s}?)"),
        ("load: 1k/s", "(did you mean {rate: 1000/s}?)"), ("load: 16", "(did you mean {concurrency: 16}?)"),
        ("recreate: Never", "(did you mean 'never'?)"),
    ])
    func words(line: String, hint: String) {
        let found = problems(produce("value: {size: 1 B}", line, "producer: {}"))
        #expect(found.contains { $0.hasSuffix(hint) }, "\(found)")
    }

    @Test func aServerAsTargetIsToldItsKey() {
        let found = problems(scenario("consume: {}", file: "target: localhost:9092"))
        #expect(found.contains { $0.hasSuffix("(did you mean {bootstrap.servers: \"localhost:9092\"}?)") }, "\(found)")
    }

    @Test func wordsThatAreOnlyShortAreNotGuessed() {
        #expect(NearestName.word("2", among: ["all", "-1", "0", "1"]) == nil)
        #expect(NearestName.word("lz5", among: ["none", "gzip", "snappy", "lz4", "zstd"]) == nil)
        #expect(NearestName.word("earlist", among: ["earliest", "latest", "none"]) == "earliest")
        #expect(NearestName.word("caught-up", among: ["ready", "first record", "caught up"]) == "caught up")
        #expect(NearestName.word("No", among: ["never", "no", "yes"]) == "no")
    }
}
