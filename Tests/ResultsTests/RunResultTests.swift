import Foundation
import Measurement
import Results
import Testing

@Suite struct RunResultTests {
    @Test func comesBackAsItWas() throws {
        let result = try Complete.result()
        #expect(try RunResult(json: result.json(), path: "memory") == result)
    }

    @Test func isTheSameTextEveryTime() throws {
        let result = try Complete.result()
        let json = String(decoding: try result.json(), as: UTF8.self)
        #expect(try String(decoding: result.json(), as: UTF8.self) == json)
        #expect(json.hasSuffix("}\n"))
        // Plain lists take one line, and what stands in strings is left alone.
        #expect(json.contains("\"acknowledged\" : [1, 2, 3, 4]"))
        #expect(json.contains("[10, null, 30, 40]"))
        #expect(json.contains(#""über" : "\"quoted\" \\ and\nbroken""#))
    }

    @Test func keepsHugeNumbers() throws {
        var result = try Complete.result()
        result.seed = 1 << 53 - 1
        result.experiments[0].cells[0].repeats[0].windowNs = UInt64.max
        result.experiments[0].cells[0].repeats[0].counts.acknowledged = Int64.max
        result.experiments[0].cells[0].repeats[0].resources.clientCPUNs = UInt64(Int64.max) + 1
        #expect(try RunResult(json: result.json(), path: "memory") == result)
    }

    @Test func keepsBracketsAndEscapesInStrings() throws {
        var result = try Complete.result()
        result.scenario.overrides = ["a=[1, 2]", "b=\"]", "c=\\", "d=  two  blanks \\\" [", "\u{1b}[31m\u{2028}"]
        result.scenario.written = "load: {concurrency: {each: [1,  16]}}\n\t# \\\n"
        #expect(try RunResult(json: result.json(), path: "memory") == result)
    }

    @Test func derivesVerdictsFromRepeats() throws {
        var cell = CellResult(axes: [], broker: "b")
        #expect(cell.verdict == .notRun)
        cell.repeats = [Repeat(round: 1, windowNs: 1), Repeat(round: 2, windowNs: 1)]
        #expect(cell.verdict == .valid)
        cell.repeats[0].saturated = true
        #expect(cell.verdict == .saturated)
        cell.repeats[1].invalidReasons = [InvalidReason(.failed, "no")]
        #expect(cell.verdict == .invalid && cell.validRepeats.map(\.round) == [1])
        let result = try Complete.result()
        #expect(result.verdict == .invalid)
        #expect(result.experiments[0].cells.map(\.verdict) == [.invalid, .invalid])
    }

    @Test func whateverEndedEarlyIsInvalidAndNamed() throws {
        var cell = CellResult(axes: [], broker: "b", repeats: [Repeat(round: 1, windowNs: 1)])
        cell.endedEarly = InvalidReason(.topicGone, "gone")
        #expect(cell.verdict == .invalid)
        var result = try Complete.result()
        result.experiments = []
        #expect(result.isEmpty && result.verdict == .notRun)
        result.experiments = try Complete.result().experiments
        result.experiments[0].cells = [CellResult(axes: [], broker: "b", repeats: [Repeat(round: 1, windowNs: 1)])]
        result.experiments.removeLast()
        #expect(!result.isEmpty && result.verdict == .invalid)
        result.endedEarly = nil
        #expect(result.verdict == .valid)
    }

    /// As results were before anything could end early.
    @Test func readsAResultThatKnowsOfNoEarlyEnd() throws {
        var result = try Complete.result()
        result.endedEarly = nil
        result.experiments[0].cells[1].endedEarly = nil
        let json = try result.json()
        #expect(!String(decoding: json, as: UTF8.self).contains("endedEarly"))
        #expect(try RunResult(json: json, path: "memory") == result)
    }

    @Test func distrustsAWrongStartEvenWithoutAReason() throws {
        let starts = try #require(try Complete.start().cells[0].repeats[0].starts)
        #expect(starts.wrongCount == 2)
        #expect(starts.wrong.map(\.observed) == [7, nil] && starts.wrong.map(\.partition) == [1, 1])
        #expect(try Complete.start().cells[0].verdict == .invalid)
        let many = PartitionStarts(
            partition: 0, rule: "r", demanded: Array(repeating: 1, count: 500),
            observed: Array(repeating: 2, count: 500))
        let wrong = StartsRecord(milestones: [], partitions: [many])
        #expect(wrong.wrongCount == 500 && wrong.wrong.count == StartsRecord.wrongListedMax)
    }

    @Test func findsTheBaselineOfACell() throws {
        func cell(_ codec: String, _ recreate: String) -> CellResult {
            let axes = [AxisSetting(name: "codec", value: codec), AxisSetting(name: "recreate", value: recreate)]
            return CellResult(axes: axes, broker: "b")
        }
        var experiment = ExperimentResult(
            name: "e", kind: .produce, axes: ["codec", "recreate"],
            baseline: [AxisSetting(name: "recreate", value: "never")], plannedRepeats: 1,
            cells: [cell("none", "never"), cell("lz4", "never"), cell("lz4", "client")])
        #expect(experiment.baselineCell(of: experiment.cells[2]) == experiment.cells[1])
        #expect(experiment.baselineCell(of: experiment.cells[1]) == experiment.cells[1])
        #expect(experiment.baselineCell(of: cell("zstd", "client")) == nil)
        experiment.baseline = nil
        #expect(experiment.baselineCell(of: experiment.cells[2]) == nil)
    }
}

@Suite struct UTCTimeTests {
    @Test func writesAndReadsItself() throws {
        let time = UTCTime(secondsSince1970: 1_769_867_100)
        #expect(time.description == "2026-01-31T13:45:00Z" && time.compact == "20260131T134500Z")
        #expect(UTCTime("2026-01-31T13:45:00Z") == time)
        #expect(UTCTime.now().secondsSince1970 > 1_700_000_000)
    }

    @Test(arguments: ["", "2026-01-31", "2026-02-30T00:00:00Z", "2026-01-31T13:45:00+01", "2026-13-01T00:00:00Z", "x"])
    func refusesOtherText(text: String) { #expect(UTCTime(text) == nil) }
}
