/// What kept the measured clients from their work in the measured window, as far as they noticed.
///
/// A client that is thrown away on purpose loses no connection, and a connection that a broker
/// closes at rest is not lost.
public struct Disturbances: Codable, Sendable, Equatable {
    /// Connections that were lost with requests under way.
    public var lostConnections: Int64
    /// Attempts to connect that failed.
    public var failedConnections: Int64
    /// Requests that were sent and never answered.
    public var unansweredRequests: Int64
    /// Requests, fetches of a partition and batches that failed and were sent again.
    public var retries: Int64
    /// Batches that the broker refused as too large and that were sent in smaller ones (KIP-126);
    /// nil in results from before this was counted.
    public var splitBatches: Int64?
    /// Answers by which a quota held the client back.
    public var throttledAnswers: Int64
    /// The sum of their `throttle_time_ms`, with what was left of the last one before the window.
    public var throttledNs: UInt64
    /// The longest stretch of the window without any record acknowledged or consumed; of starts,
    /// the longest one that is in no start's latency.
    public var longestGapNs: UInt64
    /// The broker or partition that brought nothing for longest, although something was due of it;
    /// nil where starts are measured, and in results from before this was looked at.
    public var standstill: Standstill?
    /// The time that is in no start's latency; none where no starts are measured.
    public var outsideNs: UInt64?

    /// Disturbances, none unless given.
    public init(
        lostConnections: Int64 = 0, failedConnections: Int64 = 0, unansweredRequests: Int64 = 0, retries: Int64 = 0,
        throttledAnswers: Int64 = 0, throttledNs: UInt64 = 0, longestGapNs: UInt64 = 0, outsideNs: UInt64? = nil,
        splitBatches: Int64? = nil, standstill: Standstill? = nil
    ) {
        self.lostConnections = lostConnections
        self.failedConnections = failedConnections
        self.unansweredRequests = unansweredRequests
        self.retries = retries
        self.throttledAnswers = throttledAnswers
        self.throttledNs = throttledNs
        self.longestGapNs = longestGapNs
        self.outsideNs = outsideNs
        self.splitBatches = splitBatches
        self.standstill = standstill
    }

    var negativeField: String? {
        [
            ("lostConnections", lostConnections), ("failedConnections", failedConnections),
            ("unansweredRequests", unansweredRequests), ("retries", retries), ("throttledAnswers", throttledAnswers),
            ("splitBatches", splitBatches ?? 0),
        ].first { $0.1 < 0 }?.0
    }
}
