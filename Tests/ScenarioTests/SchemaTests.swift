import Testing

@testable import Scenario

/// The JSON Schema and the validator: one grammar, held together from both sides.
@Suite struct SchemaTests {
    private let schema: SchemaEvaluator

    init() throws {
        schema = try SchemaEvaluator(Scenario.jsonSchema)
    }

    private func schemaAccepts(_ text: String) throws -> Bool {
        var problems = Problems(sources: ["f"])
        let node = try #require(YAMLReader.read(Array(text.utf8), source: 0, problems: &problems))
        return schema.accepts(JSONValue(node))
    }

    @Test func theSchemaKnowsEveryKeyAndNoOther() {
        var keys: Set<String> = ["each"]
        func collect(_ shape: MapShape) {
            for key in shape.keys {
                keys.insert(key.name)
                if let inner = key.shape.map { collect(inner) }
                if case .named(let named) = key.shape { collect(named.shape) }
            }
        }
        collect(Grammar.file)
        #expect(schema.propertyNames == keys)
        #expect(keys.isSuperset(of: KafkaRole.allCases.flatMap { $0.options.map(\.name) }))
    }

    @Test func theSchemaIsSmallEnoughForAnEditor() {
        #expect(Scenario.jsonSchema.utf8.count < 150_000)
        #expect(Scenario.jsonSchema.contains("https://json-schema.org/draft/2020-12/schema"))
    }

    @Test(arguments: ShippedScenariosTests.names)
    func shippedScenariosAreRightToBoth(name: String) throws {
        let text = try ShippedScenariosTests.text(name)
        #expect(problems(text).isEmpty)
        #expect(try schemaAccepts(text))
        #expect(try schemaAccepts(try Scenario.load(text: text).resolvedYAML))
    }

    @Test(arguments: [
        Examples.producerReuse, Examples.startLatency,
        produce(
            "value: {size: 1 B}", "load: {rate: 0.5/s}",
            "producer: {acks: 1, enable.idempotence: false, linger.ms: \"5\"}"),
        produce(
            "value: {size: 1 B}", "load: {each: [{concurrency: 1}, {concurrency: 2}]}",
            "recreate: {each: [never, {client: 1 record}]}"),
        produce(
            "value: {size: 1 B}", "load: unlimited", "producer: {acks: {each: [0, \"1\", -1]}}",
            experiment: ["baseline: {acks: 0}", "except: [{acks: all}]"]),
        produce(
            "value: {size: 1 B}", "load: unlimited",
            file:
                "about: 5\ntarget: {bootstrap.servers: \"a:1\"}\nwaive: [codec, end offsets]\ntopic: {existing: t, writes: yes}"
        ),
        scenario(
            "start: {group: {existing: \"a b\", commits: yes}, committed: {at: 5}}\ntopic: {existing: t}",
            file: "target: {bootstrap.servers: \"a:1\"}"),
        scenario("start: {until: ready, group: {name: perf-*}}"),
        produce(
            "value: {size: 1 B}", "load: unlimited",
            file:
                "target: {each: [embedded, {embedded: {num.partitions: 2}}]}\nmeasure: {pause: 5 s, seed: 18446744073709551615, records: 1 record}"
        ),
        scenario(
            "start: {until: caught up, group: none, reset: on start, consumer: {check.crcs: false}}\nmeasure: {starts: 3}"
        ),
        scenario(
            "start: {committed: {at: 0}}\ntopic: {preload: {records: 9 records, value: {size: 1 B}}}\ncases: {a: {}, b: {start: {until: ready}}}"
        ),
    ])
    func whatTheValidatorTakesTheSchemaTakes(text: String) throws {
        #expect(problems(text).isEmpty)
        #expect(try schemaAccepts(text))
    }

