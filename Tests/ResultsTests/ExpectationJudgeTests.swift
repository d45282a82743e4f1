import Measurement
import Results
import Testing

/// What becomes of expectations, on repeats whose figures are chosen.
@Suite struct ExpectationJudgeTests {
    /// A repeat of one second with this rate, and latencies of about this long.
    private static func made(
        _ round: Int, perSecond: Int64 = 1000, ackNs: UInt64 = 1_000_000, samples: UInt64 = 2000,
        saturated: Bool = false, reasons: [InvalidReason] = []
    ) throws -> Repeat {
        var histogram = HdrHistogram.latencies()
        for place in 0..<samples { histogram.recordValue(ackNs + place) }
        return Repeat(
            round: round, invalidReasons: reasons, saturated: saturated, windowNs: 1_000_000_000,
            counts: WindowCounts(attempted: perSecond, acknowledged: perSecond, failed: 0),
            latencies: [try LatencyRecord(.acknowledgement, histogram)])
    }

    private static func expectation(
        _ metric: String, _ relation: Results.Expectation.Relation, _ bound: Double, _ unit: Results.Expectation.Unit
    ) -> Results.Expectation {
        Results.Expectation(metric: metric, relation: relation, bound: bound, unit: unit, text: "\(metric) as expected")
    }

    private static func cell(_ name: String, _ expected: [Results.Expectation], _ repeats: [Repeat]) -> CellResult {
        CellResult(
            axes: [AxisSetting(name: "case", value: name)], broker: "embedded", repeats: repeats,
            expectations: expected.isEmpty ? nil : expected)
    }

    private static func result(_ cells: [CellResult]) throws -> RunResult {
        var result = try Complete.result()
        result.experiments = [
            ExperimentResult(
                name: "one", kind: .produce, axes: ["case"], baseline: [AxisSetting(name: "case", value: "base")],
                plannedRepeats: cells[0].repeats.count, cells: cells)
        ]
        (result.interrupted, result.endedEarly) = (false, nil)
        return result
    }

    private static func judge(_ expected: Results.Expectation, _ repeats: [Repeat]) throws -> ExpectationOutcome {
        try #require(ExpectationJudge.judge(try result([cell("a", [expected], repeats)])).first)
    }

    private static let rates: [Int64] = [1000, 1010, 990, 1005, 995]

    @Test(
        arguments: [
            (.atLeast, 900, .met), (.atLeast, 1100, .notMet), (.atLeast, 1003, .inconclusive),
        ] as [(Results.Expectation.Relation, Double, ExpectationOutcome.Verdict)])
    func goesByTheSideOfTheInterval(
        relation: Results.Expectation.Relation, bound: Double, verdict: ExpectationOutcome.Verdict
    ) throws {
        let repeats = try Self.rates.enumerated().map { try Self.made($0 + 1, perSecond: $1) }
        let outcome = try Self.judge(Self.expectation("records/s", relation, bound, .perSecond), repeats)
        #expect(outcome.verdict == verdict)
        #expect(outcome.valueCount == 5 && outcome.interval?.contains(outcome.value ?? 0) == true)
        #expect((outcome.furtherCount != nil) == (verdict == .inconclusive))
    }

    @Test func fewerThanFiveRepeatsSayNothing() throws {
        let repeats = try (1...4).map { try Self.made($0) }
        let outcome = try Self.judge(Self.expectation("records/s", .atLeast, 1, .perSecond), repeats)
        #expect(outcome.verdict == .inconclusive && outcome.furtherCount == 1)
    }

    @Test func repeatsThatAreAllAlikeAreExact() throws {
        let repeats = try (1...5).map { try Self.made($0) }
        #expect(try Self.judge(Self.expectation("records/s", .atLeast, 1000, .perSecond), repeats).verdict == .met)
        #expect(try Self.judge(Self.expectation("records/s", .atLeast, 1001, .perSecond), repeats).verdict == .notMet)
    }

