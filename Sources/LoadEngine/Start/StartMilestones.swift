import KafkaClient

/// When one start reached each of its milestones, read off the client's trace.
struct StartMilestones {
    /// The milestones in the order in which a start passes them; what a start does not need stays empty.
    static let names = [
        "connect", "ApiVersions", "Metadata", "FindCoordinator", "OffsetFetch", "ListOffsets", "first Fetch",
        "first record",
    ]
    /// What must be traced for them.
    static let phases: Set<ClientMetrics.Phase> = [
        .connect, .apiVersions, .metadata, .findCoordinator, .offsetFetch, .listOffsets,
    ]
    /// The milestone after the first record, where a start is followed until it has caught up.
    static let caughtUpName = "caught up"

    /// Nanoseconds since before construction for each name; times never fall along the row, so that the gaps sum to the total.
    let reachedAtNs: [UInt64?]

    /// The milestones of a start that was ready (its first Fetch on the wire) and had its first record at these moments.
    init(spans: [ClientMetrics.Span], bornNs: UInt64, readyNs: UInt64, firstRecordNs: UInt64?, caughtUpNs: UInt64?) {
        func end(_ phase: ClientMetrics.Phase, last: Bool) -> UInt64? {
            let ends = spans.lazy.filter { $0.phase == phase && $0.isSuccess && $0.endNs <= readyNs }.map(\.endNs)
            return last ? ends.max() : ends.min()
        }
        // The first connection, handshake and metadata are what a start waits for; of the look-ups it needs all.
        var moments: [UInt64?] = [
            end(.connect, last: false), end(.apiVersions, last: false), end(.metadata, last: false),
            end(.findCoordinator, last: true), end(.offsetFetch, last: true), end(.listOffsets, last: true),
            readyNs, firstRecordNs,
        ]
        if let caughtUpNs { moments.append(caughtUpNs) }
        reachedAtNs = moments.milestones(since: bornNs)
    }
}
