internal import Glibc
internal import Statistics

/// One metric of one cell that a gate judges.
public struct GateRow: Codable, Sendable, Equatable {
    /// The experiment's name.
    public var experiment: String
    /// Where the cell stands, without its side.
    public var axes: [AxisSetting]
    /// What is measured.
    public var kind: ExperimentResult.Kind
    /// The metric's key.
    public var metric: String
    /// How far it may move, such as 0.03.
    public var margin: Double
    /// Whether it is counted, and not timed.
    public var isCounted: Bool
    /// Whether the scenario names it.
    public var isAsked: Bool

    /// The metric; nil for one that this version does not have.
    public var figure: Metric? { MetricCatalogue(kind)[metric] }
    /// The cell in words.
    public var place: String { axes.place(in: experiment) }
    /// The metric's title, or its key where this version does not have it.
    public var title: String { figure?.title ?? metric }
}

/// How many slices of each side there were of some sort.
public struct SideCounts: Codable, Sendable, Equatable {
    /// Those of the baseline.
    public var baseline: Int
    /// Those of the candidate.
    public var candidate: Int

    /// So many; none unless given.
    public init(baseline: Int = 0, candidate: Int = 0) { (self.baseline, self.candidate) = (baseline, candidate) }

    /// Whether the candidate has so many more than the baseline that chance does it in at most 1 of
    /// 1,000 gates.
    var isCandidatesMore: Bool {
        guard baseline + candidate > 0 else { return false }
        let share = BinomialInterval(count: candidate, of: baseline + candidate, confidence: 0.998).share
        return share.lowerBound > 0.5
    }

    static func + (one: SideCounts, other: SideCounts) -> SideCounts {
        SideCounts(baseline: one.baseline + other.baseline, candidate: one.candidate + other.candidate)
    }
}

/// A pair of a gate: both sides alive side by side, measured in turn in short slices.
public struct GatePair: Codable, Sendable, Equatable {
    /// What a pair says of one row.
    public struct Figure: Codable, Sendable, Equatable {
        /// The mean over slices of the logarithm of how many times worse the candidate is.
        public var logRatio: Double
        /// The standard deviation of that from slice to slice; 0 of a single one.
        public var sliceDeviation: Double
        /// The slices in which both sides have a value.
        public var sliceCount: Int
        /// The slices that stand alone, as only one side has a value.
        public var aloneCount: Int
        /// The baseline's geometric mean over those slices.
        public var baseline: Double
        /// The candidate's.
        public var candidate: Double
    }

    /// When it began.
    public var startedAt: UTCTime
    /// The side whose processes were started first.
    public var first: String
    /// How long it took in all.
    public var durationNs: UInt64
    /// How long each round of slices over all cells and both sides took, on the mean; the first,
    /// which is warmed up, is left out.
    public var roundNs: UInt64
    /// How long its slices were; nil where they were as the plan says.
    public var sliceNs: UInt64?
    /// The rows' figures, in their order.
    public var figures: [Figure]
    /// How many cores others kept busy, on the mean of its slices; nil where it cannot be told.
    public var othersCores: Double?
    /// How many cores the hypervisor took.
    public var stolenCores: Double?
    /// How many cores' time a control group's limit took from this process's group.
    public var throttledCores: Double?
    /// The bytes that were under way to the disks when it began.
    public var writebackBytes: UInt64?
    /// The slices of the baseline in which nothing came for too long, which are left out.
    public var baselineStandstills: Int
    /// Those of the candidate.
    public var candidateStandstills: Int
    /// The slices of each side that were saturated, whose latencies are left out; nil in files of
    /// versions that did not count them.
    public var saturated: SideCounts?

    /// A pair as it was measured.
    public init(
        startedAt: UTCTime, first: String, durationNs: UInt64, roundNs: UInt64, sliceNs: UInt64? = nil,
        figures: [Figure],
        othersCores: Double? = nil, stolenCores: Double? = nil, throttledCores: Double? = nil,
        writebackBytes: UInt64? = nil, standstills: SideCounts = SideCounts(), saturated: SideCounts? = SideCounts()
    ) {
        (self.startedAt, self.first, self.durationNs, self.roundNs) = (startedAt, first, durationNs, roundNs)
        (self.figures, self.othersCores, self.stolenCores) = (figures, othersCores, stolenCores)
        (self.throttledCores, self.writebackBytes) = (throttledCores, writebackBytes)
        (baselineStandstills, candidateStandstills) = (standstills.baseline, standstills.candidate)
        (self.saturated, self.sliceNs) = (saturated, sliceNs)
    }
}

extension GatePair.Figure {
    /// The figure of a row over slices that both sides have; nil without one.
    init?(_ pairs: [(baseline: Double, candidate: Double)], aloneCount: Int, better: Metric.Direction) {
        guard !pairs.isEmpty else { return nil }
        let count = Double(pairs.count)
        let logs = pairs.map { log($0.candidate / $0.baseline) * (better == .higher ? -1 : 1) }
        self.init(
            logRatio: logs.reduce(0, +) / count, sliceDeviation: Spread(logs)?.deviation ?? 0,
            sliceCount: pairs.count, aloneCount: aloneCount,
            baseline: exp(pairs.map { log($0.baseline) }.reduce(0, +) / count),
            candidate: exp(pairs.map { log($0.candidate) }.reduce(0, +) / count))
    }
}
