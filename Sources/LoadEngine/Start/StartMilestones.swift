import KafkaClient
import Scenario

/// When one start reached each of its milestones, read off the client's trace.
struct StartMilestones {
    /// The milestones in the order in which a start passes them; what a start does not need stays
    /// empty.
    static let names = [
        "connect", "ApiVersions", "Metadata", "FindCoordinator", "OffsetFetch", "ListOffsets", "first Fetch",
        "out-of-range answer", "reset ListOffsets", "first record", "caught up", "refusal",
    ]
    /// What must be traced for them.
    static let spanKinds: Set<ClientMetrics.SpanKind> = [
        .connect, .apiVersions, .metadata, .findCoordinator, .offsetFetch, .listOffsets,
    ]

    /// Nanoseconds since before construction for each name; times never fall along the row, so that
    /// the gaps sum to the total.
    let reachedAtNs: [UInt64?]

    /// The milestones of a start. ListOffsets is one of them only if the start `needsList`: it is
    /// sent beside OffsetFetch, and where every partition has a valid commit nobody waits for it.
    init(spans: [ClientMetrics.Span], bornNs: UInt64, ends: StartEnds, until: StartSpec.End, needsList: Bool) {
        let lookedUpNs = ends.readyNs ?? ends.refusal?.atNs ?? 0
        func end(_ kind: ClientMetrics.SpanKind, last: Bool) -> UInt64? {
            let ends = spans.lazy.filter { $0.kind == kind && $0.isSuccess && $0.endNs <= lookedUpNs }.map(\.endNs)
            return last ? ends.max() : ends.min()
        }
        // A reset after the first record has not delayed that record.
        let resets = spans.filter {
            $0.kind == .listOffsets && $0.isSuccess && $0.beginNs >= lookedUpNs
                && $0.endNs <= ends.firstRecordNs ?? 0
        }
        // A start waits for the first connection, handshake and metadata, and for all of its
        // look-ups.
        let moments: [UInt64?] = [
            end(.connect, last: false), end(.apiVersions, last: false), end(.metadata, last: false),
            end(.findCoordinator, last: true), end(.offsetFetch, last: true),
            needsList ? end(.listOffsets, last: true) : nil, ends.readyNs,
            resets.map(\.beginNs).min(), resets.map(\.endNs).max(), ends.firstRecordNs,
            until == .caughtUp ? ends.caughtUpNs : nil, ends.refusal?.atNs,
        ]
        reachedAtNs = moments.milestones(since: bornNs)
    }
}
