// Percentiles and maxima of latencies.
extension Metric {
    /// The latencies that an experiment may record, the one it is about first.
    static func latencies(_ kind: ExperimentResult.Kind) -> [Metric] {
        switch kind {
        case .produce: [.acknowledgement, .queueing, .service, .slip].flatMap(ofRecords)
        case .endToEnd: [.endToEnd, .acknowledgement, .queueing, .service, .slip].flatMap(ofRecords)
        case .consume: []
        case .start: [.ready, .firstRecord, .caughtUp, .refusal].flatMap(ofStarts)
        }
    }

    /// Records are many: their far percentiles say more than the worst of them.
    private static func ofRecords(_ latency: LatencyRecord.Kind) -> [Metric] {
        [
            percentile("p50", 50, latency) { $0.p50Ns }, percentile("p99", 99, latency) { $0.p99Ns },
            percentile("p99.9", 99.9, latency) { $0.p999Ns }, maximum(latency, in: .none),
        ]
    }

    /// Starts are few: the worst of them is shown instead of far percentiles.
    private static func ofStarts(_ latency: LatencyRecord.Kind) -> [Metric] {
        [
            percentile("p50", 50, latency) { $0.p50Ns }, percentile("p99", 99, latency) { $0.p99Ns },
            percentile("p99.9", 99.9, latency, in: .none) { $0.p999Ns }, maximum(latency, in: .latencies),
        ]
    }

    private static func percentile(
        _ name: String, _ percentile: Double, _ latency: LatencyRecord.Kind, in table: Table = .latencies,
        _ value: @escaping @Sendable (LatencyRecord) -> UInt64
    ) -> Metric {
        Metric(
            "\(latency.key).\(name)", group: latency.title, name, .nanoseconds, better: .lower,
            .percentile(percentile, of: latency), .pooled, in: table, isAlwaysShown: table != .none,
            about: "\(latency.span()), which \(name.dropFirst()) % of them do not exceed"
        ) { made in made.latency(latency).flatMap { $0.count > 0 ? Double(value($0)) : nil } }
    }

    private static func maximum(_ latency: LatencyRecord.Kind, in table: Table) -> Metric {
        Metric(
            "\(latency.key).max", group: latency.title, "max", .nanoseconds, better: .lower, .maximum(of: latency),
            .greatest, in: table, isAlwaysShown: table != .none, about: "\(latency.span()), the greatest of them"
        ) { made in made.latency(latency).flatMap { $0.count > 0 ? Double($0.maxNs) : nil } }
    }
}

extension LatencyRecord.Kind {
    /// What it is called in a title: `ack`, `first record`.
    public var title: String { self == .acknowledgement ? "ack" : rawValue }

    /// What it is called in a key: `ack`, `firstRecord`.
    var key: String {
        switch self {
        case .acknowledgement: "ack"
        case .service: "serviceTime"
        case .slip: "scheduleSlip"
        case .queueing: "queueingTime"
        case .endToEnd: "endToEnd"
        case .ready: "ready"
        case .firstRecord: "firstRecord"
        case .caughtUp: "caughtUp"
        case .refusal: "refusal"
        }
    }

    /// From when to when it runs, where a record's begins as said.
    public func span(from begin: String = "the send, which an open loop's rate sets,") -> String {
        switch self {
        case .acknowledgement: "from \(begin) to the broker's acknowledgement"
        case .service: "from the actual send to the broker's acknowledgement"
        case .slip: "from the intended send to the actual one, which is how late Weir itself was"
        case .queueing: "from when the producer was given the record, as fast as it takes them, to the acknowledgement"
        case .endToEnd: "from \(begin) to its arrival at the consumer"
        case .ready: "from before the consumer was made to its first Fetch, sent when its positions were known"
        case .firstRecord: "from before the consumer was made to its first record"
        case .caughtUp: "from before the consumer was made to the end that every partition had"
        case .refusal: "from before the consumer was made to the error that it begins nowhere"
        }
    }
}
