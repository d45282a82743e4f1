import Testing

@testable import Scenario

/// `--set`, `--only` and `--bootstrap-servers`.
@Suite struct OverrideTests {
    private func load(_ text: String, _ overrides: String..., only: [String] = [], servers: String? = nil) throws
        -> Scenario
    {
        try Scenario.load(text: text, path: "f", overrides: overrides, only: only, bootstrapServers: servers)
    }

    @Test func anyUniqueEndingOfAPathIsSet() throws {
        #expect(try load(Examples.producerReuse, "partitions=8").experiments[0].cells[0].topic.partitions == 8)
        #expect(try load(Examples.producerReuse, "topic/partitions=8").experiments[0].cells[0].topic.partitions == 8)
        #expect(try load(Examples.producerReuse, "repeats=3").experiments[0].repeats == 3)
        #expect(
            try load(Examples.producerReuse, "reuse/produce/value/size=1 KiB").experiments[0].cells[0].workload.produce?
                .value
                .byteCount == 1_024)
        #expect(try load(Examples.producerReuse, "name=other").name == "other")
        #expect(
            try load(Examples.startLatency, "earliest/start/consumer/auto.offset.reset=latest").experiments[0].cells[0]
                .workload.start?.properties["auto.offset.reset"] == "latest")
    }

    @Test func valuesAreYAML() throws {
        let found = try load(
            Examples.producerReuse, "concurrency={each: [1, 2, 4]}", "producer={acks: all, linger.ms: 1}")
        #expect(found.experiments[0].axes.map(\.name) == ["concurrency", "recreate"])
        #expect(found.experiments[0].axes[0].values == ["1", "2", "4"])
        #expect(found.overrides == ["concurrency={each: [1, 2, 4]}", "producer={acks: all, linger.ms: 1}"])
    }

    @Test func whatTheFileLeftToItsDefaultIsAdded() throws {
        #expect(
            try load(Examples.producerReuse, "batch.size=1000").experiments[0].cells[0].workload.produce?.properties[
                "batch.size"] == "1000")
        #expect(try load(Examples.producerReuse, "pause=5 s").experiments[0].cells[0].measure.pauseNs == 5_000_000_000)
        #expect(try load(Examples.producerReuse, "seed=7").experiments[0].seed == 7)
        #expect(try load(Examples.producerReuse, "waive=[codec]").experiments[0].cells[0].waive == [.codec])
        #expect(
            try load(Examples.producerReuse, "segment.bytes=1048576").experiments[0].cells[0].topic.configuration == [
                "segment.bytes": "1048576"
            ])
        #expect(
            try load(Examples.producerReuse, "target/bootstrap.servers=\"a:1,b:2\"").experiments[0].cells[0].target
                == cluster("a:1,b:2"))
    }

    @Test func theLaterOverrideWinsAndKeysThatExcludeEachOtherGiveWay() throws {
        #expect(
            try load(Examples.producerReuse, "partitions=8", "partitions=2").experiments[0].cells[0].topic.partitions
                == 2)
        #expect(
            try load(Examples.producerReuse, "rate=5/s", "recreate=never").experiments[0].cells[0].workload.produce?
                .load
                == .rate(perSecond: 5))
        #expect(
            try load(Examples.producerReuse, "measure/records=9 records").experiments[0].cells[0].measure.extent
                == .records(9))
    }

    @Test(arguments: [
        (
            "partition=8",
            "--set partition: no value of this scenario has the path 'partition' (did you mean 'partitions'?)"
        ),
        ("throughput=8", "--set throughput: no value of this scenario has the path 'throughput'"),
        (
            "topics/partitions=8",
            "--set topics/partitions: no value of this scenario has the path 'topics/partitions' (did you mean 'partitions'?)"
        ),
        ("partitions", "--set partitions: an override is PATH=VALUE"), ("=5", "--set : an override is PATH=VALUE"),
        ("/=5", "--set /: an override is PATH=VALUE"),
        ("partitions=", "--set partitions: no value stands behind the '='"),
        ("partitions=~", "--set partitions: partitions has no value"),
        ("partitions=[1", "--set partitions: YAML: did not find expected ',' or ']' (while parsing a flow sequence)"),
        ("partitions=many", "--set partitions: partitions 'many' is no number: write a number"),
        ("repeats=8 s", "--set repeats: 'repeats: 8 s' is a time: write a number"),
        ("producer={acks: 2}", "--set producer: acks '2' is none of all, -1, 0, 1"),
        ("partitions=&a 5", "--set partitions: anchor '&a': write the value where it is used"),
    ])
    func whatCannotBeSet(text: String, message: String) {
        #expect(problems(Examples.producerReuse, set: [text]) == [message])
    }

    @Test func anAmbiguousPathListsWhatItCouldBe() {
        #expect(
            problems(Examples.startLatency, set: ["auto.offset.reset=latest"]) == [
                "--set auto.offset.reset: 'auto.offset.reset' could be experiments/start/cases/earliest/start/consumer/auto.offset.reset, experiments/start/cases/latest/start/consumer/auto.offset.reset, experiments/start/cases/reset/start/consumer/auto.offset.reset: write more of its path"
            ])
        let twice = produce(
            "value: {size: 1 B}", "load: unlimited", file: "measure: {repeats: 2}",
            experiment: ["measure: {repeats: 3}"])
        #expect(
            problems(twice, set: ["measure/repeats=5"]) == [
                "--set measure/repeats: 'measure/repeats' could be /measure/repeats, experiments/e/measure/repeats: write more of its path"
            ])
        #expect(problems(twice, set: ["/measure/repeats=5"]).isEmpty)
        #expect(problems(twice, set: ["e/measure/repeats=5"]).isEmpty)
    }

    @Test func severalMistakesAreSaidAtOnceAfterTheFiles() {
        let text = Examples.producerReuse.replacing("repeats: 8", with: "repeats: 8 s")
        #expect(
            problems(text, set: ["partition=8", "acks=5"]) == [
                "f:7:44: 'repeats: 8 s' is a time: write a number",
                "--set partition: no value of this scenario has the path 'partition' (did you mean 'partitions'?)",
                "--set acks: acks '5' is none of all, -1, 0, 1",
            ])
    }

    @Test func whatAnOverrideTookAwayIsMissedByAWarningOnly() throws {
        let found = try load(Examples.producerReuse, "recreate=never")
        #expect(found.experiments[0].axes.map(\.name) == ["concurrency", "compression.type"])
        #expect(found.experiments[0].baseline.isEmpty && found.experiments[0].except.isEmpty)
        #expect(found.warnings.count == 2)
        #expect(
            problems(
                Examples.producerReuse.replacing(
                    "{each: [never, {producer: 1 record}, {client: 1 record}]}", with: "never"), set: ["partitions=8"]
            ).count == 2)
    }

    @Test func onlySelectsExperimentsAndCases() throws {
        let text = Examples.startLatency + "  other: {start: {until: ready}}\n"
        #expect(try load(text).experiments.map(\.name) == ["start", "other"])
        #expect(try load(text, only: ["other"]).experiments.map(\.name) == ["other"])
        let cases = try load(text, only: ["start/reset", "start/earliest"]).experiments
        #expect(cases.count == 1)
        #expect(cases[0].cells.map { $0.axes[0].value } == ["earliest", "reset"])
        #expect(cases[0].axes[0].values == ["earliest", "reset"])
        #expect(try load(text, only: ["start/reset", "start"]).experiments[0].cells.count == 4)
    }

    @Test func aCaseAloneHasNoBaselineToBeComparedWith() throws {
        let text = Examples.startLatency + "    baseline: {case: latest}\n"
        #expect(try load(text).experiments[0].cells.map(\.baselineCell) == [1, nil, 1, 1])
        let alone = try load(text, only: ["start/reset"]).experiments[0]
        #expect(alone.cells.map(\.baselineCell) == [nil] && alone.baseline.isEmpty)
        let two = try load(text, only: ["start/reset", "start/latest"]).experiments[0]
        #expect(two.cells.map(\.baselineCell) == [nil, 0])
    }

    @Test(arguments: [
        ("strt", "--only: no experiment is called 'strt' (did you mean 'start'?)"),
        ("xyz", "--only: no experiment is called 'xyz' (there are start)"),
        ("start/newest", "--only: no case of start is called 'newest' (there are earliest, latest, committed, reset)"),
        ("start/", "--only: no case of start is called '' (there are earliest, latest, committed, reset)"),
        ("", "--only: no experiment is called '' (there are start)"),
    ])
    func whatCannotBeSelected(only: String, message: String) {
        #expect(problems(Examples.startLatency, only: [only]) == [message])
    }

    @Test func bootstrapServersTakeThePlaceOfEveryTarget() throws {
        let cluster = cluster("a:1,b:2")
        for text in [Examples.producerReuse, Examples.startLatency] {
            let found = try load(text, servers: "a:1, b:2")
            #expect(found.experiments.flatMap(\.cells).allSatisfy { $0.target == cluster })
            #expect(found.warnings.isEmpty)
        }
        let own = produce(
            "value: {size: 1 B}", "load: unlimited", file: "target: {bootstrap.servers: \"c:3\"}",
            experiment: ["target: {embedded: {num.partitions: 2}}"])
        #expect(try load(own, servers: "a:1,b:2").experiments[0].cells[0].target == cluster)
        #expect(
            try warnings(own, servers: "a:1") == [
                "f:3:9: bootstrap.servers of the target is not used, as --bootstrap-servers goes before it",
                "f:9:24: the embedded broker's options do not apply, as --bootstrap-servers takes its place",
            ])
        #expect(try warnings(own, servers: "c:3").count == 1)
        #expect(
            problems(own, servers: "a") == [
                "--bootstrap-servers: bootstrap.servers 'a' is no host:port (several stand in one text: \"a:9092,b:9092\")"
            ])
    }

    @Test func bootstrapServersCannotStandForTargetsThatAreCompared() {
        let varied = produce(
            "value: {size: 1 B}", "load: unlimited", file: "target: {bootstrap.servers: {each: [\"a:1\", \"b:2\"]}}")
        #expect(
            problems(varied, servers: "c:3") == [
                "f:3:9: target varies here, and --bootstrap-servers would make all cells alike"
            ])
        let cases = produce(
            "value: {size: 1 B}", "load: unlimited",
            experiment: ["cases:", "  old: {target: {bootstrap.servers: \"a:1\"}}", "  new: {}"])
        #expect(
            problems(cases, servers: "c:3") == [
                "f:9:7: cases of e differ in their target, and --bootstrap-servers would make all alike"
            ])
    }
}
