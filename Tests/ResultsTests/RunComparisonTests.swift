import Measurement
import Results
import Statistics
import Testing

@Suite struct RunComparisonTests {
    /// A run whose one cell has three repeats at about this rate.
    private static func run(_ rate: Int64, name: String = "one") throws -> RunResult {
        var result = try Complete.result()
        let repeats = (1...3).map { round in
            Repeat(
                round: round, windowNs: 1_000_000_000,
                counts: WindowCounts(attempted: rate, acknowledged: rate + Int64(round)))
        }
        result.experiments = [
            ExperimentResult(
                name: name, kind: .produce, axes: [], plannedRepeats: 3,
                cells: [CellResult(axes: [], broker: "embedded", repeats: repeats)])
        ]
        return result
    }

    private static func side(_ name: String, _ rates: [Int64]) throws -> ComparisonSide {
        try #require(ComparisonSide(name: name, runs: rates.map { try run($0) }))
    }

    private static let steady: [Int64] = [1000, 1003, 998, 1001, 999, 1002]

    @Test(
        arguments: [
            (1.0, .pass), (0.9, .regressed), (1.1, .improved), (0.97, .inconclusive),
        ] as [(Double, GateRule.Verdict)])
    func theVerdictGoesByTheMargin(factor: Double, verdict: GateRule.Verdict) throws {
        let other = Self.steady.map { Int64(Double($0 + 1) * factor) }
        let comparison = RunComparison(try Self.side("a", Self.steady), try Self.side("b", other))
        let row = try #require(comparison.rows.first { $0.metric.title == "records/s" })
        #expect(row.verdict == verdict, "\(row)")
        #expect(comparison.isConclusive && row.interval?.contains(row.ratio) == true)
    }

    @Test func whatVariesFromRunToRunIsInTheInterval() throws {
        let comparison = RunComparison(
            try Self.side("a", [1000, 1300, 800]), try Self.side("b", [900, 1200, 700]))
        #expect(comparison.verdict == .inconclusive)
    }

    @Test func oneRunASideConcludesNothing() throws {
        let comparison = RunComparison(try Self.side("a", [1000]), try Self.side("b", [500]))
        #expect(!comparison.isConclusive && comparison.rows.allSatisfy { $0.interval == nil })
        #expect(comparison.verdict == .inconclusive)
        #expect(comparison.rows.first { $0.metric.title == "records/s" }.map { abs($0.ratio - 0.5) < 0.01 } == true)
    }

    @Test func cellsOfOneSideAloneAreNamed() throws {
        let first = try #require(ComparisonSide(name: "a", runs: [try Self.run(1, name: "old")]))
        let second = try #require(ComparisonSide(name: "b", runs: [try Self.run(1, name: "new")]))
        let comparison = RunComparison(first, second)
        #expect(comparison.rows.isEmpty)
        #expect(comparison.unmatched == ["old is only in a", "new is only in b"])
        #expect(ComparisonSide(name: "c", runs: []) == nil)
    }

    @Test func whatDiffersIsNamedWithBothValues() throws {
        let run = try Complete.result()
        #expect(Unlikeness.between(run, run).isEmpty)
        var other = run
        other.host.coreCount = 64
        other.weir.commit = "fffffff"
        other.scenario.resolved += " "
        other.brokers[0].software = "another"
        let unlike = Unlikeness.between(run, other)
        #expect(Set(unlike.map(\.aspect)) == Set(Unlikeness.Aspect.allCases))
        let cores = unlike.first { $0.name == "the number of cores" }
        #expect(cores?.sentence("a", "b") == "host: the number of cores is \(run.host.coreCount) in a, 64 in b")
    }
}
