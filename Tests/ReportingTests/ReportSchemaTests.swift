import Foundation
import JSONSchemaChecker
import Measurement
import Reporting
import Results
import Testing

/// A new figure is one entry in the catalogue: reports, tables and the schema take it from there.
@Suite struct ReportSchemaTests {
    @Test func describesReports() throws {
        let checker = try SchemaChecker(Report.jsonSchema)
        for experiments in [
            try [Made.reuse(), Made.start(starts: 20, rounds: 2)], [], [try everyFigure(.endToEnd)],
            [try everyFigure(.produce), try everyFigure(.consume), try everyFigure(.start)],
        ] {
            let report = try Report(Made.result(experiments), path: "r.json")
            #expect(checker.problems(of: try JSONSerialization.jsonObject(with: Data(report.json().utf8))) == [])
        }
    }

    @Test func describesWhatWasExpected() throws {
        var experiment = try Made.reuse(rounds: 5)
        for index in experiment.cells.indices {
            experiment.cells[index].expectations = [
                ("records/s", .atLeast, 1000, .number), ("ack p99.9", .atMost, 1e9, .nanoseconds),
                ("records failed", .equal, 0, .number),
            ].map { metric, relation, bound, unit in
                Results.Expectation(metric: metric, relation: relation, bound: bound, unit: unit, text: metric)
            }
        }
        let report = try Report(Made.result([experiment])).json()
        let json = try JSONSerialization.jsonObject(with: Data(report.utf8))
        #expect(((json as? [String: Any])?["expectations"] as? [Any])?.count == 9)
        #expect(try SchemaChecker(Report.jsonSchema).problems(of: json) == [])
    }

    @Test(arguments: ExperimentResult.Kind.allCases)
    func everyFigureIsInTheReport(kind: ExperimentResult.Kind) throws {
        let experiment = try everyFigure(kind)
        let report = try Report(Made.result([experiment]))
        let root = try JSONSerialization.jsonObject(with: Data(report.json().utf8)) as? [String: Any]
        let cells = (root?["experiments"] as? [[String: Any]])?.first?["cells"] as? [[String: Any]]
        let figures = try #require(cells?.first?["figures"] as? [String: Any])
        let markdown = report.markdown()
        for metric in MetricCatalogue(kind, of: experiment.cells[0].repeats).metrics {
            #expect(figures[metric.key] != nil && !(figures[metric.key] is NSNull), "\(metric.key)")
            #expect(metric.table == .none || markdown.contains("\(metric.title) |"), "\(metric.title)")
        }
    }

    /// An experiment whose one repeat has a value above 0 for every figure.
    private func everyFigure(_ kind: ExperimentResult.Kind) throws -> ExperimentResult {
        let apis = [
            "ApiVersions", "Metadata", "InitProducerId", "Produce", "FindCoordinator", "OffsetFetch", "ListOffsets",
            "Fetch", "OffsetCommit", "Heartbeat",
        ]
        var made =
            kind == .start
            ? try Made.startRepeat(
                round: 1, starts: 12_000, gapsUs: Array(repeating: 100, count: 8), rule: "r", demanded: 5...6,
                observed: 5, committed: 4)
            : try Made.produceRepeat(round: 1, rate: 5000, latencyNs: 1000)
        if kind == .start {
            made.starts?.milestones.append("caught up")
            for start in 0..<12_000 { made.starts?.reachedAtNs[start].append(2_000_000) }
        }
        made.counts.consumed = made.counts.acknowledged
        made.counts.consumedBytes = 1_000_000
        made.counts.failed = 1
        made.counts.passes = 2
        made.reconciliation = Reconciliation(readBack: 100, codecsStored: ["none": 5])
        made.resources = ResourceUsage(
            clientCPUNs: 1_000_000, clientInstructions: 3_000_000, brokerCPUNs: 2_000_000, othersCPUNs: 3_000_000,
            stealNs: 4_000_000,
            voluntarySwitches: 5, involuntarySwitches: 6, peakMemoryBytes: 7, brokerMemoryBytes: 8)
        made.traffic = Traffic(
            bytesSent: 1_000_000, bytesReceived: 1_000_000, connectionsOpened: 9,
            requestsByApi: Dictionary(uniqueKeysWithValues: apis.map { ($0, 1000) }), roundTrips: 1000)
        made.disturbances = Disturbances(
            lostConnections: 1, failedConnections: 2, unansweredRequests: 3, retries: 4, throttledAnswers: 5,
            throttledNs: 6, longestGapNs: 7, outsideNs: 8, splitBatches: 9,
            standstill: Standstill(of: "broker a:1", longestNs: 10))
        made.latencies = try LatencyRecord.Kind.allCases.map {
            try LatencyRecord($0, Made.histogram(fromNs: 1_000_000, count: 20_000))
        }
        return ExperimentResult(
            name: "\(kind)", kind: kind, axes: [], plannedRepeats: 1,
            cells: [Made.cell([], kind == .start ? nil : .closed(concurrency: 1), [made])])
    }
}
