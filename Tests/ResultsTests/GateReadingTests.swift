import Foundation
import Measurement
import Statistics
import Testing

@testable import Results

/// What is read of a run in which every cell stands twice.
@Suite struct GateReadingTests {
    private static func slice(
        _ round: Int, rate: Int64, requests: Int64 = 100, cpu: UInt64 = 1000, invalid: [InvalidReason] = []
    ) -> Repeat {
        var slice = Repeat(
            round: round, invalidReasons: invalid, windowNs: 1_000_000_000, counts: WindowCounts(acknowledged: rate),
            resources: ResourceUsage(clientCPUNs: cpu * UInt64(rate), clientInstructions: 3 * cpu * UInt64(rate)),
            traffic: Traffic(
                bytesSent: rate * 10, bytesReceived: rate * 2, requestsByApi: ["Produce": rate * requests / 100],
                roundTrips: rate))
        slice.disturbances = Disturbances()
        return slice
    }

    private static func run(baseline: [Repeat], candidate: [Repeat], load: Load = .unlimited) -> RunResult {
        var run = RunResult(
            scenario: ScenarioRecord(name: "s", path: "s", written: "", resolved: ""), seed: 1,
            weir: BuildRecord(version: "1", commit: "c"), host: MadeGate.host, brokers: [], experiments: [])
        let cells = [("candidate", candidate), ("baseline", baseline)].map { side, repeats in
            CellResult(
                axes: [AxisSetting(name: "case", value: "a"), AxisSetting(name: "side", value: side)],
                broker: "embedded", load: load, repeats: repeats)
        }
        run.experiments = [
            ExperimentResult(name: "e", kind: .produce, axes: ["case", "side"], plannedRepeats: 3, cells: cells)
        ]
        return run
    }

    private static func reading(_ spec: GateSpec = GateSpec()) -> GateReading {
        GateReading(specs: [
            GateReading.Place(experiment: "e", axes: [AxisSetting(name: "case", value: "a")]): spec
        ])
    }

    @Test func thePairsFigureIsTheMeanOverSlicesOfTheLogRatioAndWorseIsAboveZero() throws {
        var reading = Self.reading()
        let figures = try reading.figures(
            of: Self.run(
                baseline: [Self.slice(1, rate: 1000), Self.slice(2, rate: 4000)],
                candidate: [Self.slice(2, rate: 2000), Self.slice(1, rate: 1000)]))
        let row = try #require(reading.rows.firstIndex { $0.metric == "recordsPerSecond" })
        #expect(abs(figures[row].logRatio - log(2) / 2) < 1e-12)
        #expect(figures[row].sliceCount == 2 && figures[row].aloneCount == 0)
        #expect(abs(figures[row].sliceDeviation - log(2) / 2.0.squareRoot()) < 1e-12)
        #expect(abs(figures[row].baseline - 2000) < 1e-6)
        #expect(reading.rows[row].axes == [AxisSetting(name: "case", value: "a")])
        let cpu = try #require(reading.rows.firstIndex { $0.metric == "clientCPUPerRecord" })
        #expect(abs(figures[cpu].logRatio) < 1e-12)
    }

    /// Slices of an open loop, those of some rounds saturated.
    private static func open(_ saturated: Set<Int>, ackNs: UInt64) throws -> [Repeat] {
        try (1...3).map { round in
            var histogram = HdrHistogram.latencies()
            for place in 0..<100 as Range<UInt64> { histogram.recordValue(ackNs + place) }
            var slice = slice(round, rate: 1000)
            slice.latencies = [try LatencyRecord(.acknowledgement, histogram)]
            slice.saturated = saturated.contains(round)
            return slice
        }
    }

