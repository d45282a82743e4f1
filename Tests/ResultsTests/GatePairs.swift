import Measurement

@testable import Results

/// Gates made by hand.
enum MadeGate {
    static let host = HostDescription(
        name: "host", operatingSystem: "Debian", kernel: "Linux 6.1", architecture: "x86_64", cpuModel: "a cpu",
        coreCount: 2, memoryBytes: 16 << 30)

    static func row(
        _ metric: String, margin: Double = 0.03, isCounted: Bool = false, isAsked: Bool = false
    ) -> GateRow {
        GateRow(
            experiment: "e", axes: [AxisSetting(name: "case", value: "a")], kind: .produce, metric: metric,
            margin: margin, isCounted: isCounted, isAsked: isAsked)
    }

    static func figure(_ logRatio: Double) -> GatePair.Figure {
        GatePair.Figure(
            logRatio: logRatio, sliceDeviation: 0.1, sliceCount: 20, aloneCount: 1, baseline: 1000, candidate: 1010)
    }

    static func pair(_ logRatios: [Double], others: Double? = 0.05) -> GatePair {
        GatePair(
            startedAt: UTCTime(secondsSince1970: 1_800_000_000), first: "candidate", durationNs: 10_000_000_000,
            roundNs: 400_000_000, sliceNs: 150_000_000, figures: logRatios.map(figure), othersCores: others,
            stolenCores: 0.01,
            throttledCores: 0, writebackBytes: 4096)
    }

    /// A gate of these rows and pairs.
    static func result(
        _ rows: [GateRow], _ pairs: [[Double]], ending: GateEnding? = .clear, purpose: GateResult.Purpose = .gate
    ) -> GateResult {
        var gate = GateResult(
            purpose: purpose,
            scenario: ScenarioRecord(name: "made", about: "a", path: "made.yaml", written: "", resolved: ""), seed: 7,
            weir: BuildRecord(version: "1", commit: "c"), host: host,
            sides: ["baseline", "candidate"].map {
                GateSide(
                    name: $0, said: ["set=a=1"], weir: BuildRecord(version: "1", commit: "c"), clusters: ["c:9092"])
            },
            plan: GatePlan(budgetNs: 600_000_000_000, sliceCount: 20, sliceNs: 150_000_000, foreignShareMax: 0.1),
            startedAt: UTCTime(secondsSince1970: 1_800_000_000), notes: ["a note"], calibration: "results/c.json")
        (gate.rows, gate.pairs, gate.ending) = (rows, pairs.map { pair($0) }, ending)
        gate.endedAt = UTCTime(secondsSince1970: 1_800_000_100)
        gate.disturbedPairs = 1
        gate.simulated = SimulatedGates(gates: 10, alarms: 1)
        return gate
    }
}
