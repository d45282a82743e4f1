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
        #expect(comparison.isConclusive && row.interval?.contains(row.ratio ?? 0) == true)
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
        #expect(
            comparison.rows.first { $0.metric.title == "records/s" }.map { abs(($0.ratio ?? 0) - 0.5) < 0.01 } == true)
    }

    @Test func cellsOfOneSideAloneAreNamed() throws {
        let first = try #require(ComparisonSide(name: "a", runs: [try Self.run(1, name: "old")]))
        let second = try #require(ComparisonSide(name: "b", runs: [try Self.run(1, name: "new")]))
        let comparison = RunComparison(first, second)
        #expect(comparison.rows.isEmpty)
        #expect(comparison.unmatched == ["old is only in a", "new is only in b"])
        #expect(ComparisonSide(name: "c", runs: []) == nil)
    }

    /// A change to each repeat of a run's one cell.
    private static func changed(_ rates: [Int64], _ change: (inout Repeat) throws -> Void) throws -> ComparisonSide {
        let runs = try rates.map { rate in
            var run = try run(rate)
            for place in run.experiments[0].cells[0].repeats.indices {
                try change(&run.experiments[0].cells[0].repeats[place])
            }
            return run
        }
        return try #require(ComparisonSide(name: "b", runs: runs))
    }

    @Test func aCellWithoutAnyValidRepeatIsNoPass() throws {
        var first = try Self.side("a", Self.steady).runs
        var second = first
        for place in first.indices {
            let other = try Self.run(1000, name: "two").experiments[0]
            first[place].experiments.append(other)
            second[place].experiments.append(other)
            for round in 0..<3 {
                second[place].experiments[1].cells[0].repeats[round].invalidReasons = [InvalidReason(.throttled, "")]
            }
        }
        let comparison = RunComparison(
            try #require(ComparisonSide(name: "a", runs: first)), try #require(ComparisonSide(name: "b", runs: second)))
        #expect(comparison.rows.allSatisfy { $0.verdict == .pass } && !comparison.rows.isEmpty)
        #expect(comparison.untold == ["two: no repeat in b is valid, so that nothing can be said of it"])
        #expect(comparison.verdict == .inconclusive)
    }

    @Test func whatWasNothingAndIsSomethingIsNoPass() throws {
        let more = try Self.changed(Self.steady) { $0.traffic.connectionsOpened = 5 }
        let comparison = RunComparison(try Self.side("a", Self.steady), more)
        let row = try #require(comparison.rows.first { $0.metric.title == "connections opened" })
        #expect(row.ratio == nil && row.interval == nil && row.verdict == .inconclusive)
        #expect((row.first, abs(row.second - 5) < 1e-9) == (0, true) && comparison.verdict == .inconclusive)
        // The same nothing on both sides is the same.
        let none = RunComparison(try Self.side("a", Self.steady), try Self.side("b", Self.steady))
        #expect(!none.rows.contains { $0.metric.title == "connections opened" } && none.verdict == .pass)
    }

    /// Latencies of about this long in each run, lower bounds where the cell is saturated.
    private static func latencies(_ ackNs: UInt64, saturated: Bool) throws -> ComparisonSide {
        var run: UInt64 = 0
        return try changed(steady) { made in
            run += 1
            var histogram = HdrHistogram.latencies()
            for place in 0..<2000 as Range<UInt64> { histogram.recordValue(ackNs + place + run % 5 * ackNs / 2000) }
            made.latencies = [try LatencyRecord(.acknowledgement, histogram)]
            made.saturated = saturated
        }
    }

    @Test(
        arguments: [
            (1, 1, false, false, .pass), (1, 1, true, true, .inconclusive), (1, 1, false, true, .inconclusive),
            (1, 2, false, true, .regressed), (1, 2, true, false, .inconclusive), (2, 1, false, true, .inconclusive),
            (2, 1, true, false, .improved),
        ] as [(UInt64, UInt64, Bool, Bool, GateRule.Verdict)])
    func lowerBoundsSayOnlyWhatIsCertain(
        first: UInt64, second: UInt64, isFirst: Bool, isSecond: Bool, verdict: GateRule.Verdict
    ) throws {
        let comparison = RunComparison(
            try Self.latencies(first * 10_000_000, saturated: isFirst),
            try Self.latencies(second * 10_000_000, saturated: isSecond))
        let row = try #require(comparison.rows.first { $0.metric.title == "ack p50" })
        #expect(row.verdict == verdict, "\(row)")
    }

    @Test func aFigureOfOneSideAloneIsNamed() throws {
        let comparison = RunComparison(
            try Self.side("a", Self.steady), try Self.latencies(1_000_000, saturated: false))
        #expect(comparison.unmatched.contains("one: only b has ack p99"))
    }

    @Test func aRunThatMustNotBeComparedSaysWhy() throws {
        let run = try Self.run(1000)
        func objection(_ change: (inout RunResult) -> Void) -> String {
            var other = run
            other.endedEarly = nil
            change(&other)
            return other.comparisonObjection ?? "none"
        }
        #expect(objection { _ in } == "none")
        #expect(objection { $0.endedAt = nil }.contains("has not ended"))
        #expect(objection { $0.endedEarly = InvalidReason(.connectionFailed, "gone") }.contains("not to be trusted"))
        #expect(objection { $0.experiments[0].cells[0].repeats = [] } == "nothing was measured")
        let reasons = [InvalidReason(.generatorLate, "late"), InvalidReason(.countsDisagree, "1 is not 2")]
        let broken = objection { $0.experiments[0].cells[0].repeats[1].invalidReasons = reasons }
        #expect(broken.contains("not to be trusted: one: counts disagree: 1 is not 2"), "\(broken)")
        #expect(objection { $0.experiments[0].cells[0].repeats[1].invalidReasons = [reasons[0]] } == "none")
        #expect(objection { ($0.endedAt, $0.interrupted) = (nil, true) } == "none")
    }

    @Test func aRunIsTheSameAsItsCopyAlone() throws {
        let run = try Self.run(1000)
        var other = run
        #expect(ComparisonSide.isSameRun(run, other))
        other.runId = "20261130T152300-aaaa"
        #expect(!ComparisonSide.isSameRun(run, other))
        (other.runId, other.seed) = (run.runId, 3)
        #expect(!ComparisonSide.isSameRun(run, other))
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
