import Foundation
import Measurement
import Reporting
import Results
import Testing

@Suite struct ReportTests {
    @Test func isTheSameAfterTheFile() throws {
        let result = try Made.result([Made.reuse(), Made.start(starts: 20, rounds: 2)])
        let read = try RunResult(json: result.json(), path: "memory")
        let (before, after) = (try Report(result, path: "r.json"), try Report(read, path: "r.json"))
        #expect(before.console() == after.console())
        #expect(before.markdown() == after.markdown())
        #expect(before.json() == after.json())
    }

    @Test(arguments: [1, 20, 60, 100, 120, 400])
    func keepsToTheWidthWhereOneColumnAllowsIt(width: Int) throws {
        let text = try Report(Made.result([Made.reuse(), Made.start(starts: 20, rounds: 2)])).console(width: width)
        let tableLines = text.split(separator: "\n").filter { $0.hasPrefix("never") || $0.hasPrefix("earliest") }
        #expect(!tableLines.isEmpty)
        // The widest that can't be split: the axis and one column.
        #expect(tableLines.allSatisfy { $0.count <= max(width, 55) })
        #expect(text.contains("51,000"))
    }

    @Test(arguments: [20, 40, 80])
    func sentencesKeepToATerminalsWidth(width: Int) throws {
        let report = try Report(Made.result([Made.reuse()]), path: "r.json")
        let lines = report.console(width: width, proseWidth: width).split(separator: "\n")
        let sentences = lines.drop { !$0.hasPrefix("± is") }.dropLast(width < 40 ? 2 : 1)
        #expect(sentences.count > 8 || width == 80)
        #expect(sentences.allSatisfy { $0.count <= width || !$0.dropFirst(2).contains(" ") }, "\(sentences)")
        #expect(report.console(width: width).contains(" else both ends stand in parentheses."))
    }

