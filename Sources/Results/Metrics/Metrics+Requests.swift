// Requests, in all and by API.
extension Metric {
    /// The APIs that a measured client may use, by Kafka's names.
    private static let apis = [
        "ApiVersions", "Metadata", "InitProducerId", "Produce", "FindCoordinator", "OffsetFetch", "ListOffsets",
        "Fetch", "OffsetCommit",
    ]

    /// The requests of an experiment, in all and of each API that is known here.
    static func requests(_ kind: ExperimentResult.Kind) -> [Metric] {
        let all = Metric(
            "requestsPer\(kind.unit.key)", "requests/\(kind.unit.name)", .one, better: .lower, .ratio, in: .requests,
            about: "requests of every API, per \(kind.unit.name)"
        ) { made in
            made.share(Double(made.traffic.requestsByApi.values.reduce(0, +)), kind).flatMap { $0 == 0 ? nil : $0 }
        }
        return apis.map { requests($0, kind) } + [all, roundTrips(kind), sendsPerRequest]
            + (kind == .consume || kind == .start ? [] : [recordsPerBatch])
    }

    /// The requests of the APIs that repeats have sent.
    static func requests(_ kind: ExperimentResult.Kind, seenIn repeats: [Repeat]) -> [Metric] {
        Set(repeats.flatMap(\.traffic.requestsByApi.keys)).sorted().map { requests($0, kind) }
    }

    private static func requests(_ api: String, _ kind: ExperimentResult.Kind) -> Metric {
        Metric(
            "requests.\(api)", "\(api)/\(kind.unit.name)", .one, better: .lower, .ratio, in: .requests,
            about: "\(api) requests, per \(kind.unit.name)"
        ) { made in made.traffic.requestsByApi[api].flatMap { made.share(Double($0), kind) } }
    }

    private static func roundTrips(_ kind: ExperimentResult.Kind) -> Metric {
        Metric(
            "roundTripsPer\(kind.unit.key)", "round trips/\(kind.unit.name)", .one, better: .lower, .ratio,
            in: .requests,
            about: "the longest chain of requests, each sent after the answer to the one before, of every client, "
                + "per \(kind.unit.name)"
        ) { made in
            made.traffic.roundTrips.flatMap { made.share(Double($0), kind) }.flatMap { $0 == 0 ? nil : $0 }
        }
    }

    /// Always 1 or more, so that it has a ratio also where nothing was sent again.
    private static let sendsPerRequest = Metric(
        "sendsPerRequest", "sends/request", .one, better: .lower, .ratio, in: .none,
        about: "how often a request was sent until it was answered: 1 where nothing was sent again"
    ) { made in
        let sent = Double(made.traffic.requestsByApi.values.reduce(0, +))
        guard let again = made.disturbances?.retries, sent > Double(again) else { return nil }
        return sent / (sent - Double(again))
    }

    private static let recordsPerBatch = Metric(
        "recordsPerBatch", "records/batch", .one, better: .higher, .ratio, in: .requests,
        about: "records in a batch as it is stored, warm-up included"
    ) { made in
        // Both were counted by the same reading.
        guard let reconciliation = made.reconciliation, let recordCount = reconciliation.readBack else { return nil }
        let batchCount = reconciliation.codecsStored.values.reduce(0, +)
        return batchCount > 0 ? Double(recordCount) / Double(batchCount) : nil
    }
}
