internal import Measurement

// What kept the clients from their work.
extension Metric {
    static func disturbances(_ kind: ExperimentResult.Kind) -> [Metric] {
        let failed = Metric(
            "failedRecords", group: "records", "failed", .one, better: .lower, .count, .greatestOfAll,
            in: .disturbances, about: "records of the window that failed"
        ) { Double($0.counts.failed) }
        let outside = Metric(
            "outsideNs", group: "outside latencies", "in all", .nanoseconds, better: .lower, .time, .greatestOfAll,
            in: .disturbances, about: "time that is in no start's latency"
        ) { $0.disturbances?.outsideNs.map { Double($0) } }
        let isStart = kind == .start
        let gap = Metric(
            "longestGapNs", group: isStart ? "outside latencies" : "without a record", "longest", .nanoseconds,
            better: .lower, .time, .greatestOfAll, in: .disturbances,
            about: "the longest stretch of the window "
                + (isStart ? "that is in no start's latency" : "without any record acknowledged or consumed")
        ) { $0.disturbances.map { Double($0.longestGapNs) } }
        let standstill = Metric(
            "standstillNs", group: "one part silent", "longest", .nanoseconds, better: .lower, .time, .greatestOfAll,
            in: .disturbances,
            about: "the longest stretch in which nothing came of one broker or partition that was due"
        ) { $0.disturbances?.standstill.map { Double($0.longestNs) } }
        return [gap] + (isStart ? [outside] : [standstill]) + (kind == .consume || isStart ? [] : [failed]) + noticed
            + host
    }

    private static let noticed: [Metric] = [
        disturbance("lostConnections", group: "connections", "lost", "lost with requests under way") {
            Double($0.lostConnections)
        },
        disturbance("failedConnections", group: "connections", "failed", "attempts to connect that failed") {
            Double($0.failedConnections)
        },
        disturbance("unansweredRequests", group: "requests", "unanswered", "requests sent and never answered") {
            Double($0.unansweredRequests)
        },
        disturbance(
            "retries", "retries", "requests, fetches of a partition and batches that failed and were sent again"
        ) { Double($0.retries) },
        disturbance("splitBatches", "splits", "batches refused as too large and sent in smaller ones") {
            Double($0.splitBatches ?? 0)
        },
        disturbance("throttledAnswers", group: "throttled", "answers", "answers by which a quota held a client back") {
            Double($0.throttledAnswers)
        },
        Metric(
            "throttledNs", group: "throttled", "time", .nanoseconds, better: .lower, .time, .greatestOfAll,
            in: .disturbances, about: "the sum of throttle_time_ms over all answers"
        ) { $0.disturbances.map { Double($0.throttledNs) } },
    ]

    private static let host: [Metric] = [
        Metric(
            "othersCores", group: "others' CPU", "cores", .one, better: .neither, .ratio, .greatestOfAll,
            in: .disturbances, about: "how many of the host's cores other processes kept busy"
        ) { $0.othersCores },
        Metric(
            "stolenCores", group: "stolen", "cores", .one, better: .neither, .ratio, .greatestOfAll, in: .none,
            about: "how many of the host's cores the hypervisor took"
        ) { $0.stolenCores },
    ]

    private static func disturbance(
        _ key: String, group: String = "", _ name: String, _ about: String,
        _ value: @escaping @Sendable (Disturbances) -> Double
    ) -> Metric {
        Metric(
            key, group: group, name, .one, better: .lower, .count, .greatestOfAll, in: .disturbances, about: about
        ) { $0.disturbances.map(value) }
    }
}

extension Repeat {
    /// How many cores other processes of the host kept busy; nil where the kernel does not tell.
    public var othersCores: Double? { cores(resources.othersCPUNs) }

    /// How many cores the hypervisor took; nil where the kernel does not tell.
    public var stolenCores: Double? { cores(resources.stealNs) }

    private func cores(_ cpuNs: UInt64?) -> Double? {
        guard let cpuNs, windowNs > 0 else { return nil }
        return Double(cpuNs) / Double(windowNs)
    }
}
