import Testing

@testable import Scenario

/// What is impossible or doubtful together: each rule with a case that fails and one that passes.
@Suite struct CellRulesTests {
    private func start(
        _ start: String, _ topic: String = "{partitions: 4, preload: {records: 4000 records, value: {size: 100 B}}}"
    ) -> String {
        scenario("topic: \(topic)\nstart: {\(start)}\n")
    }

    @Test(arguments: [
        (
            "compression.type: lz4", "{size: 100 B}",
            "f:8:36: compression.type lz4 needs produce: {value: {random: …}}, the part of a record that cannot be compressed"
        ),
        ("compression.type: lz4", "{size: 100 B, random: 0 %}", nil), ("compression.type: none", "{size: 100 B}", nil),
        (
            "compression.type: {each: [none, zstd]}", "{size: 100 B}",
            "f:8:50: compression.type zstd needs produce: {value: {random: …}}, the part of a record that cannot be compressed"
        ),
    ])
    func aCodecWantsTheIncompressibleShare(options: String, value: String, message: String?) {
        #expect(problems(producing(options, value: value)) == (message.map { [$0] } ?? []))
    }

    @Test func aCodecOfTheTopicWantsItToo() {
        let text = produce("value: {size: 100 B}", "load: unlimited", file: "topic: {config: {compression.type: zstd}}")
        #expect(
            problems(text, servers: "a:1") == [
                "f:3:36: compression.type zstd needs produce: {value: {random: …}}, the part of a record that cannot be compressed"
            ])
        #expect(problems(text.replacing("type: zstd", with: "type: producer")).isEmpty)
    }

    @Test func thePreloadsCodecWantsItToo() {
        let topic = "{preload: {records: 10 records, value: {size: 1 B}, producer: {compression.type: gzip}}}"
        let found = problems(scenario("consume: {}\ntopic: \(topic)"))
        #expect(
            found == [
                "f:6:93: compression.type gzip needs preload: {value: {random: …}}, the part of a record that cannot be compressed"
            ])
        #expect(problems(scenario("consume: {}\ntopic: \(topic.replacing("1 B", with: "1 B, random: 1 %"))")).isEmpty)
    }

    @Test func aPreloadSaysHowMuchOfWhat() {
        #expect(
            problems(scenario("consume: {}\ntopic: {preload: {}}")) == [
                "f:6:22: preload has no 'value': write value: {size: 100 B}",
                "f:6:22: preload has no 'records': write records: an amount like 1000 records",
            ])
    }

    @Test func consumingAloneWantsSomethingToRead() {
        #expect(
            problems(scenario("consume: {}")) == [
                "f:5:14: consume reads the topic's preload, and there is none: say topic: {preload: …}"
            ])
        #expect(problems(scenario("consume: {}\ntopic: {preload: {records: 10 records, value: {size: 1 B}}}")).isEmpty)
        let existing = scenario("consume: {}\ntopic: {existing: t}\ntarget: {bootstrap.servers: \"a:1\"}")
        #expect(problems(existing).isEmpty)
        #expect(problems(produce("value: {size: 100 B}", "load: unlimited", experiment: ["consume: {}"])).isEmpty)
    }

    @Test func startStandsAlone() {
        let found = problems(
            scenario("start: {until: ready}\nconsume: {}\ntopic: {preload: {records: 10 records, value: {size: 1 B}}}"))
        #expect(found == ["f:5:12: start is measured alone: produce or consume cannot stand beside it"])
    }

    @Test(arguments: [
        (
            "measure: {for: 5 s}", true,
            "f:5:20: 'for' does not measure a start: a start takes 'starts', of which one more is discarded first"
        ),
        (
            "measure: {records: 5 records}", true,
            "f:5:24: 'records' does not measure a start: a start takes 'starts', of which one more is discarded first"
        ),
        (
            "measure: {warmup: 5 s}", true,
            "f:5:23: 'warmup' does not measure a start: a start takes 'starts', of which one more is discarded first"
        ),
        ("measure: {starts: 5}", true, nil), ("measure: {repeats: 5}", true, nil),
        (
            "measure: {starts: 5}", false,
            "f:5:23: 'starts' does not measure what is produced or consumed: it takes 'for' or 'records'"
        ),
        ("measure: {for: 5 s}", false, nil), ("measure: {records: 5 records}", false, nil),
    ])
    func whatIsMeasuredDecidesHow(measure: String, isStart: Bool, message: String?) {
        let rest = isStart ? "start: {until: ready}" : "produce: {value: {size: 1 B}, load: unlimited}"
        #expect(problems(scenario("\(measure)\n\(rest)")) == (message.map { [$0] } ?? []))
    }

    @Test(arguments: [
        (
            "trim: 5 records",
            "f:3:15: trim moves the start by 5 records on each partition, and the preload leaves 0 there"
        ),
        (
            "existing: x",
            "f:3:19: the embedded broker starts empty, without a topic 'x': say target or --bootstrap-servers"
        ),
        ("replication.factor: 3", "f:3:29: replication.factor 3: the embedded broker is one"),
        ("replication.factor: 1", nil),
        ("config: {cleanup.policy: delete}", nil),
        ("config: {min.insync.replicas: 2}", nil),
        ("partitions: 1, replication.factor: 1, config: {min.insync.replicas: 2}", nil),
    ])
    func topics(topic: String, message: String?) {
        let text = produce("value: {size: 100 B}", "load: unlimited", file: "topic: {\(topic)}")
        #expect(problems(text) == (message.map { [$0] } ?? []))
    }

    @Test func aClusterHasWhatTheEmbeddedBrokerHasNot() throws {
        let text = produce(
            "value: {size: 100 B}", "load: unlimited",
            file: "topic: {replication.factor: 3, config: {min.insync.replicas: 2}}")
        #expect(problems(text, servers: "a:9092").isEmpty)
        // What cannot be met is the cluster's to say.
        #expect(problems(text.replacing("replicas: 2", with: "replicas: 4"), servers: "a:9092").isEmpty)
    }

    @Test(arguments: [
        ("{concurrency: 2}", "never", "consume: {}", nil), ("{concurrency: 2}", "{client: 1 record}", "waive: []", nil),
        (
            "unlimited", "{client: 1 record}", "waive: []",
            "f:8:17: recreate wants a closed loop, load: {concurrency: …}: a sender waits for what it makes anew"
        ),
        (
            "{rate: 5/s}", "{each: [never, {producer: 1 record}]}", "waive: []",
            "f:8:32: recreate wants a closed loop, load: {concurrency: …}: a sender waits for what it makes anew"
        ),
        (
            "{concurrency: 2}", "{producer: 1 record}", "consume: {}",
            "f:8:17: recreate is measured to the acknowledgement: consume cannot stand beside it"
        ),
    ])
    func recreatingWantsAClosedLoopToTheAcknowledgement(
        load: String, recreate: String, beside: String, message: String?
    ) {
        let text = produce(
            "value: {size: 1 B}", "load: \(load)", "recreate: \(recreate)", "producer: {linger.ms: 0}",
            experiment: [beside])
        #expect(problems(text) == (message.map { [$0] } ?? []))
    }

    @Test func endToEndHasOneProducer() {
        let text = produce("value: {size: 1 B}", "load: unlimited", "producers: 2", experiment: ["consume: {}"])
        #expect(problems(text) == ["f:8:18: end to end is measured with one producer, not 2"])
        #expect(problems(text.replacing("producers: 2", with: "producers: 1")).isEmpty)
    }

    @Test func aCompactedTopicWantsKeys() {
        let text = produce(
            "value: {size: 100 B}", "load: unlimited", file: "topic: {config: {cleanup.policy: compact}}")
        #expect(
            problems(text, servers: "a:9092")
                == ["f:3:34: cleanup.policy compact wants keys, and records have none so far"])
    }

    @Test func aRecordFitsItsRequest() {
        #expect(
            problems(producing("", value: "{size: 1 MiB}")) == [
                "f:6:21: a record of 1 MiB does not fit max.request.size 1048576"
            ])
        #expect(problems(producing("max.request.size: 2097152", value: "{size: 1 MiB}")).isEmpty)
        #expect(
            problems(producing("buffer.memory: 1024", value: "{size: 1000 B}")) == [
                "f:6:21: a record of 1000 B does not fit buffer.memory 1024"
            ])
    }

    @Test(arguments: [
        (
            "{concurrency: 1}", "",
            ["f:7:13: linger.ms is 5 by default, and each sender waits it out at every record: say linger.ms"]
        ),
        ("{concurrency: 1}", "linger.ms: 5", []), ("{rate: 5/s}", "", []), ("unlimited", "", []),
        (
            "{concurrency: 1}", "linger.ms: 0, acks: 0",
            ["f:8:38: with acks: 0 a sender of a closed loop waits for the socket alone"]
        ),
    ])
    func doubtfulLoads(load: String, options: String, expected: [String]) throws {
        #expect(try warnings(produce("value: {size: 100 B}", "load: \(load)", "producer: {\(options)}")) == expected)
    }

    @Test func producersAreSharedByKeptSendersOnly() throws {
        func text(_ recreate: String, _ count: Int) -> String {
            produce(
                "value: {size: 1 B}", "load: {concurrency: \(count)}", "recreate: \(recreate)", "producers: 4",
                "producer: {linger.ms: 0}")
        }
        #expect(try warnings(text("never", 4)).isEmpty)
        #expect(try warnings(text("{each: [never, {producer: 1 record}]}", 4)).isEmpty)
        #expect(
            try warnings(text("{producer: 1 record}", 4)) == [
                "f:9:18: 'producers' has no effect: a sender that re-creates has a producer of its own"
            ])
        #expect(try warnings(text("never", 2)) == ["f:9:18: producers 4: more than the 2 senders that share them"])
    }

    @Test(arguments: [
        ("until: ready, group: none", nil), ("group: none, consumer: {auto.offset.reset: earliest}", nil),
        (
            "group: none, committed: {behind: 5 records}",
            "f:6:37: committed says where a group's commit stands, and group: none has no group"
        ),
        ("group: none, committed: none, until: ready", nil),
        (
            "group: some", "f:6:20: group 'some' is none of new, none, {name: …}, {existing: …}"
        ),
        ("reset: always", "f:6:20: reset 'always' is none of never, on start"),
        ("until: last record", "f:6:20: until 'last record' is none of ready, first record, caught up"),
        ("committed: {behind: 1000 records}", nil), ("committed: {at: 999}", nil),
        (
            "committed: {behind: 1001 records}",
            "f:6:33: committed 1001 records behind the end, and the preload leaves 1000 on each partition"
        ),
        ("committed: {behind: 5}", "f:6:33: 'behind: 5' is a number: write an amount like 1000 records"),
        ("committed: {at: 5 records}", "f:6:29: 'at: 5 records' is an amount of records: write a number"),
        (
            "committed: {at: 1000}",
            "f:6:12: nothing is left to read from where this start begins: preload more, or say until: ready"
        ),
        ("committed: {at: 1000}, until: ready", nil), ("committed: {at: 5000}", nil),
        (
            "committed: {behind: 0 records}",
            "f:6:12: nothing is left to read from where this start begins: preload more, or say until: ready"
        ),
        ("consumer: {auto.offset.reset: none}", nil),
        ("consumer: {auto.offset.reset: none}, committed: {at: 5}", nil),
        ("consumer: {auto.offset.reset: none}, committed: {at: 5}, reset: on start", nil),
        ("consumer: {auto.offset.reset: none}, committed: {at: 5000}", nil),
        ("consumer: {auto.offset.reset: 'by_duration:PT15M'}", nil),
        (
            "consumer: {auto.offset.reset: by_duration:15}",
            "f:6:43: auto.offset.reset 'by_duration:15' is no duration: write by_duration:PT15M or P1DT12H"
        ),
        ("committed: above end, consumer: {auto.offset.reset: earliest}", nil), ("committed: expired", nil),
        (
            "committed: below start",
            "f:6:24: committed: below start wants a log that does not begin at 0: say topic: {trim: 1000 records}"
        ),
        (
            "committed: {behind: 5 min}",
            "f:6:24: committed 5 min behind the end, and no record of the preload is that old: say preload: {over: …} for timestamps further apart"
        ),
        (
            "committed: past the end",
            "f:6:24: committed 'past the end' is none of none, below start, above end, expired, {behind: …}, {at: …}"
        ),
        ("at: {last: 50 records}", nil), ("at: {ago: 1 h}, committed: {behind: 5 records}", nil),
        ("at: {timestamp: 2026-01-31T13:45:00+01:00}", nil), ("at: {offset: 5}", nil),
        (
            "at: {offset: 1000}",
            "f:6:12: nothing is left to read from where this start begins: preload more, or say until: ready"
        ),
        ("at: {timestamp: today}", "f:6:29: timestamp 'today' is no moment: write a moment like 2026-01-31T13:45:00Z"),
        ("at: {ago: 1 h, last: 5 records}", "f:6:28: 'last' and 'ago' exclude each other: only one can stand here"),
        ("at: {}", "f:6:17: at is empty: it takes timestamp, ago, offset, last"),
        (
            "at: {offset: 5}, reset: on start",
            "f:6:17: at and reset: on start each say where a start begins, whatever is committed: only one can stand here"
        ),
    ])
    func starts(text: String, message: String?) {
        #expect(problems(start(text)) == (message.map { [$0] } ?? []))
    }

    @Test func whatIsTrimmedIsNotThereToStartFrom() throws {
        let topic = "{partitions: 4, preload: {records: 4000 records, value: {size: 100 B}}, trim: 1000 records}"
        let earliest = "consumer: {auto.offset.reset: earliest}"
        #expect(problems(start(earliest, topic)).count == 1)
        #expect(problems(start(earliest, topic.replacing("trim: 1000", with: "trim: 900"))).isEmpty)
        #expect(problems(start(earliest, topic.replacing("trim: 1000", with: "trim: 1001"))).count == 2)
        // Out of range, so that auto.offset.reset decides.
        #expect(
            problems(start("committed: {at: 5}, \(earliest)", topic.replacing("trim: 1000", with: "trim: 900"))).isEmpty
        )
    }

    @Test func earliestOfAnEmptyTopicBringsNothing() {
        #expect(problems(start("consumer: {auto.offset.reset: earliest}", "{partitions: 4}")).count == 1)
        #expect(problems(start("consumer: {auto.offset.reset: latest}", "{partitions: 4}")).isEmpty)
        #expect(problems(start("consumer: {auto.offset.reset: earliest}, until: ready", "{partitions: 4}")).isEmpty)
    }

    @Test(arguments: [
        (
            "weir.request.delay.slow.ratio: 0.5",
            "weir.request.delay.slow.ratio has no effect without weir.request.delay.slow.ms"
        ),
        (
            "weir.request.stall.interval.ms: 5000",
            "weir.request.stall.interval.ms has no effect without weir.request.stall.ms"
        ),
        (
            "weir.request.api: Fetch",
            "weir.request.api has no effect without one of weir.request.delay.ms, weir.request.delay.slow.ms, "
                + "weir.request.stall.ms, weir.request.cpu.ms"
        ),
        ("quota.window.num: 2", "quota.window.num has no effect without producer_byte_rate or consumer_byte_rate"),
        (
            "weir.request.stall.ms: 10000",
            "weir.request.stall.ms must be less than weir.request.stall.interval.ms, 10000"
        ),
        ("weir.request.delay.slow.ms: {each: [0, 20]}, weir.request.delay.slow.ratio: 0.5", nil),
        ("weir.request.stall.ms: 10000, weir.request.stall.interval.ms: 10000.5", nil),
        ("consumer_byte_rate: 1000, quota.window.size.seconds: 2", nil),
    ])
    func aBrokerThatIsSlowOnPurpose(options: String, message: String?) {
        let found = problems(produce(minimal[0], minimal[1], file: "target: {embedded: {\(options)}}"))
        #expect(
            found.map { $0.split(separator: ": ", maxSplits: 1).last.map(String.init) } == (message.map { [$0] } ?? []))
    }
}
