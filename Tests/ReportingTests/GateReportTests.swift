import Foundation
import JSONSchemaChecker
import Measurement
import Testing

@testable import Reporting
@testable import Results

/// What is printed of a gate and of a calibration.
@Suite struct GateReportTests {
    private static func gate(
        effect: Double, pairs: Int = 12, ending: GateEnding? = .clear, purpose: GateResult.Purpose = .gate
    ) -> GateResult {
        let build = BuildRecord(version: "1", commit: "c")
        var gate = GateResult(
            purpose: purpose, scenario: ScenarioRecord(name: "made", path: "made.yaml", written: "", resolved: ""),
            seed: 7, weir: build, host: Made.result([]).host,
            sides: [
                GateSide(name: "baseline", said: [], weir: build, clusters: ["a:9092"]),
                GateSide(name: "candidate", said: ["set=linger.ms=5"], weir: build, clusters: ["a:9092"]),
            ],
            plan: GatePlan(budgetNs: 600_000_000_000, sliceCount: 20, sliceNs: 150_000_000, foreignShareMax: 0.1))
        gate.rows = [("recordsPerSecond", 0.03, false), ("requestsPerRecord", 0.01, true)].map {
            GateRow(
                experiment: "e", axes: [], kind: .produce, metric: $0.0, margin: $0.1, isCounted: $0.2, isAsked: false)
        }
        gate.pairs = (0..<pairs).map { number in
            let noise = Double(number * 7 % 5 - 2) * 0.001
            let figures = [effect + noise, 0].map {
                GatePair.Figure(
                    logRatio: $0, sliceDeviation: 0.05, sliceCount: 20, aloneCount: 0, baseline: 1000,
                    candidate: 1000 * exp(-$0))
            }
            return GatePair(
                startedAt: UTCTime(secondsSince1970: 0), first: "baseline", durationNs: 9_000_000_000,
                roundNs: 350_000_000, figures: figures)
        }
        (gate.ending, gate.disturbedPairs) = (ending, 2)
        return gate
    }

    @Test(arguments: [
        (0.1, 12, GateEnding.clear, "regressed"), (0, 12, .clear, "pass"), (-0.1, 12, .clear, "improved"),
        (0.03, 40, .pairsUsedUp, "inconclusive"), (0.1, 5, .interrupted, "inconclusive"),
    ]) func theVerdictIsTheFirstWordAndTakesThreeLinesAtMost(
        effect: Double, pairs: Int, ending: GateEnding, word: String
    ) throws {
        let text = GateReport(Self.gate(effect: effect, pairs: pairs, ending: ending)).console(
            width: 120, proseWidth: nil, style: .unicode)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines[0] == "\(word): candidate (set=linger.ms=5) beside baseline")
        #expect((2...3).contains(try #require(lines.firstIndex(of: ""))), "\(text)")
        #expect(text.contains("2 pairs more counted for nothing (foreign load"))
        #expect(text.contains("not started anew for each pair: a:9092"))
        #expect(text.contains("no calibration of this host") && text.contains(" of 20 slices of 150 ms a side in "))
    }

    @Test func theRatioIsTheCandidatesOverTheBaselines() throws {
        let text = GateReport(Self.gate(effect: 0.1)).console(width: 120, proseWidth: nil, style: .unicode)
        // A tenth fewer records a second.
        let row = try #require(text.split(separator: "\n").first { $0.contains("records/s") })
        #expect(row.contains("0.905") && row.contains("1,000") && row.contains("905") && row.contains("regressed"))
    }

    @Test(arguments: [0.1, 0, 0.03]) func jsonIsAReportByItsSchema(effect: Double) throws {
        let checker = try SchemaChecker(Report.jsonSchema)
        for pairs in [3, 12] {
            let json = GateReport(Self.gate(effect: effect, pairs: pairs), path: "g.json").json()
            let object = try JSONSerialization.jsonObject(with: Data(json.utf8))
            #expect(checker.problems(of: object) == [])
        }
    }

    @Test func aRowIsACheck() {
        let checks = GateReport(Self.gate(effect: 0.1)).checks
        #expect(checks.map(\.status) == [.failed, .passed])
        #expect(checks[0].name == "records/s" && checks[0].suite == "e")
        #expect(checks[0].message.contains("regressed: candidate is 0.905"))
        #expect(GateReport(Self.gate(effect: 0.1, pairs: 3)).checks.allSatisfy { $0.status == .inconclusive })
    }

    @Test func aGateThatIsNotClearIsNoSuccessThoughItsRowsAre() {
        var gate = Self.gate(effect: 0)
        #expect(GateReport(gate).checks.map(\.status) == [.passed, .passed])
        gate.ending = .interrupted
        #expect(GateReport(gate).checks.map(\.status) == [.inconclusive, .passed, .passed])
        (gate.rows, gate.pairs) = ([], [])
        #expect(GateReport(gate).checks.map(\.status) == [.inconclusive])
    }

    @Test func markdownHasTheVerdictAndATable() {
        let text = GateReport(Self.gate(effect: 0)).markdown()
        #expect(text.hasPrefix("**pass: candidate"))
        #expect(text.contains("| e | records/s |"))
    }

    @Test func aCalibrationSaysWhatCanBeFound() throws {
        var gate = Self.gate(effect: 0, pairs: 20, ending: .pairsUsedUp, purpose: .calibration)
        gate.simulated = Calibration.simulate(gate, gateCount: 10) { false }
        let report = CalibrationReport(gate, path: "c.json")
        let text = report.console(width: 160, proseWidth: nil, style: .unicode)
        #expect(text.contains("calibration of host by made: 20 pairs of 20 slices of 150 ms a side"))
        #expect(text.contains("slices of 150 ms: a pair takes"))
        #expect(GateText.lengths([300_000_000, 75_000_000, 150_000_000]) == "75, 150 or 300 ms")
        #expect(text.contains("of 10 gates simulated from these pairs 0 cried wolf"))
        #expect(text.contains("pairs to pass it"))
        let object = try JSONSerialization.jsonObject(with: Data(report.json().utf8))
        #expect(try SchemaChecker(Report.jsonSchema).problems(of: object) == [])
        #expect(report.markdown().contains("| e | records/s |"))
        let few = Self.gate(effect: 0, pairs: 1, ending: .interrupted, purpose: .calibration)
        #expect(
            CalibrationReport(few).console(width: 80, proseWidth: nil, style: .unicode).contains(
                "too few pairs"))
    }
}