    @Test func repeatsThatDisagreeAreShownInsteadOfTheirMedian() throws {
        var experiment = try Made.reuse(rounds: 2)
        experiment.cells[0].repeats = [
            try Made.produceRepeat(round: 1, rate: 2_465, latencyNs: 290_000),
            try Made.produceRepeat(round: 2, rate: 99_904, latencyNs: 290_000),
        ]
        let result = Made.result([experiment])
        let text = try Report(result).console()
        #expect(!text.contains("51,185") && text.contains("2,465–99,904"))
        #expect(
            text.contains("repeats disagree: recreate never, records/s: 2,465, 99,904\n"))
        #expect(text.contains("A range alone means that repeats disagree"))
        let rate = try figures(result)[0]["recordsPerSecond"] as? [String: Any]
        #expect(rate?["disagreeingRepeats"] as? [Double] == [2_465, 99_904])
        #expect(try !Report(Made.result([Made.reuse()])).console().contains("disagree"))
    }

    @Test func aMaximumHasNoInterval() throws {
        let result = try Made.result([Made.start(starts: 20, rounds: 3)])
        let greatest = try figures(result)[0]["firstRecord.max"] as? [String: Any]
        #expect(greatest?["value"] != nil && greatest?["low"] == nil && greatest?["high"] == nil)
    }

    /// Two cells of an open loop at a rate each, and what their ratios are of.
    @Test func openLoopsAreComparedByTheirLatencies() throws {
        let cells = try [(1_000.0, UInt64(200_000)), (8_000, 1_000_000)].map { rate, latencyNs in
            Made.cell(
                [("rate", "\(Int(rate))/s"), ("acks", "1")], .open(ratePerSecond: rate),
                try (1...3).map { try Made.produceRepeat(round: $0, rate: Int64(rate), latencyNs: latencyNs) })
        }
        var experiment = ExperimentResult(
            name: "open", kind: .produce, axes: ["rate", "acks"],
            baseline: [AxisSetting(name: "rate", value: "1000/s"), AxisSetting(name: "acks", value: "1")],
            plannedRepeats: 3, cells: cells)
        let made = try figures(Made.result([experiment]))[1]
        #expect(made["ratio.recordsPerSecond"] == nil || made["ratio.recordsPerSecond"] is NSNull)
        let ratio = try #require(made["ratio.ack.p50"] as? [String: Any])
        #expect(abs((ratio["value"] as? Double ?? 0) - 5) < 0.05)
        #expect(ratio["of"] as? String == "ack p50")
        let markdown = try Report(Made.result([experiment])).markdown()
        #expect(
            markdown.contains("ack p50, ratio to rate 1000/s, acks 1 (95 % interval)"), "\(markdown)"
        )
        // A closed loop beside it has nothing to be compared by.
        experiment.cells[1].load = .closed(concurrency: 1)
        let mixed = try figures(Made.result([experiment]))[1]
        #expect(mixed["ratio.ack.p50"] == nil || mixed["ratio.ack.p50"] is NSNull)
    }

    @Test func writesPlainASCIIWhenAsked() throws {
        var result = try Made.result([Made.reuse(), Made.start(starts: 20, rounds: 2)])
        result.scenario.name = "größe — ≥ 日本"
        #expect(try Report(result, path: "r.json").console(style: .ascii).allSatisfy(\.isASCII))
    }

    @Test func sumsItsMilestonesToTheWhole() throws {
        let json = try figures(Made.result([Made.start(starts: 30, rounds: 3)]))
        for cell in json {
            let gaps = cell.filter { $0.key.hasPrefix("step.") && $0.key != "step.sum" }.compactMap {
                value($0.value)
            }
            let sum = try #require(value(cell["step.sum"]))
            #expect(gaps.count >= 6 && abs(gaps.reduce(0, +) - sum) < 1e-6 * sum)
        }
        let starts = try Made.start(starts: 30, rounds: 3).cells[2].repeats.compactMap { $0.latency(.firstRecord) }
        let mean = starts.map(\.meanNs).reduce(0, +) / 3
        let sum = try #require(value(json[2]["step.sum"]))
        // The histogram keeps three digits.
        #expect(abs(sum - mean) < 1e-3 * mean)
    }

    @Test func sumsItsStepsToTheWhole() throws {
        let client = try figures(Made.result([Made.reuse()]))[2]
        let steps = client.filter { $0.key.hasPrefix("step.") && $0.key != "step.sum" }.compactMap {
            value($0.value)
        }
        #expect(steps.reduce(0, +) == 1_025_500)
        #expect(value(client["step.sum"]) == 1_025_500)
    }

    @Test func neverAveragesInAnInvalidRepeat() throws {
        var experiment = try Made.reuse()
        let before = try figures(Made.result([experiment]))[0]
        var broken = experiment.cells[0].repeats[0]
        broken.round = 4
        broken.counts.acknowledged = 1
        broken.latencies = [try LatencyRecord(.acknowledgement, Made.histogram(fromNs: 1, count: 900_000))]
        broken.invalidReasons = [InvalidReason(.failed, "on purpose")]
        experiment.cells[0].repeats.append(broken)
        var after = try figures(Made.result([experiment]))[0]
        #expect(after["invalidRepeats"] as? [String: Int] == ["value": 1, "of": 4])
        after["invalidRepeats"] = before["invalidRepeats"]
        #expect(NSDictionary(dictionary: after) == NSDictionary(dictionary: before))
    }

    @Test func comparesOnlyRoundsInWhichBothAreValid() throws {
        var experiment = try Made.reuse()
        let all = try #require(value(figures(Made.result([experiment]))[2]["ratio.recordsPerSecond"]))
        experiment.cells[0].repeats[0].invalidReasons = [InvalidReason(.failed, "on purpose")]
        let rest = try #require(value(figures(Made.result([experiment]))[2]["ratio.recordsPerSecond"]))
        let expected = (1202.0 / 51_000 * 1203 / 51_500).squareRoot()
        #expect(abs(rest - expected) < 1e-9 && abs(all - rest) > 1e-5)
    }

    @Test func refusesAHistogramThatIsNone() throws {
        var experiment = try Made.reuse()
        experiment.cells[0].repeats[0].latencies[0].histogram = "AAAA"
        let result = Made.result([experiment])
        #expect(throws: HistogramError.self) { try Report(result) }
    }

    /// Each cell's figures of a result's first experiment, as programs read them.
    private func figures(_ result: RunResult) throws -> [[String: Any]] {
        let root = try JSONSerialization.jsonObject(with: Data(Report(result).json().utf8)) as? [String: Any]
        #expect(root?["format"] as? String == "weir.report/1")
        let experiments = try #require(root?["experiments"] as? [[String: Any]])
        let cells = try #require(experiments.first?["cells"] as? [[String: Any]])
        return cells.compactMap { $0["figures"] as? [String: Any] }
    }

    private func value(_ figure: Any?) -> Double? { (figure as? [String: Any])?["value"] as? Double }
}
