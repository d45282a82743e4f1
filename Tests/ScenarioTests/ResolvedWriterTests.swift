import Foundation
import Testing

@testable import Scenario

/// The resolved form: every default shown, and read back to the same experiments.
@Suite struct ResolvedWriterTests {
    private func readsBack(
        _ text: String, set overrides: [String] = [], only: [String] = [], servers: String? = nil
    ) throws {
        let scenario = try Scenario.load(text: text, overrides: overrides, only: only, bootstrapServers: servers)
        let again = try Scenario.load(text: scenario.resolvedYAML)
        #expect(again.name == scenario.name && again.about == scenario.about)
        // What was filled in is said there.
        #expect(again.experiments.saidLeftOut == scenario.experiments.saidLeftOut, "\(scenario.resolvedYAML)")
        #expect(again.resolvedYAML == scenario.resolvedYAML)
    }

    @Test func theExamplesReadBack() throws {
        try readsBack(Examples.producerReuse)
        try readsBack(Examples.startLatency)
        try readsBack(Examples.startLatency, only: ["start/reset", "start/latest"])
        try readsBack(Examples.producerReuse, servers: "a:9092,b:9092")
        try readsBack(Examples.producerReuse, set: ["recreate=never", "rate=5.5/s", "seed=18446744073709551615"])
    }

    @Test(arguments: ShippedScenariosTests.names)
    func theShippedScenariosReadBack(name: String) throws {
        try readsBack(ShippedScenariosTests.text(name))
    }

    @Test(arguments: [
        produce("value: {size: 1 B}", "load: unlimited", "producer: {acks: {each: [all, 1, 0]}}"),
        produce(
            "value: {size: 1 B, random: 50 %}", "load: unlimited",
            "producer: {compression.type: {each: [none, gzip, lz4, zstd, snappy]}, compression.zstd.level: 7}"),
        produce(
            "value: {size: 1 B}", "load: {each: [unlimited, {rate: 0.5/s}, {concurrency: 3}]}",
            "recreate: {each: [never, {client: 5 records}]}",
            experiment: [
                "baseline: {load: {rate: 0.5/s}, recreate: never}",
                "except: [{load: unlimited, recreate: {client: 5 records}}, {load: {rate: 0.5/s}, recreate: {client: 5 records}}]",
            ]),
        produce(
            "value: {size: {each: [1 B, 3 KiB]}}", "load: {concurrency: 7}", "recreate: {producer: 2 records}",
            "producers: 3",
            file: "target: {each: [embedded, {bootstrap.servers: \"a:1,b:2\"}, {embedded: {num.partitions: 3}}]}"),
        produce(
            "value: {size: 1 B}", "load: unlimited",
            file:
                "target: {bootstrap.servers: {each: [\"a:1\", \"b:2,c:3\"]}}\ntopic: {existing: some.topic, writes: yes}\nwaive: [end offsets, codec]"
        ),
        scenario(
            """
            produce: {value: {size: 1 B}, load: {concurrency: 4}, producer: {acks: all, linger.ms: {each: [0, 3]}}}
            cases:
              slow: {produce: {load: {rate: 5/s}, producer: {acks: 1}}}
              wide: {topic: {partitions: 8}, target: {embedded: {num.partitions: 2}}}
              far: {target: {bootstrap.servers: "a:1"}, produce: {recreate: {client: 9 records}}, measure: {records: 7 records}}
              theirs: {target: {bootstrap.servers: "a:1"}, topic: {existing: t, writes: yes}}
              plain: {}
            baseline: {case: plain}
            except: [{case: slow, linger.ms: 3}]
            """, file: "measure: {warmup: 250 ms, for: 1.5 s, pause: 0.5 s}"),
        scenario(
            """
            consume: {consumer: {fetch.min.bytes: {each: [1, 100000]}, client.id: "a: b, \\"c\\" #d"}}
            topic: {name: perf-*, partitions: 3, trim: 5 records, config: {segment.bytes: 1048576}, preload: {records: 100 records, value: {size: 1 KiB, random: 12.5 %}, producer: {compression.type: {each: [lz4, zstd]}}}}
            """),
        scenario(
            """
            start: {until: {each: [ready, first record, caught up]}, committed: {behind: 3 records}, reset: {each: [never, on start]}, consumer: {auto.offset.reset: earliest}}
            topic: {preload: {records: 40 records, value: {size: 1 B}}}
            cases: {a: {}, b: {start: {committed: {at: 2}}}, c: {start: {committed: none}}}
            """),
        scenario(
            """
            start: {until: ready, group: {each: [new, none, {name: perf-*}, {existing: "their group: 1"}]}}
            topic: {existing: t}
            cases: {a: {}, b: {topic: {writes: yes}, start: {until: first record}}}
            """, file: "target: {bootstrap.servers: \"a:1\"}"),
        scenario(
            """
            start: {group: {existing: theirs, commits: yes}, committed: {behind: 5 records}}
            topic: {existing: t}
            """, file: "target: {bootstrap.servers: \"a:1\"}"),
        "weir: 1\nname: n\nabout: \"two\\nlines: \\\"quoted\\\" \\\\ ü 😀 \\u0007\"\nexperiments: {e: {start: {until: ready, group: none}}}",
    ])
    func everythingReadsBack(text: String) throws {
        try readsBack(text)
    }

    @Test func everyDefaultIsShown() throws {
        let text = try Scenario.load(text: scenario("start: {until: ready}")).resolvedYAML
        for line in [
            "target: embedded", "name: \"*\"", "partitions: 1", "trim: 0 records", "starts: 100", "repeats: 5",
            "pause: 0 s", "waive: []", "until: ready", "group: new", "committed: none", "reset: never",
            "auto.offset.reset: latest", "fetch.max.wait.ms: 500", "enable.auto.commit: false", "retry.backoff.ms: 100",
        ] {
            #expect(text.contains("\n" + line) || text.contains(" \(line)\n"), "\(line)")
        }
    }

    @Test func whatFollowsFromAnAxisIsSaidToDiffer() throws {
        let text = produce("value: {size: 1 B}", "load: unlimited", "producer: {acks: {each: [all, 1]}}")
        #expect(
            try Scenario.load(text: text).resolvedYAML.contains(
                "# produce/producer/enable.idempotence follows from other values and differs by cell"))
    }

    @Test func aScenarioIsAValueThatJSONKeeps() throws {
        let scenario = try Scenario.load(text: Examples.producerReuse)
        #expect(try JSONDecoder().decode(Scenario.self, from: JSONEncoder().encode(scenario)) == scenario)
    }
}