    @Test func invalidRepeatsAreLeftOutOfFiguresButNotOfCounts() throws {
        let late = InvalidReason(.generatorLate, "late")
        let repeats =
            try Self.rates.enumerated().map { try Self.made($0 + 1, perSecond: $1) }
            + [Self.made(6, perSecond: 10, reasons: [late])]
        let rate = try Self.judge(Self.expectation("records/s", .atLeast, 900, .perSecond), repeats)
        #expect(rate.verdict == .met && rate.valueCount == 5)
        let failed = try Self.judge(Self.expectation("records failed", .equal, 0, .number), repeats)
        #expect(failed.verdict == .met && failed.valueCount == 6 && failed.value == 0)
    }

    @Test func aFarPercentileWantsSamplesBeyondIt() throws {
        let expected = Self.expectation("ack p99.9", .atMost, 1e9, .nanoseconds)
        let few = try (1...5).map { try Self.made($0, ackNs: 1_000_000 + UInt64($0), samples: 2000) }
        #expect(try Self.judge(expected, few).verdict == .inconclusive)
        let many = try (1...5).map { try Self.made($0, ackNs: 1_000_000 + UInt64($0) * 10_000, samples: 10_000) }
        #expect(try Self.judge(expected, many).verdict == .met)
    }

    @Test func saturatedRepeatsNeverMeetALatencysBound() throws {
        let repeats = try (1...5).map {
            try Self.made($0, ackNs: 1_000_000 + UInt64($0) * 10_000, saturated: $0 == 3)
        }
        let met = try Self.judge(Self.expectation("ack p50", .atMost, 1e9, .nanoseconds), repeats)
        #expect(met.verdict == .inconclusive && met.reason?.contains("lower bounds") == true)
        // A lower bound that is too long already is long enough.
        #expect(try Self.judge(Self.expectation("ack p50", .atMost, 1e5, .nanoseconds), repeats).verdict == .notMet)
    }

    @Test func loadsOfDifferentKindsAreNotCompared() throws {
        let repeats = try Self.rates.enumerated().map { try Self.made($0 + 1, perSecond: $1) }
        let expected = Self.expectation("records/s", .atLeast, 0.5, .timesBaseline)
        var (base, own) = (Self.cell("base", [], repeats), Self.cell("own", [expected], repeats))
        (base.load, own.load) = (.unlimited, .open(ratePerSecond: 1000))
        let outcome = try #require(ExpectationJudge.judge(try Self.result([base, own])).first)
        #expect(outcome.verdict == .inconclusive && outcome.reason?.contains("another kind") == true)
        base.load = .open(ratePerSecond: 500)
        #expect(ExpectationJudge.judge(try Self.result([base, own])).first?.verdict == .met)
    }

    @Test func nothingIsAMultipleOfALowerBound() throws {
        let expected = Self.expectation("ack p50", .atMost, 1.05, .timesBaseline)
        func verdict(isBaseSaturated: Bool) throws -> ExpectationOutcome {
            let base = try (1...5).map {
                try Self.made($0, ackNs: 1_000_000 + UInt64($0) * 10_000, saturated: isBaseSaturated)
            }
            let own = try (1...5).map { try Self.made($0, ackNs: 2_000_000 + UInt64($0) * 30_000) }
            let result = try Self.result([Self.cell("base", [], base), Self.cell("own", [expected], own)])
            return try #require(ExpectationJudge.judge(result).first)
        }
        #expect(try verdict(isBaseSaturated: false).verdict == .notMet)
        let open = try verdict(isBaseSaturated: true)
        #expect(open.verdict == .inconclusive && open.reason?.contains("lower bounds") == true)
    }

