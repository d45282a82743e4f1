import Testing

@testable import Scenario

/// How `each`, `cases`, `except` and `baseline` make cells.
@Suite struct MatrixTests {
    private func experiment(_ text: String) throws -> Experiment {
        try #require(try Scenario.load(text: text, path: "f").experiments.first)
    }

    @Test func cellsAreTheProductWithTheLastAxisVaryingFastest() throws {
        let text = produce(
            "value: {size: {each: [1 B, 2 B]}}", "load: unlimited", "producer: {acks: {each: [0, 1, all]}}")
        let found = try experiment(text)
        #expect(found.axes.map(\.name) == ["size", "acks"])
        #expect(
            found.cells.map { $0.axes.map(\.value) } == [
                ["1 B", "0"], ["1 B", "1"], ["1 B", "all"], ["2 B", "0"], ["2 B", "1"], ["2 B", "all"],
            ])
        #expect(found.cells.map { $0.workload.produce?.value.byteCount } == [1, 1, 1, 2, 2, 2])
        #expect(found.cells.map { $0.workload.produce?.properties["acks"] } == ["0", "1", "all", "0", "1", "all"])
        #expect(found.cells.allSatisfy { $0.baselineCell == nil })
    }

    @Test func axesAreNamedByTheShortestEndingThatIsUnique() throws {
        let text = produce(
            "value: {size: {each: [1 B, 2 B]}, random: 50 %}", "load: unlimited",
            "producer: {compression.type: {each: [none, lz4]}}",
            file:
                "topic: {partitions: {each: [1, 4]}, preload: {records: 8 records, value: {size: {each: [3 B, 4 B]}}, producer: {linger.ms: {each: [0, 1]}}}}"
        )
        #expect(
            try experiment(text).axes.map(\.name) == [
                "partitions", "preload/value/size", "linger.ms", "produce/value/size", "compression.type",
            ])
    }

    @Test func eachMayStandForWhatIsNoSingleWord() throws {
        let text = produce(
            "value: {size: 1 B}", "load: {each: [unlimited, {rate: 5/s}, {concurrency: 2}]}",
            "producer: {linger.ms: 0}", file: "target: {each: [embedded, {bootstrap.servers: \"a:1,b:2\"}]}")
        let found = try experiment(text)
        #expect(found.axes.map(\.name) == ["target", "load"])
        #expect(found.axes[0].values == ["embedded", "bootstrap.servers: \"a:1,b:2\""])
        #expect(
            found.cells.map { $0.workload.produce?.load }.prefix(3) == [
                .unlimited, .rate(perSecond: 5), .concurrency(2),
            ])
        #expect(found.cells[3].target == cluster("a:1,b:2"))
    }

    @Test(arguments: [
        ("producers: {each: []}", "f:6:19: each takes a list of values, like {each: [1, 16]}"),
        ("producers: {each: 5}", "f:6:19: each takes a list of values, like {each: [1, 16]}"),
        ("producers: {each: [1, 1]}", "f:6:29: each names '1' twice"),
        ("producers: {each: [1, two]}", "f:6:29: producers 'two' is no number: write a number"),
        ("producers: {each: [1], other: 2}", "f:6:19: 'each' stands alone: the keys beside it belong into its values"),
        ("producers: {each: [1, {each: [2]}]}", "f:6:30: 'each' cannot stand at producers"),
        (
            "producer: {each: [{acks: 1}, {acks: 0}]}",
            "f:6:18: 'each' stands for a single value, and producer is a section: write cases for what belongs together"
        ),
    ])
    func eachStandsForSingleValues(line: String, message: String) {
        #expect(problems(produce(line, "value: {size: 1 B}", "load: unlimited")) == [message])
    }

    @Test(arguments: [
        (
            "measure: {for: {each: [1 s, 2 s]}}",
            "f:3:17: 'each' cannot stand here: it may under topic, target and experiments, but not in a case"
        ),
        ("about: {each: [a, b]}", "f:3:9: 'each' cannot stand at about"),
        ("measure: {repeats: {each: [1, 2]}}", "f:3:21: 'each' cannot stand at repeats"),
    ])
    func eachStandsUnderTopicTargetAndExperiments(line: String, message: String) {
        #expect(problems(produce("value: {size: 1 B}", "load: unlimited", file: line)) == [message])
        #expect(
            problems(
                produce("value: {size: 1 B}", "load: unlimited", experiment: ["measure: {for: {each: [1 s, 2 s]}}"])
            ).isEmpty)
    }

    @Test func valuesAreTheSameHoweverTheyAreSpelt() throws {
        let text = produce(
            "value: {size: {each: [1024 B, 2 KiB]}}", "load: unlimited", experiment: ["baseline: {size: 1 KiB}"])
        #expect(try experiment(text).axes[0].values == ["1 KiB", "2 KiB"])
        #expect(try experiment(text).cells.map(\.baselineCell) == [nil, 0])
        #expect(problems(text.replacing("2 KiB]", with: "1 KiB]")) == ["f:6:37: each names '1 KiB' twice"])
    }

    @Test(arguments: [
        (
            "baseline: {recreat: never}",
            "f:10:16: baseline names 'recreat', which does not vary here (did you mean 'recreate'?)"
        ),
        (
            "baseline: {acks: all}",
            "f:10:16: baseline names 'acks', which does not vary here (what varies is recreate, linger.ms)"
        ),
        ("baseline: {recreate: always}", "f:10:26: recreate 'always' is none of never, {producer: …}, {client: …}"),
        (
            "baseline: {recreate: {producer: 2 records}}",
            "f:10:26: recreate 'producer: 2 records' in baseline is none of its values here: never, producer: 1 record"
        ),
        ("baseline: {linger.ms: 7}", "f:10:27: linger.ms '7' in baseline is none of its values here: 0, 5"),
        ("baseline: {}", "f:10:15: baseline is empty: it takes axes and their values, like {recreate: never}"),
        ("baseline: never", "f:10:15: baseline is 'never': it takes axes and their values, like {recreate: never}"),
        ("baseline: {recreate: [never]}", "f:10:26: baseline: 'recreate' takes one of its axis's values"),
        ("except: {recreate: never}", "f:10:13: except is a set of keys: it takes a list, like [{recreate: never}]"),
        (
            "except: [{recreate: never}, {recreate: {producer: 1 record}}]",
            "f:4:3: experiment e: 'except' leaves no cell"
        ),
        ("except: [{produce/recreate: never}]", nil), ("except: [{recreate: never, producer/linger.ms: 5}]", nil),
        ("baseline: {recreate: never, linger.ms: 5}", nil),
    ])
    func baselineAndExceptNameWhatVaries(line: String, message: String?) {
        let text = produce(
            "value: {size: 1 B}", "load: {concurrency: 1}", "recreate: {each: [never, {producer: 1 record}]}",
            "producer: {linger.ms: {each: [0, 5]}}", experiment: [line])
        #expect(problems(text) == (message.map { [$0] } ?? []))
    }

    @Test func exceptionsTakeOutWhatTheyMatch() throws {
        let text = produce(
            "value: {size: {each: [1 B, 2 B]}}", "load: unlimited", "producer: {acks: {each: [1, all]}}",
            experiment: ["except: [{size: 1 B, acks: 1}]", "baseline: {acks: 1}"])
        let found = try Scenario.load(text: text, path: "f")
        #expect(
            found.experiments[0].cells.map { $0.axes.map(\.value) } == [
                ["1 B", "all"], ["2 B", "1"], ["2 B", "all"],
            ])
        #expect(found.experiments[0].cells.map(\.baselineCell) == [nil, nil, 1])
        #expect(
            found.warnings.map(\.description) == ["f:4:3: experiment e: 1 cells have no baseline to be compared with"])
    }

    @Test func aValueWithoutACellIsNoValueOfItsAxis() throws {
        let text = produce(
            "value: {size: {each: [1 B, 2 B, 3 B]}}", "load: unlimited", experiment: ["except: [{size: 2 B}]"])
        #expect(try experiment(text).axes[0].values == ["1 B", "3 B"])
        #expect(try experiment(text).except.isEmpty)
    }

    @Test func casesAreMergedOverTheExperiment() throws {
        let text = scenario(
            """
            produce: {value: {size: 1 B}, load: {concurrency: 4}, producer: {acks: all, linger.ms: 0}}
            cases:
              slow: {produce: {load: {rate: 5/s}, producer: {linger.ms: 7}}}
              wide: {topic: {partitions: 8}, target: {embedded: {num.partitions: 2}}}
              plain: {}
            baseline: {case: plain}
            """, file: "topic: {partitions: 2}")
        let found = try experiment(text)
        #expect(found.axes == [Axis(name: "case", path: ["case"], values: ["slow", "wide", "plain"])])
        #expect(
            found.cells.map { $0.workload.produce?.load } == [.rate(perSecond: 5), .concurrency(4), .concurrency(4)])
        #expect(found.cells.map { $0.workload.produce?.properties["linger.ms"] } == ["7", "0", "0"])
        #expect(found.cells.map { $0.workload.produce?.properties["acks"] } == ["all", "all", "all"])
        #expect(found.cells.map(\.topic.partitions) == [2, 8, 2])
        #expect(found.cells[1].target == .embedded(configuration: ["num.partitions": "2"]))
        #expect(found.cells.map(\.baselineCell) == [2, 2, nil])
    }

    @Test func theExperimentsSectionsAreMergedOverTheFiles() throws {
        let text = scenario(
            """
            consume: {}
            measure: {records: 10 records}
            topic: {partitions: 8}
            """,
            file:
                "measure: {for: 9 s, warmup: 3 s, repeats: 7}\ntopic: {preload: {records: 8 records, value: {size: 1 B}}}\nwaive: [codec]"
        )
        let cell = try #require(try experiment(text).cells.first)
        #expect(
            cell.measure
                == MeasureSpec(warmupNs: 3_000_000_000, extent: .records(10), repeats: 7, pauseNs: 0, seed: nil))
        #expect(cell.topic.partitions == 8 && cell.topic.preload?.recordCount == 8)
        #expect(cell.waive == [.codec])
    }

    @Test func ofKeysThatExcludeEachOtherTheLaterStandsAlone() throws {
        let file =
            "target: {bootstrap.servers: \"a:1\"}\ntopic: {partitions: 3, config: {segment.bytes: 1048576}}\nmeasure: {warmup: 1 s, for: 5 s}"
        let text = scenario("start: {until: ready}\nmeasure: {starts: 9}\ntopic: {existing: t}", file: file)
        let cell = try #require(try experiment(text).cells.first)
        #expect(cell.measure.extent == .starts(9))
        #expect(cell.topic.existing == "t" && cell.topic.configuration.isEmpty)
    }

    @Test(arguments: [
        (
            "a: {produce: {load: {concurrency: 1}}}",
            "f:7:7: case a replaces 'produce/load/concurrency', which each varies in the experiment"
        ),
        (
            "a: {produce: {load: {rate: 5/s}}}",
            "f:7:7: case a replaces 'produce/load/concurrency', which each varies in the experiment"
        ),
        (
            "a: {produce: {producer: {acks: {each: [0, 1]}}}}",
            "f:7:39: 'each' cannot stand here: it may under topic, target and experiments, but not in a case"
        ),
        ("a: {cases: {}}", "f:7:11: 'cases' stands in the experiment, not in a case"),
        (
            "a: {client: java}",
            "f:7:11: 'client' is kept for measuring other clients, which is not there yet: it is always Weir's own"
        ),
        ("a b: {}", "f:7:7: case 'a b': a name is letters, digits, '.', '_' and '-', at most 64"),
        ("a: {measure: {repeats: 3}}", nil),
        ("a: {start: {}}", "f:7:18: start is measured alone: produce or consume cannot stand beside it"),
        ("a: {prodce: {}}", "f:7:11: unknown key 'prodce' in case a (did you mean 'produce'?)"),
    ])
    func casesThatCannotBe(line: String, message: String?) {
        let text = scenario(
            "produce: {value: {size: 1 B}, load: {concurrency: {each: [1, 2]}}, producer: {linger.ms: 0}}\ncases:\n  \(line)"
        )
        let found = problems(text)
        #expect(found == (message.map { [$0] } ?? []))
    }

    @Test func casesAreOfOneKindAndHaveTheirRoundsInCommon() {
        let kinds = scenario(
            "topic: {preload: {records: 9 records, value: {size: 1 B}}}\ncases:\n  a: {consume: {}}\n  b: {produce: {value: {size: 1 B}, load: unlimited}}"
        )
        #expect(
            problems(kinds) == ["f:4:3: experiment e: all its cells must be of one kind, and cases make several of it"])
        let rounds = produce(
            "value: {size: 1 B}", "load: unlimited", experiment: ["cases: {a: {measure: {repeats: 3}}, b: {}}"])
        #expect(
            problems(rounds) == [
                "f:4:3: experiment e: repeats, pause and seed are the same for all cells of an experiment"
            ])
    }

    @Test func matricesAreBounded() {
        func list(_ count: Int) -> String { "{each: [\((1...count).map { "\($0) B" }.joined(separator: ", "))]}" }
        func acks(_ count: Int) -> String { "{each: [\((0..<count).map(String.init).joined(separator: ", "))]}" }
        let allowed = produce("value: {size: \(list(100))}", "load: unlimited", "producer: {linger.ms: \(acks(10))}")
        #expect(problems(allowed).isEmpty)
        let tooMany = produce("value: {size: \(list(100))}", "load: unlimited", "producer: {linger.ms: \(acks(100))}")
        #expect(
            problems(tooMany) == [
                "f:4:3: experiment e has more than 1000 cells (100 × size, 100 × linger.ms): split it"
            ])
        #expect(
            problems(produce("value: {size: \(list(1_001))}", "load: unlimited")) == [
                "f:6:22: each has 1001 values: at most 1000"
            ])
        let overflow = produce(
            "value: {size: \(list(1_000)), random: 1 %}", "load: unlimited",
            "producer: {linger.ms: \(acks(1_000)), batch.size: \(acks(1_000)), retries: \(acks(1_000)), max.block.ms: \(acks(1_000)), buffer.memory: \(acks(1_000)), max.request.size: \(list(1_000).replacing(" B", with: ""))}"
        )
        #expect(problems(overflow).count == 1)
    }

    @Test func theCellsOfAFileAreBounded() {
        let sizes = (1...900).map { "\($0) B" }.joined(separator: ", ")
        let experiment = "{produce: {value: {size: {each: [\(sizes)]}}, load: unlimited}}"
        func text(_ count: Int) -> String {
            "weir: 1\nname: t\nexperiments:\n" + (1...count).map { "  e\($0): \(experiment)\n" }.joined()
        }
        #expect(problems(text(4)).isEmpty)
        #expect(problems(text(5)) == ["f:8:3: more than 4000 cells up to here: make several files of this one"])
    }

    @Test func aLargeMatrixIsExpandedInGoodTime() throws {
        let sizes = (1...40).map { "\($0 * 100) B" }.joined(separator: ", ")
        let text = produce(
            "value: {size: {each: [\(sizes)]}, random: 5 %}", "load: {concurrency: {each: [1, 2, 3, 4, 5]}}",
            "producer: {linger.ms: 0, compression.type: {each: [none, gzip, snappy, lz4, zstd]}}",
            experiment: ["baseline: {compression.type: none}"])
        let clock = ContinuousClock()
        let begin = clock.now
        #expect(try experiment(text).cells.count == 1_000)
        #expect(clock.now - begin < .seconds(20))
    }
}
