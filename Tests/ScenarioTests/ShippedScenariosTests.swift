import Foundation
import Results
import Testing

@testable import Scenario

/// The scenarios that ship: understood without a doubt, as large as they should be, and the same on
/// any cluster.
@Suite struct ShippedScenariosTests {
    static let names = ["quickstart", "producer-reuse", "start-latency", "reset-strategies", "throughput"]

    static func path(_ name: String) -> String {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return root.appending(path: "Scenarios/\(name).yaml").path
    }

    static func text(_ name: String) throws -> String {
        try String(contentsOfFile: path(name), encoding: .utf8)
    }

    /// What the windows and starts of an experiment take, at 5 ms a start, twice what they take.
    private func seconds(_ experiment: Experiment) -> Double {
        let once = experiment.cells.map { cell -> Double in
            switch cell.measure.extent {
            case .time(let ns): Double(ns + cell.measure.warmupNs) / 1e9
            case .starts(let count): Double(count + 1) * 0.005
            case .records: 0
            }
        }
        return once.reduce(0, +) * Double(experiment.repeats)
    }

    @Test func everyFileIsTested() throws {
        let folder = URL(filePath: Self.path("x")).deletingLastPathComponent().path
        let files = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".yaml") }
        #expect(Set(files) == Set(Self.names.map { "\($0).yaml" }))
    }

    @Test(arguments: names)
    func theyAreUnderstoodWithoutADoubt(name: String) throws {
        let scenario = try Scenario.load(path: Self.path(name))
        #expect(scenario.name == name)
        #expect(scenario.warnings.isEmpty)
        #expect(scenario.text == (try Self.text(name)))
        #expect(scenario.experiments.allSatisfy { $0.repeats >= 5 })
    }

    @Test(arguments: names)
    func theyRunUnchangedOnACluster(name: String) throws {
        let scenario = try Scenario.load(path: Self.path(name), bootstrapServers: "host:9092")
        #expect(scenario.warnings.isEmpty)
        for cell in scenario.experiments.flatMap(\.cells) {
            #expect(cell.target == cluster("host:9092"))
            #expect(cell.topic.replicationFactor == nil)
        }
    }

    @Test func theQuickStartIsQuick() throws {
        let experiments = try Scenario.load(path: Self.path("quickstart")).experiments
        #expect(experiments.map(\.name) == ["reuse", "start"])
        #expect(experiments[0].axes.map(\.values) == [["never", "producer: 1 record", "client: 1 record"]])
        #expect(experiments[0].cells.map(\.baselineCell) == [nil, 0, 0])
        #expect(experiments[1].axes.map(\.values) == [["earliest", "latest", "committed", "reset"]])
        #expect(experiments[1].cells.allSatisfy { $0.topic.partitions == 4 })
        #expect(experiments.map(seconds).reduce(0, +) < 60)
    }

    @Test func theResetStrategiesAreEachPolicyInEachState() throws {
        let experiment = try #require(Scenario.load(path: Self.path("reset-strategies")).experiments.first)
        #expect(experiment.axes.map(\.values.count) == [8, 6] && experiment.cells.count == 48)
        let choices = experiment.cells.compactMap { $0.workload.start?.choice }
        #expect(Set(choices).count == 48 && Set(choices.map(\.condition)).count == 6)
        #expect(seconds(experiment) < 20 * 60)
    }

    @Test func theThroughputsAreByRecordSizeAndEveryCodec() throws {
        let experiments = try Scenario.load(path: Self.path("throughput")).experiments
        #expect(experiments.map(\.kind) == [.produce, .consume])
        for experiment in experiments {
            #expect(experiment.axes.map(\.name) == ["size", "compression.type"])
            #expect(experiment.axes[0].values == ["100 B", "1 KiB"])
            #expect(experiment.axes[1].values == ["none", "gzip", "snappy", "lz4", "zstd"])
        }
        #expect(experiments[0].cells.allSatisfy { $0.workload.produce?.load == .unlimited })
        #expect(experiments.map(seconds).reduce(0, +) < 15 * 60)
    }

    @Test func theFullFilesAreTheExamplesOfTheLanguage() throws {
        let reuse = try Scenario.load(path: Self.path("producer-reuse"))
        #expect(reuse.experiments == (try Scenario.load(text: Examples.producerReuse).experiments))
        let start = try Scenario.load(path: Self.path("start-latency"))
        #expect(start.experiments == (try Scenario.load(text: Examples.startLatency).experiments))
    }
}