    @Test(
        arguments: [
            ("retries", .atMost, 1, .timesBaseline, "a figure of the baseline is 0"),
            ("service time p99", .atMost, 1e9, .nanoseconds, "no repeat has it"),
            ("records/s", .equal, 1000, .perSecond, "only counts"),
        ] as [(String, Results.Expectation.Relation, Double, Results.Expectation.Unit, String)])
    func whatMoreRepeatsCannotDecideSaysWhy(
        metric: String, relation: Results.Expectation.Relation, bound: Double, unit: Results.Expectation.Unit,
        words: String
    ) throws {
        let repeats = try (1...6).map {
            var made = try Self.made($0)
            made.disturbances = Disturbances()
            return made
        }
        let expected = Self.expectation(metric, relation, bound, unit)
        let result = try Self.result([Self.cell("base", [], repeats), Self.cell("own", [expected], repeats)])
        let outcome = try #require(ExpectationJudge.judge(result).first)
        #expect(outcome.verdict == .inconclusive && outcome.furtherCount == nil)
        #expect(outcome.reason?.contains(words) == true, "\(String(describing: outcome.reason))")
    }

    @Test func ratiosAreOfTheSameRound() throws {
        let expected = Self.expectation("records/s", .atLeast, 0.97, .timesBaseline)
        // The machine is fast in one round and slow in the next; the ratio is about 1 in each.
        let speeds: [Int64] = [1000, 3000, 2000, 5000, 4000, 1500]
        let base = try speeds.enumerated().map { try Self.made($0 + 1, perSecond: $1) }
        let own = try speeds.enumerated().map { try Self.made($0 + 1, perSecond: $1 * (995 + Int64($0)) / 1000) }
        let outcomes = ExpectationJudge.judge(
            try Self.result([Self.cell("base", [], base), Self.cell("own", [expected], own)]))
        #expect(outcomes.map(\.verdict) == [.met] && outcomes[0].valueCount == 6)
        #expect(outcomes[0].value.map { abs($0 - 0.9975) < 0.001 } == true)
    }

    @Test func notMetIsCorrectedOverTheRun() throws {
        // Five values whose p-value against 1003 lies between 1 % and 1 % a hundredth.
        let repeats = try [1000, 1001, 999, 1002, 998].enumerated().map { try Self.made($0 + 1, perSecond: $1) }
        let expected = Self.expectation("records/s", .atLeast, 1003, .perSecond)
        #expect(try Self.judge(expected, repeats).verdict == .notMet)
        let many = [expected] + (0..<99).map { _ in Self.expectation("records/s", .atLeast, 1000, .perSecond) }
        let outcomes = ExpectationJudge.judge(try Self.result([Self.cell("a", many, repeats)]))
        #expect(outcomes[0].verdict == .inconclusive)
    }

    @Test func aRunComesToTheWorstThatCanBeSaid() throws {
        let good = try Self.rates.enumerated().map { try Self.made($0 + 1, perSecond: $1) }
        func outcome(_ bound: Double?, _ repeats: [Repeat]) throws -> RunOutcome {
            let expected = bound.map { [Self.expectation("records/s", .atLeast, $0, .perSecond)] } ?? []
            let result = try Self.result([Self.cell("a", expected, repeats)])
            return RunOutcome(result, ExpectationJudge.judge(result))
        }
        #expect(try outcome(nil, good) == .good)
        #expect(try outcome(900, good) == .good)
        #expect(try outcome(1100, good) == .notMet)
        #expect(try outcome(1003, good) == .inconclusive)
        let broken = try good + [Self.made(6, reasons: [InvalidReason(.countsDisagree, "")])]
        #expect(try outcome(1100, broken) == .notToBeTrusted)
        #expect(try outcome(nil, broken) == .notToBeTrusted)
        let late = InvalidReason(.generatorLate, "")
        let oneLate = try good + [Self.made(6, reasons: [late])]
        #expect(try outcome(900, oneLate) == .good)
        #expect(try outcome(nil, oneLate) == .good)
        // Nothing came because of a quota; without one it is what was measured that stood still.
        let (quota, nothing) = (InvalidReason(.throttled, ""), InvalidReason(.noProgress, ""))
        #expect(try outcome(900, good + [Self.made(6, reasons: [quota, nothing])]) == .good)
        #expect(try outcome(900, good + [Self.made(6, reasons: [nothing])]) == .notToBeTrusted)
        let twoLate = try oneLate + [Self.made(7, reasons: [late])]
        #expect(try outcome(900, twoLate) == .inconclusive)
        #expect(try outcome(nil, twoLate) == .notToBeTrusted)
    }
}