    @Test(arguments: [([], [], 3), ([2], [], 2), ([], [2], 2)] as [(Set<Int>, Set<Int>, Int)])
    func nothingIsComparedWithALowerBound(baseline: Set<Int>, candidate: Set<Int>, sliceCount: Int) throws {
        var reading = Self.reading()
        let figures = try reading.figures(of: try Self.saturated(baseline, candidate))
        let row = try #require(reading.rows.firstIndex { $0.metric == "ack.p50" })
        #expect(figures[row].sliceCount == sliceCount)
    }

    @Test(arguments: [([1, 2, 3], []), ([], [1, 2, 3])] as [(Set<Int>, Set<Int>)])
    func aLatencyThatIsNothingButLowerBoundsIsNamed(baseline: Set<Int>, candidate: Set<Int>) throws {
        let run = try Self.saturated(baseline, candidate)
        var reading = Self.reading()
        _ = try reading.figures(of: run)
        #expect(!reading.rows.contains { $0.metric == "ack.p50" })
        #expect(reading.oneSided.contains { $0.contains("ack p50: saturated, its latencies are lower bounds") })
        var asked = Self.reading(GateSpec(metrics: ["ack p50"]))
        let fault = #expect(throws: GateReading.Fault.self) { try asked.figures(of: run) }
        #expect(fault == .saturated("e, a, ack p50") && fault?.description.contains("at a lower rate") == true)
    }

    private static func saturated(_ baseline: Set<Int>, _ candidate: Set<Int>) throws -> RunResult {
        run(
            baseline: try open(baseline, ackNs: 1_000_000), candidate: try open(candidate, ackNs: 2_000_000),
            load: .open(ratePerSecond: 1000))
    }