    @Test(arguments: [
        "weir: 2\nname: t\nexperiments: {e: {start: {}}}", "weir: 1\nexperiments: {e: {start: {}}}", "weir: 1\nname: t",
        "weir: 1\nname: t\nexperiments: {}", "weir: 1\nname: a/b\nexperiments: {e: {start: {}}}",
        "weir: 1\nname: t\nexperiments: {../e: {start: {}}}",
        "weir: 1\nname: t\nextra: 1\nexperiments: {e: {start: {}}}",
        produce("recreat: never", "value: {size: 1 B}", "load: unlimited"),
        produce("recreate: sometimes", "value: {size: 1 B}", "load: unlimited"),
        produce("recreate: {}", "value: {size: 1 B}", "load: unlimited"),
        produce("recreate: {producer: 1}", "value: {size: 1 B}", "load: unlimited"),
        produce("recreate: {producer: 1 record, client: 1 record}", "value: {size: 1 B}", "load: unlimited"),
        produce("value: {size: 1B}", "load: unlimited"), produce("value: {size: 1}", "load: unlimited"),
        produce("value: {size: 1 KB}", "load: unlimited"),
        produce("value: {size: 1 B, random: 50%}", "load: unlimited"),
        produce("value: {size: 1 B}", "load: {search: 5}"), produce("value: {size: 1 B}", "load: {rate: 5}"),
        produce("value: {size: 1 B}", "load: {concurrency: 1, rate: 5/s}"),
        produce("value: {size: 1 B}", "load: {concurrency: 0}"),
        produce("value: {size: 1 B}", "load: {concurrency: 5 s}"),
        produce("value: {size: 1 B}", "load: {concurrency: \"5\"}"),
        producing("acks: 2"), producing("acks: ALL"), producing("linger.ms: 5 ms"), producing("linger.ms: -1"),
        producing("linger.ms: 1.5"), producing("compression.type: lz5"), producing("compression.gzip.level: 0"),
        producing("enable.idempotence: yes"), producing("fetch.min.bytes: 1"), producing("sasl.jaas.config: x"),
        producing("acks: {each: []}"), producing("acks: {each: [all], more: 1}"),
        producing("acks: {each: [{each: [all]}]}"),
        producing("linger.ms: "), producing("linger.ms: [5]"),
        produce("value: {size: 1 B}", "load: unlimited", file: "measure: {repeats: 8 s}"),
        produce("value: {size: 1 B}", "load: unlimited", file: "measure: {repeats: {each: [1, 2]}}"),
        produce("value: {size: 1 B}", "load: unlimited", file: "measure: {for: {each: [1 s, 2 s]}}"),
        produce("value: {size: 1 B}", "load: unlimited", file: "measure: {for: 1 s, records: 5 records}"),
        produce("value: {size: 1 B}", "load: unlimited", file: "topic: {existing: a, partitions: 5}"),
        produce("value: {size: 1 B}", "load: unlimited", file: "topic: {name: perf}"),
        produce("value: {size: 1 B}", "load: unlimited", file: "target: somewhere"),
        produce("value: {size: 1 B}", "load: unlimited", file: "target: {embedded: {}, bootstrap.servers: \"a:1\"}"),
        produce("value: {size: 1 B}", "load: unlimited", file: "waive: [everything]"),
        produce("value: {size: 1 B}", "load: unlimited", file: "expect: [x]"),
        produce("value: {size: 1 B}", "load: unlimited", experiment: ["baseline: {}"]),
        produce("value: {size: 1 B}", "load: unlimited", experiment: ["except: {size: 1 B}"]),
        produce("value: {size: 1 B}", "load: unlimited", experiment: ["cases: {a: {cases: {}}}"]),
        produce(
            "value: {size: 1 B}", "load: unlimited",
            experiment: ["cases: {a: {produce: {producer: {acks: {each: [all, 0]}}}}}"]),
        scenario("start: {until: ready}\nmeasure: {starts: 3, warmup: 1 s}"),
        scenario("start: {committed: {at: 1 record}}"),
        scenario("start: {consumer: {enable.auto.commit: true}}"), scenario("start: {group: some}"),
        scenario("start: {group: {}}"), scenario("start: {group: {name: a-*, existing: b}}"),
        produce("value: {size: 1 B}", "load: unlimited", file: "topic: {writes: yes, partitions: 5}"),
    ])
    func whatTheSchemaCanRefuseBothRefuse(text: String) throws {
        #expect(!problems(text).isEmpty)
        #expect(try !schemaAccepts(text))
    }
}
