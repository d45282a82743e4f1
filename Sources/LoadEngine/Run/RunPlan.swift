public import Scenario
import System

/// How long a scenario takes, before it runs.
public struct RunPlan: Sendable {
    /// One experiment's share.
    public struct Part: Sendable, Equatable {
        /// The experiment's name.
        public let experiment: String
        /// How many cells it has.
        public let cellCount: Int
        /// How often each is measured.
        public let repeats: Int
        /// How long one round over all cells takes, warm-ups and pauses included; nil where a
        /// number of records or starts ends a repeat.
        public let roundNs: UInt64?
        /// How much longer the first round takes, because each cell's first repeat is warmed up.
        public let firstRoundExtraNs: UInt64
    }

    /// The experiments in order.
    public let parts: [Part]

    /// The plan of a scenario.
    public init(_ scenario: Scenario) {
        parts = scenario.experiments.map { experiment in
            Part(
                experiment: experiment.name, cellCount: experiment.cells.count, repeats: experiment.repeats,
                roundNs: Self.roundNs(experiment), firstRoundExtraNs: Self.firstRoundExtraNs(experiment))
        }
    }

    /// How many repeats there are in all.
    public var repeatCount: Int { parts.map { $0.cellCount * $0.repeats }.reduce(0, +) }

    private static func firstRoundExtraNs(_ experiment: Experiment) -> UInt64 {
        experiment.cells.map { $0.measure.ofFirstRepeat.warmupNs.since($0.measure.warmupNs) }.reduce(0, +)
    }

    private static func roundNs(_ experiment: Experiment) -> UInt64? {
        var sum: UInt64 = 0
        for cell in experiment.cells {
            guard case .time(let ns) = cell.measure.extent else { return nil }
            sum += cell.measure.warmupNs + ns + cell.measure.pauseNs
        }
        return sum
    }
}

extension Cell {
    /// The cell by its place on each axis, as progress and errors name it; empty where it is the
    /// only one.
    var label: String { axes.map { "\($0.axis)=\($0.value)" }.joined(separator: " ") }
}
