import KafkaClient

/// When one life of a producer, or of the client under it too, reached each of its milestones.
struct LifeMilestones {
    /// The milestones in the order in which a life passes them; what it does not need stays empty.
    static let names = ["connect", "ApiVersions", "Metadata", "InitProducerId", "produce", "flush and close"]
    /// What must be traced for them.
    static let spanKinds: Set<ClientMetrics.SpanKind> = [.connect, .apiVersions, .metadata, .initProducerId]

    /// Nanoseconds since before construction for each name; times never fall along the row, so that
    /// the gaps sum to the whole life.
    let reachedAtNs: [UInt64?]

    /// The milestones of a life of `client` that had its last acknowledgement and its end at these
    /// moments.
    ///
    /// Requests are pipelined, so a request that is answered together with another adds next to
    /// nothing. Where lives share a client, a request belongs to the life that began last before
    /// it.
    init(spans: [ClientMetrics.Span], client: Int, bornNs: UInt64, acknowledgedNs: UInt64, closedNs: UInt64) {
        func end(_ kind: ClientMetrics.SpanKind) -> UInt64? {
            // A loop: chained filters look up their types again for each life, which was 7 % of a
            // life's instructions.
            var first: ClientMetrics.Span?
            for span in spans where span.client == client && span.kind == kind && span.isSuccess {
                guard span.beginNs >= bornNs, span.endNs <= acknowledgedNs else { continue }
                if span.beginNs < first?.beginNs ?? .max { first = span }
            }
            return first?.endNs
        }
        reachedAtNs = [
            end(.connect), end(.apiVersions), end(.metadata), end(.initProducerId), acknowledgedNs, closedNs,
        ].milestones(since: bornNs)
    }
}
