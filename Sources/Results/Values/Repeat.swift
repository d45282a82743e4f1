public import Measurement

/// One measurement of a cell.
public struct Repeat: Codable, Sendable, Equatable {
    /// The round it belongs to, from 1; repeats of the same round are compared with each other.
    public var round: Int
    /// When it began.
    public var startedAt: UTCTime
    /// Why it can't be trusted; empty when it can.
    public var invalidReasons: [InvalidReason]
    /// The checks that could not be made and were waived by name.
    public var waived: [String]
    /// Whether what was measured could not follow the rate, so that latencies are lower bounds.
    public var saturated: Bool
    /// How long the measured window was; for starts, how long they took in all.
    public var windowNs: UInt64
    /// What was counted in the window.
    public var counts: WindowCounts
    /// What was checked over the whole repeat, warm-up included; none where there was nothing to
    /// check.
    public var reconciliation: Reconciliation?
    /// Records in each second of the repeat.
    public var perSecond: PerSecond?
    /// What the window used of the machine.
    public var resources: ResourceUsage
    /// What went over the wire in the window.
    public var traffic: Traffic
    /// What kept the clients from their work in the window; none in results from before it was
    /// counted.
    public var disturbances: Disturbances?
    /// The repeat's own steps, such as warm-up and reconciliation, from its begin.
    public var phases: [PhaseSpan]
    /// Where the time went, for each life of a producer or each record; none where it isn't known.
    public var breakdown: Breakdown?
    /// The consumer starts, where these are measured.
    public var starts: StartsRecord?
    /// Latencies; at most one of each kind.
    public var latencies: [LatencyRecord]

    /// A repeat, at first without anything counted.
    public init(
        round: Int, startedAt: UTCTime = .now(), invalidReasons: [InvalidReason] = [], waived: [String] = [],
        saturated: Bool = false, windowNs: UInt64, counts: WindowCounts = WindowCounts(),
        reconciliation: Reconciliation? = nil, perSecond: PerSecond? = nil,
        resources: ResourceUsage = ResourceUsage(), traffic: Traffic = Traffic(),
        disturbances: Disturbances? = nil, phases: [PhaseSpan] = [],
        breakdown: Breakdown? = nil, starts: StartsRecord? = nil, latencies: [LatencyRecord] = []
    ) {
        self.round = round
        self.startedAt = startedAt
        self.invalidReasons = invalidReasons
        self.waived = waived
        self.saturated = saturated
        self.windowNs = windowNs
        self.counts = counts
        self.reconciliation = reconciliation
        self.perSecond = perSecond
        self.resources = resources
        self.traffic = traffic
        self.disturbances = disturbances
        self.phases = phases
        self.breakdown = breakdown
        self.starts = starts
        self.latencies = latencies
    }

    /// Whether it can be trusted.
    public var isValid: Bool { invalidReasons.isEmpty && (starts?.wrongCount ?? 0) == 0 }

    /// The latencies of a kind, if they were recorded.
    public func latency(_ kind: LatencyRecord.Kind) -> LatencyRecord? { latencies.first { $0.kind == kind } }
}

/// Why a repeat can't be trusted.
public struct InvalidReason: Codable, Sendable, Hashable {
    /// What kind of reason it is.
    public enum Code: String, Codable, Sendable, CaseIterable {
        /// Acknowledged, stored and consumed do not agree.
        case countsDisagree = "counts disagree"
        /// Records failed that were to be acknowledged.
        case recordsFailed = "records failed"
        /// Another codec is stored than was asked for.
        case wrongCodec = "wrong codec"
        /// The generator missed its own schedule.
        case generatorLate = "generator late"
        /// Other processes of the host, or its hypervisor, took too much of it.
        case foreignLoad = "foreign load"
        /// A consumer started where it must not.
        case wrongStartOffset = "wrong start offset"
        /// What is measured was away: connections were lost with requests under way.
        case connectionsLost = "connections lost"
        /// No record came for too long.
        case noProgress = "no progress"
        /// Too many requests were sent again.
        case retried = "sent again"
        /// A quota held the client back for too long, so that the quota was measured.
        case throttled
        /// What was read back is damaged.
        case corrupt
        /// The client or the broker failed.
        case failed
        /// Something took longer than its bound.
        case timedOut = "timed out"
        /// The broker could not be reached, or closed the connection.
        case connectionFailed = "connection failed"
        /// The topic was deleted, or made anew.
        case topicGone = "topic gone"
        /// Commits of somebody's group that were moved could not be put back.
        case notPutBack = "not put back"
        /// The disk had no room.
        case diskFull = "disk full"
        /// It would have written more than a repeat may write to somebody's cluster.
        case writeLimit = "write limit"
        /// The run was stopped in its midst.
        case interrupted
    }

    /// What kind of reason it is.
    public var code: Code
    /// What happened, with the figures and the place.
    public var detail: String

    /// A reason with its detail.
    public init(_ code: Code, _ detail: String) {
        self.code = code
        self.detail = detail
    }
}
