/// When what disturbed a window makes its figures untrue: the limits, and the reasons beyond them.
///
/// A lost connection means that the target was away, however shortly. The others are shares,
/// because a leader that moves on purpose, or a broker that pauses to collect garbage, is a part of
/// what is measured as long as it is a small one.
public struct DisturbanceRule: Sendable, Equatable {
    /// The connections that may be lost with requests under way.
    public static let lostConnectionsMax: Int64 = 0
    /// The requests that may be sent again, as a share of all that were sent, beyond the first one.
    public static let retriedShareMax = 0.01
    /// How long quotas may hold the client back, as a share of the window.
    public static let throttledShareMax = 0.01
    /// The longest gap allowed is the greatest of three: this share of the window, …
    public static let gapShareMax = 0.1
    /// … this time, …
    public static let gapNsMin: UInt64 = 500_000_000
    /// … and this multiple of what is usual: the schedule's interval, `linger.ms`, the latency, and
    /// the time between records that did come.
    public static let gapMultipleMax: UInt64 = 3

    /// What is missing in a gap.
    public enum Progress: String, Sendable {
        /// Records are produced.
        case acknowledged
        /// Records are consumed.
        case consumed
        /// Consumers are started.
        case started
    }

    /// How long the window was.
    public var windowNs: UInt64
    /// The requests that were sent in it.
    public var requestCount: Int64
    /// The longest gap that is usual for this load.
    public var usualGapNs: UInt64
    /// What is missing in a gap.
    public var progress: Progress

    /// A rule for one window.
    public init(windowNs: UInt64, requestCount: Int64, usualGapNs: UInt64, progress: Progress) {
        self.windowNs = windowNs
        self.requestCount = requestCount
        self.usualGapNs = usualGapNs
        self.progress = progress
    }

    /// The longest gap that is allowed.
    public var gapNsMax: UInt64 { gapNsMax(usualNs: usualGapNs) }

    private func gapNsMax(usualNs: UInt64) -> UInt64 {
        let usual = usualNs.multipliedReportingOverflow(by: Self.gapMultipleMax)
        return max(
            UInt64(Double(windowNs) * Self.gapShareMax), Self.gapNsMin, usual.overflow ? .max : usual.partialValue)
    }

    /// Why the window can't be trusted; empty when it can.
    public func reasons(_ found: Disturbances) -> [InvalidReason] {
        [lost(found), noProgress(found), retried(found), throttled(found)].compactMap { $0 }
    }

    /// The first that is beyond its limit, else the longest; nil for none.
    public func worst(of standstills: [Standstill]) -> Standstill? {
        standstills.first { standstill($0) != nil } ?? standstills.max { $0.longestNs < $1.longestNs }
    }

    private func lost(_ found: Disturbances) -> InvalidReason? {
        guard found.lostConnections > Self.lostConnectionsMax else { return nil }
        return InvalidReason(
            .connectionsLost,
            "\(found.lostConnections) lost in the window with requests under way "
                + "(\(found.unansweredRequests) not answered, \(found.failedConnections) failed attempts to connect)")
    }

    /// One reason for gap and standstill: a closed loop may wait for one silent broker, and then no
    /// broker brings anything.
    private func noProgress(_ found: Disturbances) -> InvalidReason? {
        let place = found.standstill.flatMap(standstill)
        guard let gap = gap(found), let place else { return gap(found) ?? place }
        return InvalidReason(.noProgress, "\(gap.detail); \(place.detail)")
    }

    private func gap(_ found: Disturbances) -> InvalidReason? {
        guard found.longestGapNs > gapNsMax else { return nil }
        let of = "of \(text(windowNs)) (limit \(text(gapNsMax)))"
        if progress == .started {
            return InvalidReason(
                .noProgress,
                "\(text(found.longestGapNs)) \(of) are in no start's latency, \(text(found.outsideNs ?? 0)) in all")
        }
        return InvalidReason(.noProgress, "no record was \(progress.rawValue) for \(text(found.longestGapNs)) \(of)")
    }

    private func standstill(_ found: Standstill) -> InvalidReason? {
        let limitNs = gapNsMax(usualNs: max(usualGapNs, found.usualNs))
        guard found.longestNs > limitNs else { return nil }
        return InvalidReason(
            .noProgress,
            "nothing came of \(found.of) for \(text(found.longestNs)) of \(text(windowNs)), although something was due "
                + "(limit \(text(limitNs)))")
    }

    private func retried(_ found: Disturbances) -> InvalidReason? {
        let limit = max(Self.retriedShareMax * Double(requestCount), 1)
        guard Double(found.retries) > limit else { return nil }
        return InvalidReason(
            .retried,
            "\(found.retries) failed and were sent again, with \(requestCount) requests in the window (limit 1 %)")
    }

    private func throttled(_ found: Disturbances) -> InvalidReason? {
        guard Double(found.throttledNs) > Double(windowNs) * Self.throttledShareMax else { return nil }
        return InvalidReason(
            .throttled,
            "a quota held the client back for \(text(found.throttledNs)) in a window of \(text(windowNs)) "
                + "(throttle_time_ms; limit 1 %)")
    }

    private func text(_ ns: UInt64) -> String {
        let tenths = (ns / 50_000_000 + 1) / 2
        return ns < 10_000_000_000 ? "\(tenths / 10).\(tenths % 10) s" : "\((tenths + 5) / 10) s"
    }
}
