import Foundation
import Results
import System
import Testing

@testable import LoadEngine
@testable import Scenario

/// What a pair measures, and in which order.
@Suite struct GateScenarioTests {
    private static func load(_ experiment: String, set: [String] = []) throws -> Scenario {
        try Scenario.load(
            text: "weir: 1\nname: n\nexperiments:\n  e: \(experiment)\n", overrides: set)
    }

    private static let produce = "{produce: {value: {size: 1 B}, load: {concurrency: {each: [1, 16]}}}}"

    private static func contenders(_ one: Scenario, _ other: Scenario) -> GateContenders {
        func contender(_ name: String, _ scenario: Scenario) -> GateContender {
            GateContender(
                side: GateSide(
                    name: name, said: [], weir: BuildRecord(version: "1", commit: "c"), clusters: []),
                scenario: scenario, executable: "/\(name.prefix(1))/weir")
        }
        return GateContenders(baseline: contender("baseline", one), candidate: contender("candidate", other))
    }

    @Test(arguments: ["baseline", "candidate"]) func eachCellStandsOnceForEachSide(first: String) throws {
        let contenders = Self.contenders(
            try Self.load(Self.produce), try Self.load(Self.produce, set: ["linger.ms=7"]))
        #expect(contenders.objections == [])
        let pair = contenders.pair(GateSlicing(sliceCount: 9), first: first)
        let cells = pair.experiments[0].cells
        #expect(cells.count == 4 && pair.experiments[0].axes.last?.name == "side")
        #expect(cells.map { $0.axes.last?.value }.prefix(1) == [first])
        for cell in cells {
            let side = try #require(cell.instance?.name)
            #expect(cell.axes.last?.value == side && cell.instance?.executable == "/\(side.prefix(1))/weir")
            #expect(cell.workload.produce?.properties["linger.ms"] == (side == "candidate" ? "7" : "5"))
            #expect(cell.measure.repeats == 9 && cell.measure.extent == .time(ns: 150_000_000))
        }
        #expect(cells[0].axes.dropLast() == cells[1].axes.dropLast())
    }

    @Test(arguments: [
        ("concurrency={each: [1, 2]}", "the sides have different cells"), ("for=3 s", "'measure' differs"),
        ("waive=[codec]", "'waive' differs"), ("/experiments/e/gate/margin=1 %", "'gate' differs"),
    ]) func whatSidesMayNotDifferInIsNamed(set: String, words: String) throws {
        let contenders = Self.contenders(try Self.load(Self.produce), try Self.load(Self.produce, set: [set]))
        #expect(contenders.objections.first?.contains(words) == true, "\(contenders.objections)")
    }

    @Test func aSliceIsLongEnoughForThePercentilesOfARate() throws {
        func sliceNs(_ rate: String, _ metric: String) throws -> UInt64 {
            GateSlicing(sliceCount: 1).sliceNs(
                of: try Self.load(
                    "{produce: {value: {size: 1 B}, load: {rate: \(rate)}}, gate: {metrics: [\(metric)]}}"
                ).experiments[0].cells[0])
        }
        #expect(try sliceNs("10000/s", "ack p50") == 150_000_000)
        #expect((624_000_000...626_000_000).contains(try sliceNs("2000/s", "ack p99")))
        #expect(try sliceNs("10/s", "ack p99") == 10_000_000_000)
    }

    @Test(arguments: [
        ("{produce: {value: {size: 1 B}, load: unlimited}}", [75, 150, 300]),
        ("{produce: {value: {size: 1 B}, load: {rate: 10/s}}, gate: {metrics: [ack p99]}}", [150]),
        ("{produce: {value: {size: 1 B}, load: {rate: 30/s}}, gate: {metrics: [ack p50]}}", [150, 300]),
        ("{start: {until: ready}, topic: {preload: {records: 10 records, value: {size: 1 B}}}}", [150]),
    ]) func lengthsThatMakeTheSameSlicesAreTriedOnce(experiment: String, lengths: [UInt64]) throws {
        #expect(GateSlicing.lengthsNs(of: try Self.load(experiment)) == lengths.map { $0 * 1_000_000 })
    }

    @Test func eachLengthIsKeptForTwoPairs() {
        let plan = GatePlan(budgetNs: 1, sliceCount: 9, sliceNs: 5, foreignShareMax: 1)
        #expect((1...8).map { GateRun.slicing(of: $0, [7, 8, 9], plan).sliceNs } == [7, 7, 8, 8, 9, 9, 7, 7])
        #expect(GateRun.slicing(of: 3, [], plan) == GateSlicing(sliceCount: 9, sliceNs: 5))
    }