    @Test func theUsualRowsAreTheCountedOnesTheAnswerAndItsCost() throws {
        var reading = Self.reading()
        _ = try reading.figures(
            of: Self.run(baseline: [Self.slice(1, rate: 1000)], candidate: [Self.slice(1, rate: 1000)]))
        let keys = Set(reading.rows.map(\.metric))
        #expect(
            keys == [
                "bytesSentPerRecord", "bytesReceivedPerRecord", "requestsPerRecord", "sendsPerRequest",
                "roundTripsPerRecord", "clientInstructionsPerRecord", "recordsPerSecond", "clientCPUPerRecord",
            ])
        #expect(reading.oneSided.isEmpty)
        #expect(reading.rows.filter(\.isCounted).allSatisfy { $0.margin == 0.01 })
        #expect(reading.rows.filter { !$0.isCounted }.allSatisfy { $0.margin == 0.03 })
    }

    @Test(arguments: [
        (ExperimentResult.Kind.produce, Load.open(ratePerSecond: 5), "ack p50"),
        (.endToEnd, .open(ratePerSecond: 5), "end to end p50"), (.produce, .closed(concurrency: 1), "records/s"),
        (.consume, .unlimited, "records/s"), (.start, .unlimited, "first record p50"),
    ]) func theAnswerGoesByTheLoad(kind: ExperimentResult.Kind, load: Load, title: String) {
        let timed = GatedMetric.list(kind, load: load, spec: GateSpec()).filter { !$0.metric.isCounted }
        let unit = kind == .start ? "start" : "record"
        #expect(timed.map(\.metric.title) == [title, "client CPU/\(unit)"])
    }

    @Test func askedForMetricsTakeTheirMargins() {
        let spec = GateSpec(metrics: ["ack p99", "requests/record"], margins: ["ack p99": 0.1])
        let gated = GatedMetric.list(.produce, load: nil, spec: spec)
        #expect(gated.map(\.metric.title) == ["ack p99", "requests/record"])
        #expect(gated.map(\.margin) == [0.1, 0.01] && gated.allSatisfy(\.isAsked))
        #expect(GatedMetric.list(.produce, load: nil, spec: GateSpec(margin: 0.2)).allSatisfy { $0.margin == 0.2 })
    }

    @Test func aSliceUnderBadConditionsStandsAlone() throws {
        var reading = Self.reading()
        let late = InvalidReason(.generatorLate, "late")
        let figures = try reading.figures(
            of: Self.run(
                baseline: [Self.slice(1, rate: 1000), Self.slice(2, rate: 9, invalid: [late])],
                candidate: [Self.slice(1, rate: 1000), Self.slice(2, rate: 1000)]))
        #expect(figures.allSatisfy { $0.sliceCount == 1 && $0.aloneCount == 1 && $0.logRatio == 0 })
    }

    @Test func aSliceInWhichNothingCameIsLeftOutAndCounted() throws {
        var reading = Self.reading()
        let still = InvalidReason(.noProgress, "nothing for 0.6 s of 0.2 s")
        let run = Self.run(
            baseline: [Self.slice(1, rate: 1000), Self.slice(2, rate: 1000)],
            candidate: [Self.slice(1, rate: 1000), Self.slice(2, rate: 1, invalid: [still])])
        #expect(try reading.figures(of: run).allSatisfy { $0.sliceCount == 1 && $0.aloneCount == 1 })
        #expect(GateReading.standstills(of: run) == SideCounts(candidate: 1))
        let allStill = Self.run(
            baseline: [Self.slice(1, rate: 1000)], candidate: [Self.slice(1, rate: 1, invalid: [still])])
        let error = #expect(throws: GateReading.Fault.self) { try reading.figures(of: allStill) }
        #expect(error == .unpaired("e, a"))
    }

    private static func answered(_ round: Int, ms: UInt64, saturated: Bool = false) throws -> Repeat {
        var slice = slice(round, rate: 1000)
        var histogram = HdrHistogram.latencies()
        for _ in 0..<10 { histogram.recordValue(ms * 1_000_000) }
        slice.latencies = [try LatencyRecord(.acknowledgement, histogram)]
        slice.saturated = saturated
        return slice
    }

    @Test func theLatenciesOfASaturatedSliceAreLeftOutAndItsCountsAreNot() throws {
        var reading = Self.reading()
        let run = Self.run(
            baseline: [try Self.answered(1, ms: 10), try Self.answered(2, ms: 10)],
            candidate: [try Self.answered(1, ms: 10), try Self.answered(2, ms: 900, saturated: true)],
            load: .open(ratePerSecond: 1000))
        let figures = try reading.figures(of: run)
        let row = try #require(reading.rows.firstIndex { $0.metric == "ack.p50" })
        #expect(figures[row].sliceCount == 1 && figures[row].aloneCount == 1 && figures[row].logRatio == 0)
        let others = figures.indices.filter { $0 != row }
        #expect(!others.isEmpty && others.allSatisfy { figures[$0].sliceCount == 2 })
        #expect(GateReading.saturated(of: run) == SideCounts(candidate: 1))
    }

    @Test func aLatencyThatIsALowerBoundInEverySliceIsSaid() throws {
        let run = Self.run(
            baseline: [try Self.answered(1, ms: 10)], candidate: [try Self.answered(1, ms: 10, saturated: true)],
            load: .open(ratePerSecond: 1000))
        var usual = Self.reading()
        _ = try usual.figures(of: run)
        #expect(usual.oneSided == ["e, a, ack p50: saturated, its latencies are lower bounds"])
        var asked = Self.reading(GateSpec(metrics: ["ack p50"]))
        let error = #expect(throws: GateReading.Fault.self) { try asked.figures(of: run) }
        #expect(error == .saturated("e, a, ack p50"))
    }

    @Test func aCandidateThatIsSaturatedMoreOftenThanChanceDoesNotPass() {
        var gate = MadeGate.result([MadeGate.row("ack.p50")], Array(repeating: [0.0001], count: 12))
        #expect(gate.verdict == .pass)
        // A side each time, and by chance: 9 of 12 is no reason, one in each of 12 pairs is.
        for index in gate.pairs.indices {
            gate.pairs[index].saturated = SideCounts(baseline: index < 3 ? 1 : 0, candidate: index < 3 ? 0 : 1)
        }
        #expect(gate.verdict == .pass)
        for index in gate.pairs.indices { gate.pairs[index].saturated = SideCounts(candidate: 1) }
        #expect(gate.verdict == .inconclusive)
        // The baseline's trouble is no reason against the candidate.
        for index in gate.pairs.indices { gate.pairs[index].saturated = SideCounts(baseline: 1) }
        #expect(gate.verdict == .pass)
    }

    @Test func brokenTruthIsNeverAveraged() {
        var reading = Self.reading()
        let broken = InvalidReason(.countsDisagree, "5 of 6")
        let run = Self.run(
            baseline: [Self.slice(1, rate: 1000)], candidate: [Self.slice(1, rate: 1000, invalid: [broken])])
        let error = #expect(throws: GateReading.Fault.self) { try reading.figures(of: run) }
        #expect(error?.description == "not to be trusted: e, a, candidate: counts disagree: 5 of 6")
    }

    @Test func anAskedForMetricWithoutValuesIsNamed() {
        var reading = Self.reading(GateSpec(metrics: ["ack p99"]))
        let run = Self.run(baseline: [Self.slice(1, rate: 1)], candidate: [Self.slice(1, rate: 1)])
        let error = #expect(throws: GateReading.Fault.self) { try reading.figures(of: run) }
        #expect(error?.description.contains("e, a, ack p99 has no value") == true)
    }

    @Test func aCountThatOnlyOneSideHasIsSaid() throws {
        var reading = Self.reading()
        var opening = Self.slice(1, rate: 1000)
        opening.traffic.connectionsOpened = 10
        _ = try reading.figures(of: Self.run(baseline: [Self.slice(1, rate: 1000)], candidate: [opening]))
        #expect(reading.oneSided == ["e, a, connections opened/record: only the candidate has it"])
    }

    @Test func instructionsThatTheHostDoesNotCountAreSaidToBeAbsent() throws {
        var slice = Self.slice(1, rate: 1000)
        slice.resources.clientInstructions = nil
        let run = Self.run(baseline: [slice], candidate: [slice])
        var usual = Self.reading()
        _ = try usual.figures(of: run)
        #expect(!usual.rows.contains { $0.metric == "clientInstructionsPerRecord" })
        let words = "client instructions/record: this host counts no instructions for programs (perf_event_open)"
        #expect(usual.oneSided == [words])
        var asked = Self.reading(GateSpec(metrics: ["client instructions/record"]))
        let error = #expect(throws: GateReading.Fault.self) { try asked.figures(of: run) }
        #expect(error?.description == "e, a, \(words): gate another metric here")
        // A build that does not read them yet is another matter.
        var mixed = Self.reading()
        _ = try mixed.figures(of: Self.run(baseline: [slice], candidate: [Self.slice(1, rate: 1000)]))
        #expect(mixed.oneSided == ["e, a, client instructions/record: only the candidate has it"])
    }

    @Test func sendingAgainIsARatioThatStartsAtOne() {
        var slice = Self.slice(1, rate: 100)
        let metric = MetricCatalogue(.produce)["sendsPerRequest"]
        #expect(metric?.value(slice) == 1)
        slice.disturbances?.retries = 20
        #expect(metric?.value(slice) == 1.25)
    }

    @Test func aLaterPairMustHaveTheRowsOfTheFirst() throws {
        var reading = Self.reading()
        let whole = Self.run(baseline: [Self.slice(1, rate: 1000)], candidate: [Self.slice(1, rate: 1000)])
        _ = try reading.figures(of: whole)
        let late = InvalidReason(.generatorLate, "late")
        let lacking = Self.run(
            baseline: [Self.slice(1, rate: 1000)], candidate: [Self.slice(1, rate: 1000, invalid: [late])])
        #expect(throws: GateReading.Fault.self) { try reading.figures(of: lacking) }
    }
}
