public import Results
public import Scenario

/// How the cells of a scenario are measured in slices.
public struct GateSlicing: Sendable, Equatable {
    /// How long a slice is warmed up: connecting is not part of it.
    static let warmupNs: UInt64 = 20_000_000
    /// How long a cell is warmed up before its first slice.
    static let firstWarmupNs: UInt64 = 300_000_000
    /// The starts of a slice.
    static let startCount = 10
    /// No slice is longer, whatever percentile is asked for.
    static let sliceNsMax: UInt64 = 10_000_000_000

    /// The rounds of slices in a pair.
    public var sliceCount: Int
    /// How long a slice is, where no metric wants longer ones.
    public var sliceNs: UInt64

    /// So many rounds of slices of this length.
    public init(sliceCount: Int, sliceNs: UInt64 = GateLength.usualNs) {
        (self.sliceCount, self.sliceNs) = (sliceCount, sliceNs)
    }

    /// The lengths that are worth trying for a scenario: where its cells make the same slices of
    /// two of them, as starts do, one is left out.
    public static func lengthsNs(of scenario: Scenario) -> [UInt64] {
        let cells = scenario.experiments.flatMap(\.cells).filter { $0.workload.kind != .start }
        var seen: Set<[UInt64]> = [cells.map(GateSlicing(sliceCount: 1).sliceNs)]
        return GateLength.measuredNs.filter { length in
            length == GateLength.usualNs
                || seen.insert(cells.map(GateSlicing(sliceCount: 1, sliceNs: length).sliceNs)).inserted
        }
    }

    /// How a cell is measured in them.
    func measure(of cell: Cell) -> MeasureSpec {
        var measure = cell.measure
        (measure.repeats, measure.pauseNs) = (sliceCount, 0)
        if cell.workload.kind == .start {
            measure.extent = .starts(Self.startCount)
        } else {
            measure.warmupNs = Self.warmupNs
            measure.extent = .time(ns: sliceNs(of: cell))
            measure.ownFirstWarmupNs = Self.firstWarmupNs
        }
        // What others took is judged over a whole pair, and then all of it counts for nothing.
        measure.foreignShareMax = 1
        return measure
    }

    /// How long a slice of a cell is: long enough for the percentiles that are gated, where the rate
    /// is known.
    func sliceNs(of cell: Cell) -> UInt64 {
        guard case .rate(let perSecond)? = cell.workload.produce?.load else { return sliceNs }
        let kind = cell.workload.kind.inResult
        let gated = GatedMetric.list(kind, load: cell.workload.produce.map(Load.init), spec: cell.gate)
        let sampleCount = gated.map { Self.sampleCountMin($0.metric) }.max() ?? 0
        let neededNs = sampleCount / perSecond * 1.25e9
        return max(sliceNs, neededNs < Double(Self.sliceNsMax) ? UInt64(neededNs) : Self.sliceNsMax)
    }

    /// Ten samples beyond a percentile; a median is taken of fewer, as slices are many.
    private static func sampleCountMin(_ metric: Metric) -> Double {
        guard case .percentile(let percentile, _) = metric.kind else { return 0 }
        return percentile == 50 ? 5 : 10 / (1 - percentile / 100)
    }

    /// How long a round over all cells and both sides is measured for, by what is known of it
    /// beforehand.
    func roundNs(of scenario: Scenario) -> UInt64 {
        scenario.experiments.flatMap(\.cells).map { cell in
            let isStart = cell.workload.kind == .start
            let windowNs = isStart ? UInt64(Self.startCount + 1) * Self.startNsUsual : sliceNs(of: cell)
            return 2 * (windowNs + (isStart ? 0 : Self.warmupNs) + Self.aroundNsUsual)
        }.reduce(0, +)
    }

    /// What stands around a slice here, and a start: reconciliation, offsets, orders.
    private static let aroundNsUsual: UInt64 = 50_000_000
    private static let startNsUsual: UInt64 = 20_000_000
    private static let processesNsUsual: UInt64 = 150_000_000

    /// What a pair costs by what is known beforehand, until a pair or a calibration has shown it.
    public func cost(of scenario: Scenario) -> GateCost {
        let cells = scenario.experiments.flatMap(\.cells)
        let preloaded = cells.map { $0.topic.preload?.recordCount ?? 0 }.reduce(0, +)
        let warmupNs = 2 * Self.firstWarmupNs * UInt64(cells.count)
        // A preload goes at half a million records a second or more.
        return GateCost(
            fixedNs: 2 * Self.processesNsUsual + warmupNs + UInt64(2 * preloaded) * 2_000,
            roundNs: roundNs(of: scenario))
    }
}
