import Testing

@testable import Scenario

/// What is wrong with single keys and values: the words of each refusal, and its place.
@Suite struct CheckerTests {
    @Test(arguments: [
        ("", "f:1:1: nothing stands here: the first line of a scenario is 'weir: 1'"),
        ("# only a comment\n", "f:1:1: nothing stands here: the first line of a scenario is 'weir: 1'"),
        ("- a", "f:1:1: no keys stand here: the first line of a scenario is 'weir: 1'"),
        ("weir", "f:1:1: no keys stand here: the first line of a scenario is 'weir: 1'"),
        ("weir: 2\nnonsense: [\n", "f:3:1: YAML: did not find expected node content (while parsing a flow node)"),
        ("weir: 2\nnonsense: 1", "f:1:7: weir '2' is a grammar this Weir does not know: it knows 1"),
    ])
    func aFileBeginsWithItsVersion(text: String, message: String) {
        #expect(problems(text) == [message])
    }

    @Test func theVersionComesFirst() {
        let body = produce("value: {size: 100 B}", "load: unlimited")
        #expect(problems(body).isEmpty)
        #expect(
            problems(body.replacing("weir: 1\n", with: ""))
                == ["f:1:1: the first line must be 'weir: 1', which pins the grammar and the defaults"])
        #expect(
            problems(body.replacing("weir: 1\nname: t", with: "name: t\nweir: 1"))
                == ["f:2:1: 'weir: 1' must be the first key"])
    }

    @Test func whatAFileNeedsIsMissed() {
        #expect(problems("weir: 1") == ["f:1:1: 'name' is missing", "f:1:1: 'experiments' is missing"])
        #expect(
            problems("weir: 1\nname: a\nexperiments: {}") == [
                "f:3:14: experiments holds 0 experiments: 1 to 100 can stand there"
            ])
        #expect(problems("weir: 1\nname: a\nexperiments:") == ["f:3:13: experiments has no value"])
        #expect(
            problems(scenario("topic: {partitions: 1}"))
                == ["f:4:3: experiment e measures nothing: it takes produce, consume, both, or start"])
        #expect(
            problems("weir: 1\nname: a\nexperiments:\n  e:") == ["f:4:5: e has no value: write {} for its defaults"])
    }

    @Test(arguments: [
        ("recreat: never", "f:6:7: unknown key 'recreat' in produce (did you mean 'recreate'?)"),
        ("size: 1 B", "f:6:7: unknown key 'size' in produce (it stands in value)"),
        ("partitions: 1", "f:6:7: unknown key 'partitions' in produce (it stands in topic)"),
        (
            "colour: red",
            "f:6:7: unknown key 'colour' in produce (there are value, load, recreate, producers, producer)"
        ),
        ("producers: 0", "f:6:18: producers 0 is out of range: 1 to 1000"),
        ("producers: -1", "f:6:18: producers '-1' is no number: write a number"),
        ("producers: many", "f:6:18: producers 'many' is no number: write a number"),
        ("producers: \"2\"", "f:6:18: 'producers: \"2\"' is text in quotes: write a number"),
        ("producers: [2]", "f:6:18: producers is a list: it takes a number"),
        ("producers:", "f:6:17: producers has no value"),
        ("producers: ~", "f:6:18: producers has no value"),
        ("recreate: always", "f:6:17: recreate 'always' is none of never, {producer: …}, {client: …}"),
        ("recreate: 1 record", "f:6:17: recreate '1 record' is none of never, {producer: …}, {client: …}"),
        ("recreate: {}", "f:6:17: recreate is empty: it takes producer, client"),
        ("recreate: {producer: 1}", "f:6:28: 'producer: 1' is a number: write an amount like 1000 records"),
        (
            "recreate: {producer: 0 records}",
            "f:6:28: producer 0 records is out of range: 1 record to 10000000000 records"
        ),
        (
            "recreate: {producer: 1 record, client: 1 record}",
            "f:6:38: 'client' and 'producer' exclude each other: only one can stand here"
        ),
        ("keys: 5", "f:6:7: 'keys' is kept for later: values are of one size, drawn from the seed, without keys"),
        (
            "producer: acks",
            "f:6:17: producer is 'acks': it takes keys, like acks, linger.ms, batch.size, compression.type, compression.gzip.level, compression.lz4.level, compression.zstd.level, enable.idempotence, …"
        ),
        ("producer:", "f:6:16: producer has no value: write {} for its defaults"),
    ])
    func keysAndValuesOfProduce(line: String, message: String) {
        #expect(problems(produce(line, "value: {size: 100 B}", "load: {concurrency: 1}")) == [message])
    }

    @Test(arguments: [
        ("size: 100B", "f:6:21: 'size: 100B': write 100 B"),
        ("size: 1 KB", "f:6:21: 'size: 1 KB': write 1 KiB"),
        ("size: 100", "f:6:21: 'size: 100' is a number: write a size like 100 B or 1 KiB"),
        ("size: 5 s", "f:6:21: 'size: 5 s' is a time: write a size like 100 B or 1 KiB"),
        ("size: big", "f:6:21: size 'big' is no size: write a size like 100 B or 1 KiB"),
        ("size: 0 B", "f:6:21: size 0 B is out of range: 1 B to 100 MiB"),
        ("size: 1 B, random: 101 %", "f:6:34: random 101 % is out of range: 0 % to 100 %"),
        ("size: 1 B, random: 50%", "f:6:34: 'random: 50%': write 50 %"),
        ("size: 1 B, random: 0.5", "f:6:34: random '0.5' is no share: write a share like 50 %"),
        (
            "size: 1 B, file: x",
            "f:6:26: 'file' is kept for later: values are of one size, drawn from the seed, without keys"
        ),
        ("random: 5 %", "f:6:14: value has no 'size': write size: a size like 100 B or 1 KiB"),
        ("sise: 100 B", "f:6:15: unknown key 'sise' in value (did you mean 'size'?)"),
    ])
    func valuesCarryTheirUnits(value: String, message: String) {
        #expect(problems(produce("value: {\(value)}", "load: unlimited")) == [message])
    }

    @Test(arguments: [
        ("unlimited", nil), ("{concurrency: 16}", nil), ("{rate: 2000/s}", nil),
        ("{rate: 2000}", "f:7:20: 'rate: 2000' is a number: write a rate like 2000/s"),
        ("{concurrency: 1, rate: 5/s}", "f:7:30: 'rate' and 'concurrency' exclude each other: only one can stand here"),
        ("{search: 5}", "f:7:14: 'search' is kept for finding the capacity, which is not there yet"),
        ("fast", "f:7:13: load 'fast' is none of unlimited, {concurrency: …}, {rate: …}"),
        ("{concurency: 1}", "f:7:14: unknown key 'concurency' in load (did you mean 'concurrency'?)"),
    ])
    func loads(load: String, message: String?) {
        let text = produce("value: {size: 100 B}", "load: \(load)", "producer: {linger.ms: 0}")
        #expect(problems(text) == (message.map { [$0] } ?? []))
    }

    @Test func whatProduceNeedsIsMissed() {
        #expect(
            problems(produce("recreate: never")) == [
                "f:6:7: produce has no 'value': write value: {size: 100 B}",
                "f:6:7: produce has no 'load': write load: unlimited, {concurrency: …} or {rate: …}",
            ])
        #expect(
            problems(scenario("produce: {}")).count == 2)
    }

    @Test(arguments: [
        ("measure: {repeats: 8 s}", "f:3:20: 'repeats: 8 s' is a time: write a number"),
        ("measure: {for: 10}", "f:3:16: 'for: 10' is a number: write a time like 500 ms or 10 s"),
        (
            "measure: {for: 10 s, records: 5 records}",
            "f:3:22: 'records' and 'for' exclude each other: only one can stand here"
        ),
        (
            "measure: {warmup: 1 s, starts: 5}",
            "f:3:24: 'starts' and 'warmup' exclude each other: only one can stand here"
        ),
        ("measure: {seed: -1}", "f:3:17: seed '-1' is no number: write a number"),
        ("measure: {repeats: 0}", "f:3:20: repeats 0 is out of range: 1 to 1000"),
        (
            "topic: {name: perf}",
            "f:3:15: name 'perf': write a prefix of names with a star at its end, like perf-*"
        ),
        (
            "topic: {name: \"a/*\"}",
            "f:3:15: name 'a/*': write a prefix of names with a star at its end, like perf-*"
        ),
        (
            "topic: {existing: \"a b\"}",
            "f:3:19: existing 'a b': write a topic's name: letters, digits, '.', '_' and '-', at most 249"
        ),
        (
            "topic: {partitions: 2, existing: a}",
            "f:3:24: 'existing' and 'partitions' exclude each other: only one can stand here"
        ),
        (
            "topic: {trim: 0 records, existing: a}",
            "f:3:26: 'existing' and 'trim' exclude each other: only one can stand here"
        ),
        ("topic: {config: {segment.bytes: 1}}", "f:3:33: segment.bytes 1 is out of range: 1048576 to 2147483647"),
        ("waive: codec", "f:3:8: waive is 'codec': it takes a list, like [codec]"),
        ("waive: [codec, offsets]", "f:3:16: waive 'offsets' is none of codec, end offsets, read back"),
        (
            "expect: [ack p99 <= 10 ms]",
            "f:3:1: 'expect' stands in an experiment or a case, as metrics are an experiment's"
        ),
        (
            "client: librdkafka",
            "f:3:1: 'client' is kept for measuring other clients, which is not there yet: it is always Weir's own"
        ),
        ("target: remote", "f:3:9: target 'remote' is none of embedded, {bootstrap.servers: …}"),
        (
            "target: {bootstrap.servers: localhost}",
            "f:3:29: bootstrap.servers 'localhost' is no host:port (several stand in one text: \"a:9092,b:9092\")"
        ),
        (
            "target: {acks: all}",
            "f:3:10: 'acks' is an option of a producer (in producer), not of the connection to a cluster"
        ),
        ("target: {security.protocol: SSL}", "f:3:29: security.protocol 'SSL' is none of PLAINTEXT"),
        (
            "target: {ssl.truststore.location: x}",
            "f:3:10: 'ssl.truststore.location' says how to connect, and Weir connects in PLAINTEXT only so far"
        ),
        ("topics: {}", "f:3:1: unknown key 'topics' at the top (did you mean 'topic'?)"),
        ("produce: {}", "f:3:1: unknown key 'produce' at the top (it stands in an experiment)"),
        ("about: [a]", "f:3:8: about is a list: it takes a single value"),
    ])
    func theFilesOwnSections(line: String, message: String) {
        #expect(problems(produce("value: {size: 100 B}", "load: unlimited", file: line)) == [message])
    }

    @Test(arguments: [
        "{bootstrap.servers: a:9092,b:9092}", "{bootstrap.servers: {each: [a:9092,b:9092]}}",
    ])
    func whatYAMLMakesOfUnquotedServersIsNamed(target: String) {
        let found = problems(produce("value: {size: 100 B}", "load: unlimited", file: "target: \(target)"))
        #expect(found.count == 1)
        #expect(found[0].contains("b:9092"))
        #expect(found[0].contains("in quotes"))
    }

    @Test(arguments: [
        "{bootstrap.servers: \"a:9092,b:9092\"}", "{bootstrap.servers: {each: [\"a:9092\", \"b:9092\"]}}",
        "{bootstrap.servers: {each: [a:9092, b:9092]}}", "\n  bootstrap.servers: a:9092,b:9092",
        "{bootstrap.servers: \"[::1]:9092\"}",
    ])
    func serversMayStandInAnyFormThatMeansThem(target: String) {
        #expect(problems(produce("value: {size: 100 B}", "load: unlimited", file: "target: \(target)")).isEmpty)
    }

    @Test(arguments: [
        "sasl.jaas.config", "ssl.keystore.password", "ssl.key.password",
        "sasl.oauthbearer.client.credentials.client.secret",
    ])
    func secretsAreRefusedWithTheWayToSayThemAndNeverShown(key: String) throws {
        for text in [
            produce("value: {size: 100 B}", "load: unlimited", file: "target: {\(key): hunter2}"),
            produce("value: {size: 100 B}", "load: unlimited", "producer: {\(key): hunter2}"),
        ] {
            let found = problems(text)
            #expect(found.count == 1)
            #expect(
                found[0].hasSuffix(
                    "'\(key)' is a secret and has no place in a scenario: put it in a file and say --command-config FILE"
                ))
            #expect(!found[0].contains("hunter2"))
        }
        let set = problems(Examples.producerReuse, set: ["\(key)=hunter2"])
        #expect(set.count == 1)
        #expect(set[0].contains("--command-config") && !set[0].contains("hunter2"))
    }

    @Test func namesStandInFileNamesAndOnCommandLines() {
        let text = produce("value: {size: 100 B}", "load: unlimited")
        #expect(
            problems(text.replacing("name: t", with: "name: a/b")) == [
                "f:2:7: name 'a/b': write letters, digits, '.', '_' and '-', at most 64"
            ])
        #expect(
            problems(text.replacing("  e:", with: "  ../e:")) == [
                "f:4:3: experiment '../e': a name is letters, digits, '.', '_' and '-', at most 64"
            ])
    }

    @Test func everythingWrongIsSaidAtOnceInTheOrderOfItsPlaces() {
        let text = """
            weir: 1
            nam: x
            topic: {partitons: 4, trim: 5}
            measure: {repeats: 8 s}
            experiments:
              a:
                produce: {value: {size: 1 KB}, load: {concurrency: none}, producer: {acks: 2, linger.ms: 5 ms}}
              b:
                produce: {value: {size: 10 B}, load: unlimited, producer: {acks: 1, enable.idempotence: true}}
            """
        #expect(
            problems(text) == [
                "f:1:1: 'name' is missing",
                "f:2:1: unknown key 'nam' at the top (did you mean 'name'?)",
                "f:3:9: unknown key 'partitons' in topic (did you mean 'partitions'?)",
                "f:3:29: 'trim: 5' is a number: write an amount like 1000 records",
                "f:4:20: 'repeats: 8 s' is a time: write a number",
                "f:7:29: 'size: 1 KB': write 1 KiB",
                "f:7:56: concurrency 'none' is no number: write a number",
                "f:7:80: acks '2' is none of all, -1, 0, 1",
                "f:7:94: 'linger.ms: 5 ms' is a time, and Kafka's own keys take plain numbers: write 5",
                "f:9:93: enable.idempotence: true needs acks: all, and acks is 1",
            ])
    }
}
