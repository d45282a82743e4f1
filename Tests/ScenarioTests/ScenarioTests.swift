import Testing

@testable import Scenario

/// The two scenarios that the language was designed by, as they are understood.
@Suite struct ScenarioTests {
    @Test func producerReuseIsUnderstood() throws {
        let scenario = try Scenario.load(text: Examples.producerReuse)
        #expect(scenario.name == "producer-reuse")
        #expect(scenario.warnings.isEmpty)
        let reuse = try #require(scenario.experiments.first)
        #expect(reuse.kind == .produce)
        #expect(reuse.axes.map(\.name) == ["concurrency", "recreate", "compression.type"])
        #expect(reuse.axes[1].values == ["never", "producer: 1 record", "client: 1 record"])
        #expect(reuse.axes[1].path == ["produce", "recreate"])
        #expect(reuse.cells.count == 2 * 3 * 2 - 2)
        #expect(reuse.repeats == 8)
        let cell = try #require(reuse.cells.first)
        #expect(cell.target == .embedded(configuration: [:]))
        #expect(cell.topic.partitions == 4)
        #expect(cell.measure.extent == .time(ns: 10_000_000_000))
        #expect(cell.measure.warmupNs == 2_000_000_000)
        #expect(cell.workload.produce?.load == .concurrency(1))
        #expect(cell.workload.produce?.value == ValueSpec(byteCount: 100, randomShare: 0.5))
        #expect(cell.workload.produce?.properties["acks"] == "all")
        #expect(cell.workload.produce?.properties["batch.size"] == "16384")
        #expect(cell.workload.produce?.properties["enable.idempotence"] == "true")
    }

    @Test func cellsAreComparedWithTheirEqualsOfTheBaseline() throws {
        let reuse = try Scenario.load(text: Examples.producerReuse).experiments[0]
        for cell in reuse.cells {
            let recreate = cell.axes[1].value
            guard let index = cell.baselineCell else {
                #expect(recreate == "never")
                continue
            }
            #expect(recreate != "never")
            #expect(reuse.cells[index].axes[1].value == "never")
            #expect(reuse.cells[index].axes[0] == cell.axes[0])
            #expect(reuse.cells[index].axes[2] == cell.axes[2])
        }
    }

    @Test func startLatencyIsUnderstood() throws {
        let scenario = try Scenario.load(text: Examples.startLatency)
        #expect(scenario.warnings.isEmpty)
        let start = try #require(scenario.experiments.first)
        #expect(start.kind == .start)
        #expect(start.axes.map(\.name) == ["case"])
        #expect(start.cells.map { $0.axes[0].value } == ["earliest", "latest", "committed", "reset"])
        let behind = StartSpec.Committed.behind(records: 1000)
        #expect(start.cells.map { $0.workload.start?.committed } == [.nothing, .nothing, behind, behind])
        #expect(start.cells.map { $0.workload.start?.resetsOnStart } == [false, false, false, true])
        #expect(start.cells[3].workload.start?.properties["auto.offset.reset"] == "earliest")
        #expect(start.cells[2].workload.start?.properties["auto.offset.reset"] == "latest")
        #expect(start.cells[0].measure.extent == .starts(125))
        #expect(start.cells[0].topic.preload?.recordCount == 20_000)
        #expect(start.cells[0].topic.preloadedPerPartition == 5_000)
    }

    @Test func theThreeMistakesOfTheProposalAreAnsweredWordForWord() throws {
        let text = Examples.producerReuse
            .replacing("recreate: {each:", with: "recreat: {each:")
            .replacing("repeats: 8", with: "repeats: 8 s")
            .replacing("lz4]}", with: "lz5]}")
        let errors = #expect(throws: ScenarioErrors.self) {
            try Scenario.load(text: text, path: "Scenarios/producer-reuse.yaml")
        }
        #expect(
            errors?.description == """
                Scenarios/producer-reuse.yaml:7:44: 'repeats: 8 s' is a time: write a number
                Scenarios/producer-reuse.yaml:14:7: unknown key 'recreat' in produce (did you mean 'recreate'?)
                Scenarios/producer-reuse.yaml:15:75: compression.type 'lz5' is none of none, gzip, snappy, lz4, zstd
                """)
    }
}
