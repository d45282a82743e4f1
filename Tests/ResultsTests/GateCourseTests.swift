import Statistics
import Testing

@testable import Results

/// When a gate stops, and what it says then.
@Suite struct GateCourseTests {
    private static let second: UInt64 = 1_000_000_000

    /// Runs a gate over pairs that are there already, ten seconds each.
    private func run(
        _ rows: [GateRow], budgetS: UInt64 = 10_000, disturbed: Set<Int> = [], goesToEnd: Bool = false,
        _ logRatios: (Int) -> [Double]
    ) -> (course: GateCourse, ending: GateEnding?, pairCount: Int) {
        var course = GateCourse(budgetNs: budgetS * Self.second, seed: 1, goesToEnd: goesToEnd)
        course.rows = rows
        for number in 0..<200 {
            let step = course.enter(
                disturbed.contains(number) ? nil : MadeGate.pair(logRatios(number)),
                elapsedNs: UInt64(number + 1) * 10 * Self.second)
            if case .end(let ending) = step { return (course, ending, number + 1) }
        }
        return (course, nil, 200)
    }

    private func verdict(_ run: (course: GateCourse, ending: GateEnding?, pairCount: Int)) -> GateRule.Verdict? {
        run.course.judgements(after: run.ending).map(run.course.verdict)
    }

    /// A small disturbance that is the same every time.
    private func noise(_ number: Int, _ size: Double = 0.005) -> Double {
        Double(number * 7919 % 13 - 6) / 6 * size
    }

    @Test(arguments: [
        (0.0, GateRule.Verdict.pass), (0.1, .regressed), (-0.1, .improved),
    ]) func stopsAtTheFirstLookThatIsClear(effect: Double, verdict: GateRule.Verdict) {
        let gate = run([MadeGate.row("recordsPerSecond")]) { [effect + noise($0)] }
        #expect(gate.ending == .clear && gate.pairCount == 12)
        #expect(self.verdict(gate) == verdict)
    }

    @Test func goesOnToTheLastLookWhereItIsNot() {
        let gate = run([MadeGate.row("recordsPerSecond")]) { [0.03 + noise($0, 0.02)] }
        #expect(gate.ending == .pairsUsedUp && gate.pairCount == 40)
        #expect(verdict(gate) == .inconclusive)
    }

    @Test func aBudgetThatEndsBetweenLooksHasALastOne() throws {
        // Fourteen pairs fit; at twelve the noise was too great.
        let gate = run([MadeGate.row("recordsPerSecond")], budgetS: 140) { number in
            [number < 12 ? noise(number, 0.1) : 0]
        }
        #expect(gate.ending == .budgetUsedUp && gate.course.pairs.count == 14)
        let last = try #require(gate.course.judgements(after: gate.ending))
        let atTwelve = gate.course.judge(at: GateCourse.rule.looks[0])
        #expect(last[0].interval != atTwelve[0].interval)
        // A calibration, and a gate that was stopped, have none between looks.
        #expect(gate.course.judgements(after: .interrupted)?[0].interval == atTwelve[0].interval)
    }

    @Test func fewerPairsThanTheFirstLookSayNothing() {
        let gate = run([MadeGate.row("recordsPerSecond")], budgetS: 60) { _ in [0.5] }
        #expect(gate.ending == .budgetUsedUp && gate.course.pairs.count == 6)
        #expect(gate.course.judgements(after: gate.ending) == nil)
    }

    @Test func aPairUnderForeignLoadIsMeasuredAgain() {
        let gate = run([MadeGate.row("recordsPerSecond")], disturbed: [3, 5]) { [$0 == 3 ? 9 : noise($0)] }
        #expect(gate.pairCount == 14 && gate.course.pairs.count == 12 && gate.course.disturbedCount == 2)
        #expect(verdict(gate) == .pass)
    }

    @Test func aMachineThatIsNeverQuietEndsWithItsBudget() {
        let gate = run([MadeGate.row("recordsPerSecond")], budgetS: 300, disturbed: Set(0..<200)) { _ in [0] }
        #expect(gate.ending == .budgetUsedUp && gate.pairCount == 30 && gate.course.pairs.isEmpty)
    }

    @Test func aCountedRowIsFoundAtTheFirstLookWhateverTheTimedOnesDo() throws {
        let rows =
            [MadeGate.row("requestsPerRecord", margin: 0.01, isCounted: true)]
            + (0..<6).map { _ in MadeGate.row("ack.p50") }
        let gate = run(rows) { number in [0.02 + noise(number, 1e-4)] + (0..<6).map { noise(number + $0, 0.3) } }
        #expect(gate.ending == .clear && gate.pairCount == 12 && verdict(gate) == .regressed)
    }

    @Test(arguments: [false, true]) func aCountThatVariesIsJudgedOnlyWhereItIsAskedFor(isAsked: Bool) {
        let rows = [
            MadeGate.row("recordsPerBatch", margin: 0.01, isCounted: true, isAsked: isAsked),
            MadeGate.row("recordsPerSecond"),
        ]
        let gate = run(rows) { [noise($0, 0.08), noise($0)] }
        #expect(verdict(gate) == (isAsked ? .inconclusive : .pass))
        #expect(gate.course.isTimingsWork(0) == !isAsked && !gate.course.isTimingsWork(1))
    }

    @Test func aCalibrationGoesOnThoughItIsClear() {
        let gate = run([MadeGate.row("recordsPerSecond")], goesToEnd: true) { [noise($0)] }
        #expect(gate.pairCount == GateCourse.calibrationPairCountMax && gate.ending == .pairsUsedUp)
    }

    @Test func aStoppedGateIsInconclusiveHoweverItsPairsLook() {
        let pairs = (0..<15).map { [0.2 + noise($0)] }
        let rows = [MadeGate.row("recordsPerSecond")]
        #expect(MadeGate.result(rows, pairs).verdict == .regressed)
        for ending in [GateEnding.interrupted, nil] {
            #expect(MadeGate.result(rows, pairs, ending: ending).verdict == .inconclusive)
        }
    }

    @Test(
        arguments: [
            (0.05, 0.0, 0.0, 0, nil), (0.3, 0, 0, 0, "other processes kept 0.3 cores (limit"),
            (0.05, 0.5, 0, 0, "the hypervisor took 0.5"), (0.05, 0, 0.4, 0, "a control group's limit took 0.4"),
            (0.05, 0, 0, 100 << 20, "100 MiB were under way to the disks"),
        ] as [(Double, Double, Double, UInt64, String?)])
    func saysWhatDisturbedAPair(
        others: Double, stolen: Double, throttled: Double, writeback: UInt64, words: String?
    ) {
        var gate = MadeGate.result([], [])
        gate.plan.foreignCoresMax = 0.2
        var pair = MadeGate.pair([], others: others)
        (pair.stolenCores, pair.throttledCores, pair.writebackBytes) = (stolen, throttled, writeback)
        let said = gate.disturbance(of: pair)
        #expect((said == nil) == (words == nil) && said?.contains(words ?? "") != false, "\(String(describing: said))")
    }
}
