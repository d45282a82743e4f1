import BenchmarkPlan
import Statistics
import Testing

@Suite struct GoalTests {
    /// The goals of the cell that the fixture is about, by what they are held against.
    private func verdicts(_ record: BenchmarkRecord) -> [GoalResult] {
        Goal.all(kafkas: []).filter { $0.cell == produceCell && $0.metric == .cpuPerRecord }.map { $0.result(record) }
    }

    private let even = Array(repeating: 100, count: 7)

    @Test func aGoalIsMetWhenTheWorseBoundMeetsIt() {
        let record = BenchmarkRecord.of(
            produceCell,
            [
                .weir: even, .floor: Array(repeating: 60, count: 7), .librdkafkaDebian: Array(repeating: 900, count: 7),
                .librdkafkaWheel: Array(repeating: 850, count: 7),
            ])
        let results = verdicts(record)
        #expect(results.map(\.verdict) == [.met, .met])
        #expect(results[0].reference == .librdkafkaWheel)
    }

    @Test func aMeanThatMeetsItIsNotEnough() {
        // A mean of 1/10 whose interval reaches beyond 1/8.
        let record = BenchmarkRecord.of(
            produceCell,
            [.weir: even, .librdkafkaDebian: [500, 2_000, 500, 2_000, 500, 2_000, 1_000], .floor: even])
        let result = verdicts(record)[0]
        #expect(result.verdict == .notMet)
        #expect((result.ratio?.estimate.value ?? 1) < 0.125)
    }

    @Test func fewRoundsAreNotJudged() {
        let record = BenchmarkRecord.of(
            produceCell, [.weir: [100, 100], .librdkafkaDebian: [900, 900], .floor: [100, 100]], rounds: 2)
        #expect(verdicts(record)[0].verdict == .notMeasured("2 of 7 rounds"))
    }

    @Test func whatIsMissingIsSaid() {
        var record = BenchmarkRecord.of(produceCell, [.weir: even])
        #expect(
            verdicts(record).map(\.verdict) == [
                .notMeasured("no peer was measured"), .notMeasured("floor: no valid sample"),
            ])
        record.missing[.floor] = "not built"
        #expect(verdicts(record)[1].verdict == .notMeasured("floor: not built"))
        record.plannedRounds = [:]
        #expect(verdicts(record)[0].verdict == .notMeasured("not part of this run"))
    }

    @Test func theMinuteOfMemoryIsJudgedFromOneRound() throws {
        let cell = Cell(.memory(.fetch))
        var record = BenchmarkRecord.of(cell, [:], rounds: 1)
        var sample = Sample(cell: cell.id, contestant: .weir, round: 1)
        sample.figures = ["peakAboveBuffersBytes": 65 * 1_048_576, "memoryGrowth": 1.01]
        record.samples = [sample]
        let results = Goal.all(kafkas: []).filter { $0.cell == cell }.map { $0.result(record) }
        #expect(results.map(\.verdict) == [.notMet, .met])
    }

    @Test func everyGoalIsAboutACellOfTheFullProfile() {
        let cells = Set(Profile(.full, kafkas: ["3.9.1", "4.3.1"]).groups.flatMap(\.entries).map(\.cell))
        for goal in Goal.all(kafkas: ["3.9.1", "4.3.1"]) { #expect(cells.contains(goal.cell), "\(goal.cell.id)") }
    }
}
