public import Measurement

/// What a run leaves: everything that its tables are computed from, and all that is needed to
/// repeat it.
public struct RunResult: Codable, Sendable, Equatable {
    /// The name and version of the format, the first thing a reader checks.
    public static let currentFormat = "weir.result/1"

    /// The format's name and version.
    public private(set) var format = RunResult.currentFormat
    /// The run's id, which the names of its topics and groups contain, as `20261130T152300-kqzv`;
    /// nil in results from before runs had ids.
    public var runId: String?
    /// The scenario that was run.
    public var scenario: ScenarioRecord
    /// What the user called this run, by `--label`.
    public var labels: [String: String]
    /// The seed of everything that was drawn; below 2⁵³, so that every JSON reader keeps it.
    public var seed: UInt64
    /// The Weir that ran it.
    public var weir: BuildRecord
    /// The machine that the client ran on.
    public var host: HostDescription
    /// What was measured against; more than one when cases have targets of their own.
    public var brokers: [BrokerRecord]
    /// When the run began.
    public var startedAt: UTCTime
    /// When it ended; none while it runs, or if it was killed.
    public var endedAt: UTCTime?
    /// Whether it was stopped before all repeats were done.
    public var interrupted: Bool
    /// Why it ended before all repeats were done, where nobody had stopped it.
    public var endedEarly: InvalidReason?
    /// The experiments in the scenario's order, their cells as far as they came.
    public var experiments: [ExperimentResult]

    /// A run that begins, without any repeat yet.
    public init(
        runId: String? = nil, scenario: ScenarioRecord, labels: [String: String] = [:], seed: UInt64, weir: BuildRecord,
        host: HostDescription = .current(), brokers: [BrokerRecord], startedAt: UTCTime = .now(),
        endedAt: UTCTime? = nil, interrupted: Bool = false, endedEarly: InvalidReason? = nil,
        experiments: [ExperimentResult]
    ) {
        self.runId = runId
        self.scenario = scenario
        self.labels = labels
        self.seed = seed
        self.weir = weir
        self.host = host
        self.brokers = brokers
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.interrupted = interrupted
        self.endedEarly = endedEarly
        self.experiments = experiments
    }

    /// Whether there is nothing in it: no repeat, and no cell that ended early.
    public var isEmpty: Bool {
        experiments.allSatisfy { $0.cells.allSatisfy { $0.repeats.isEmpty && $0.endedEarly == nil } }
    }

    /// The worst verdict of all cells; a run that ended early and has something is invalid.
    public var verdict: Verdict {
        if endedEarly != nil, !isEmpty { return .invalid }
        return experiments.flatMap(\.cells).map(\.verdict).max() ?? .notRun
    }
}

/// What a cell or a run is worth, from good to bad.
public enum Verdict: String, Codable, Sendable, Comparable, CaseIterable {
    /// Every repeat can be trusted.
    case valid
    /// As valid, but what was measured could not follow the rate: latencies are lower bounds.
    case saturated
    /// No repeat was made.
    case notRun = "not run"
    /// At least one repeat can't be trusted.
    case invalid

    /// Whether this is better than the other.
    public static func < (left: Verdict, right: Verdict) -> Bool { left.rank < right.rank }

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
