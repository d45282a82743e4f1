import Foundation
import Statistics
import System
import Testing

@testable import Results

/// What pairs of A against A tell, held against series whose noise is known.
@Suite(.timeLimit(.minutes(2))) struct CalibrationTests {
    /// Pairs of three lengths in turn. The noise of a slice goes by a power of its length, and a round
    /// takes both sides' slices and 100 ms.
    private static func result(power: Double, pairs: Int = 60) -> GateResult {
        var made = result(within: 0.1, between: 0.01, pairs: 0)
        let parts = GateLength.measuredNs.map { length in
            let share = Double(length) / Double(GateLength.usualNs)
            return result(within: 0.1 * pow(share, power), between: 0.01, pairs: pairs / 3).pairs.map { pair in
                var pair = pair
                (pair.sliceNs, pair.roundNs) = (length, 2 * length + 100_000_000)
                pair.durationNs = 2_000_000_000 + 16 * pair.roundNs
                return pair
            }
        }
        made.pairs = (0..<pairs).map { parts[$0 / 2 % 3][$0 / 6 * 2 + $0 % 2] }
        return made
    }

    // Slices of each length tell the same; longer ones far more; and as much more as independent
    // noise gives, so that the time around each slice decides.
    @Test(arguments: [(0.0, 75), (-1.5, 300), (-0.5, 300)]) func theLengthIsThatWhichLeavesTheSmallestStandardError(
        power: Double, best: UInt64
    ) throws {
        let calibration = try #require(Calibration(Self.result(power: power)))
        #expect(calibration.lengths.map(\.sliceNs) == GateLength.measuredNs)
        for length in calibration.lengths {
            let within = 0.1 * pow(Double(length.sliceNs) / Double(GateLength.usualNs), power)
            #expect(abs(length.noise.within - within) < 0.15 * within, "\(length)")
            #expect(length.cost == GateCost(fixedNs: 2_000_000_000, roundNs: 2 * length.sliceNs + 100_000_000))
        }
        // What processes bring is known from all pairs together.
        #expect(Set(calibration.lengths.map(\.noise.between)).count == 1)
        #expect(calibration.best.sliceNs == best * 1_000_000)
        // By hand: no length leaves a smaller error.
        let chosen = try #require(calibration.splits[1])
        for length in calibration.lengths {
            let only = try #require(GateSplit(budgetNs: 300_000_000_000, lengths: [length], pairCountMin: 12))
            #expect(chosen.standardError <= only.standardError)
        }
    }

    @Test func aLengthOfASinglePairIsNoneAndOldPairsHaveThePlans() throws {
        var made = Self.result(power: 0, pairs: 18)
        made.pairs.removeLast(made.pairs.count - 5)
        #expect(Calibration(made)?.lengths.map(\.sliceNs) == [75_000_000, 150_000_000])
        for index in made.pairs.indices { made.pairs[index].sliceNs = nil }
        #expect(Calibration(made)?.lengths.map(\.sliceNs) == [made.plan.sliceNs])
    }

    /// Pairs of `slices` slices, each with this noise, and this from process to process.
    private static func result(within: Double, between: Double, slices: Int = 16, pairs: Int = 60) -> GateResult {
        var random = SplitMix64(seed: 5)
        func normal() -> Double {
            let (u, v) = (Double.random(in: 1e-9..<1, using: &random), Double.random(in: 0..<1, using: &random))
            return (-2 * log(u)).squareRoot() * cos(2 * .pi * v)
        }
        var made = MadeGate.result([MadeGate.row("recordsPerSecond")], [], purpose: .calibration)
        made.plan.sliceCount = slices
        made.pairs = (0..<pairs).map { _ in
            let process = normal() * between
            let logs = (0..<slices).map { _ in process + normal() * within }
            var pair = MadeGate.pair([Spread(logs)?.mean ?? 0])
            pair.figures[0].sliceDeviation = Spread(logs)?.deviation ?? 0
            pair.figures[0].sliceCount = slices
            (pair.durationNs, pair.roundNs) = (8_000_000_000, 400_000_000)
            return pair
        }
        return made
    }

    @Test(arguments: [(0.1, 0.02), (0.05, 0.05), (0.1, 0)]) func noiseIsPartedIntoSlicesAndProcesses(
        within: Double, between: Double
    ) throws {
        let calibration = try #require(Calibration(Self.result(within: within, between: between)))
        let noise = calibration.rows[0].noise
        #expect(abs(noise.within - within) < 0.1 * within)
        #expect(abs(noise.between - between) < 0.012, "\(noise)")
        #expect(calibration.lengths.map(\.sliceNs) == [150_000_000])
        #expect(calibration.best.cost == GateCost(fixedNs: 1_600_000_000, roundNs: 400_000_000))
    }

    @Test func theSplitLeavesTheLeastNoise() throws {
        let cost = GateCost(fixedNs: 2_000_000_000, roundNs: 400_000_000)
        func split(_ within: Double, _ between: Double, minutes: UInt64) -> GateSplit? {
            GateSplit(
                budgetNs: minutes * 60_000_000_000,
                lengths: [GateLength(cost: cost, noise: GateNoise(within: within, between: between))], pairCountMin: 12)
        }
        // More pairs than the last look has are of no use, so that the rest goes into slices.
        #expect(try #require(split(0.1, 0.02, minutes: 20)).pairCount == 40)
        #expect(try #require(split(0.1, 0.02, minutes: 20)).sliceCount > 40)
        // Where slices differ as little as processes do, pairs are worth more than slices.
        let (byProcess, bySlice) = (split(0.01, 0.05, minutes: 2), split(0.2, 0.001, minutes: 2))
        #expect(try #require(byProcess).sliceCount < (try #require(bySlice).sliceCount))
        #expect(split(0.1, 0.02, minutes: 1) == nil)
        let neededNs = GateSplit.budgetNeededNs(lengths: [GateLength(cost: cost)], pairCountMin: 12)
        #expect(neededNs > 60_000_000_000 && neededNs < 120_000_000_000)
        #expect(
            GateSplit(budgetNs: neededNs, lengths: [GateLength(cost: cost)], pairCountMin: 12)?.pairCount ?? 0
                >= 12)
    }

    @Test func moreRowsWantMorePairs() {
        let rule = GateRule()
        #expect(rule.pairCountMin(rows: 1) == 12 && rule.pairCountMin(rows: 10) == 12)
        #expect(rule.pairCountMin(rows: 11) == 16 && rule.pairCountMin(rows: 40) == 16)
        #expect(rule.pairCountMin(rows: 60) == 24)
    }

    @Test func theEffectThatIsSaidToBeFoundIsFoundNineTimesInTen() throws {
        let rule = GateRule()
        let effect = try #require(rule.detectableEffect(deviation: 0.02, pairs: 16, rows: 1, margin: 0.03))
        var random = SplitMix64(seed: 9)
        func normal() -> Double {
            let (u, v) = (Double.random(in: 1e-9..<1, using: &random), Double.random(in: 0..<1, using: &random))
            return (-2 * log(u)).squareRoot() * cos(2 * .pi * v)
        }
        var found = 0
        for _ in 0..<100 {
            let row = GateRule.Row(logRatios: (0..<16).map { _ in log1p(effect) + 0.02 * normal() }, margin: 0.03)
            let looks = rule.looks.prefix(2).map { look in
                rule.judge(
                    [GateRule.Row(logRatios: Array(row.logRatios.prefix(look.pairCount)), margin: 0.03)], at: look,
                    seed: 1)[0].verdict
            }
            if looks.contains(.regressed) { found += 1 }
        }
        #expect((85...100).contains(found), "\(found) of 100 at \(effect)")
        #expect(rule.detectableEffect(deviation: 0.02, pairs: 11, rows: 1, margin: 0.03) == nil)
    }

    @Test func gatesSimulatedFromItsPairsHardlyCryWolf() throws {
        var made = Self.result(within: 0.1, between: 0.02, pairs: 30)
        let alarms = try #require(Calibration.simulate(made, gateCount: 40) { false })
        #expect(alarms.gates == 40 && alarms.alarms <= 2)
        made.pairs = []
        #expect(Calibration.simulate(made, gateCount: 40) { false } == nil)
        var stops = 0
        made = Self.result(within: 0.1, between: 0.02, pairs: 30)
        let stopped = Calibration.simulate(made, gateCount: 40) {
            stops += 1
            return stops > 3
        }
        #expect(stopped?.gates == 3)
    }
}