    @Test func sidesGoInTurnAndEachGoesFirstInHalfOfTheRounds() throws {
        let contenders = Self.contenders(try Self.load(Self.produce), try Self.load(Self.produce))
        let experiment = contenders.pair(GateSlicing(sliceCount: 9), first: "baseline").experiments[0]
        var orders: Set<[Int]> = []
        for seed in UInt64(1)...20 {
            var order = RoundOrder(experiment, seed: seed)
            for _ in 0..<4 {
                let (one, other) = (order.next(), order.next())
                for round in [one, other] {
                    #expect(Set(round) == [0, 1, 2, 3])
                    // A cell's two sides stand together.
                    #expect(round[0] / 2 == round[1] / 2 && round[2] / 2 == round[3] / 2)
                    orders.insert(round)
                }
                #expect((one[0] % 2 == 0) != (other[0] % 2 == 0))
            }
        }
        #expect(orders.count == 4)
    }

    @Test func ordersAreTheSeedsAndCoverEveryCell() throws {
        let experiment = try Self.load(
            "{produce: {value: {size: 1 B}, load: {concurrency: {each: [1, 2, 3, 4]}}}}"
        ).experiments[0]
        var order = RoundOrder(experiment, seed: 3)
        var same = RoundOrder(experiment, seed: 3)
        let rounds = (0..<20).map { _ in order.next() }
        #expect(rounds == (0..<20).map { _ in same.next() })
        #expect(rounds.allSatisfy { Set($0) == [0, 1, 2, 3] } && Set(rounds).count > 5)
    }

    @Test func eachSideIsStartedFirstInHalfOfThePairs() {
        var firsts: Set<String> = []
        for seed in UInt64(0)..<10 {
            var order = PairOrder(seed: seed)
            let names = (0..<10).map { _ in order.next() }
            for two in stride(from: 0, to: 10, by: 2) { #expect(Set(names[two..<two + 2]).count == 2) }
            firsts.insert(names[0])
        }
        #expect(firsts.count == 2)
    }
}

/// What a build says of itself before it is measured.
@Suite struct BuildProbeTests {
    private static let own = "{\"ready\":{\"_0\":{\"protocolVersion\":3,\"version\":\"0.1.0\",\"commit\":\"abc\"}}}"

    @Test func theFirstLineSaysTheBuild() throws {
        let build = try BuildProbe.build(Self.own, words: "", end: nil)
        #expect(build == AgentBuild(version: "0.1.0", commit: "abc") && build.objection == nil)
        let newer = try BuildProbe.build(
            Self.own.replacing("\"protocolVersion\":3", with: "\"protocolVersion\":4"), words: "", end: nil)
        #expect(newer.objection?.contains("speaks version 4") == true)
    }

    @Test(arguments: [
        ("{\"ready\":{}}", "", "does not say which version it speaks"),
        ("", "weir has no command 'agent'", "no load generator process ('weir agent'): it said 'weir has no command"),
        ("", "", "it ended with status 3"),
    ]) func anotherProgramIsNamedByWhatItSays(line: String, words: String, said: String) {
        let error = #expect(throws: EngineError.self) {
            try BuildProbe.build(line, words: words, end: .exited(status: 3))
        }
        #expect(error?.description.contains(said) == true, "\(String(describing: error))")
    }

    @Test func programsAreCopiedUnderPathsOfEqualLength() throws {
        let copies = try BuildCopies()
        let (one, other) = (try copies.copy("/bin/true", as: "a"), try copies.copy("/proc/self/exe", as: "b"))
        #expect(one.count == other.count && one != other)
        for path in ["/nowhere", "/", "/etc/passwd"] {
            #expect(throws: EngineError.self) { try copies.copy(path, as: "c") }
        }
        try copies.remove()
    }
}

/// What engine and agent tell each other has a version, which a build of another one is refused by.
@Suite struct AgentProtocolTests {
    /// Every place of the messages, as it was in this version.
    @Test func theVersionIsRaisedWithTheMessages() throws {
        var places: Set<String> = []
        func walk(_ value: Any, _ path: String) {
            if let object = value as? [String: Any] {
                for (key, inner) in object { walk(inner, "\(path)/\(isName(path) ? "*" : key)") }
            } else if let list = value as? [Any] {
                for inner in list { walk(inner, "\(path)[]") }
            } else {
                places.insert(path)
            }
        }
        /// Below these stand names that are data.
        func isName(_ path: String) -> Bool {
            ["connection", "properties", "clientProperties", "requestCounts"].contains { path.hasSuffix("/\($0)") }
        }
        for order in MeasurementOrder.samples {
            walk(try json(AgentCommand.measure(order)), "")
        }
        walk(try json(AgentEvent.measured(.endToEnd(ProduceOutcome(), ConsumeOutcome()))), "")
        let digest = places.sorted().joined(separator: "\n").utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) {
            ($0 ^ UInt64($1)) &* 0x100_0000_01b3
        }
        // Of the second, what the window used tells the round trips, too; the places here have no window.
        let known: [Int: UInt64] = [
            2: 4_767_489_303_768_298_653, 3: 12_961_452_120_454_022_093,
        ]
        #expect(
            known[AgentBuild.protocolVersion] == digest,
            "raise AgentBuild.protocolVersion and note \(digest) here: \(places.sorted())")
    }

    private func json(_ message: some Encodable) throws -> Any {
        try JSONSerialization.jsonObject(with: Data(AgentLine.encoded(message)))
    }
}
