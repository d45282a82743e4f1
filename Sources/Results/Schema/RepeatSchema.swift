// The part of the schema that one repeat takes.
extension ResultSchema {
    static let repeatProperties: [SchemaProperty] = [
        .required("round", .count, "From 1; repeats of one round are compared with each other."),
        .required("startedAt", .text),
        .required("invalidReasons", .list(.reference("reason")), "Empty when the repeat can be trusted."),
        .required("waived", .list(.text)),
        .required("saturated", .boolean, "What was measured could not follow: latencies are lower bounds."),
        .required("windowNs", .count),
        .required("counts", .reference("counts")),
        .optional("reconciliation", .reference("reconciliation")),
        .optional("perSecond", .reference("perSecond")),
        .required("resources", .reference("resources")),
        .required("traffic", .reference("traffic")),
        .optional("disturbances", .reference("disturbances")),
        .required("phases", .list(.reference("span")), "The repeat's own steps, from its begin."),
        .optional("breakdown", .reference("breakdown")),
        .optional("starts", .reference("starts")),
        .required("latencies", .list(.reference("latency")), "At most one of each kind."),
    ]

    static let reason: [SchemaProperty] = [
        .required("code", .choice(InvalidReason.Code.allCases.map(\.rawValue))), .required("detail", .text),
    ]

    static let counts: [SchemaProperty] = [
        .required("attempted", .count),
        .required("acknowledged", .count),
        .required("failed", .count),
        .required("acknowledgedBytes", .count, "Of key and value."),
        .required("consumed", .count),
        .required("consumedBytes", .count, "Of key and value."),
        .optional("passes", .count, "How often the preload was read to its end."),
    ]

    static let reconciliation: [SchemaProperty] = [
        .required("attempted", .integer, "Warm-up included, as all of these."),
        .required("acknowledged", .integer),
        .required("failed", .integer),
        .required("unknownOutcomes", .integer),
        .optional("endOffsetDelta", .integer, "Missing when waived."),
        .optional("readBack", .integer, "Missing when waived."),
        .optional("codecExpected", .text, "Missing when waived or unknown."),
        .required("codecsStored", .map(.integer), "Batches by the codec they are stored with."),
    ]

    static let perSecond: [SchemaProperty] = [
        .required("firstSecond", .integer, "Counted from the window's begin: -2 after a warm-up of two seconds."),
        .required("acknowledged", .list(.integer)),
        .required("consumed", .list(.integer)),
    ]

    static let resources: [SchemaProperty] = [
        .required("clientCPUNs", .count),
        .optional("clientInstructions", .count, "In user space; absent where the kernel does not count them."),
        .optional("brokerCPUNs", .count),
        .optional("othersCPUNs", .count, "Of all other processes of the host, a cluster's brokers on it among them."),
        .optional("stealNs", .count),
        .required("voluntarySwitches", .count),
        .required("involuntarySwitches", .count),
        .optional("peakMemoryBytes", .count),
        .optional("brokerMemoryBytes", .count),
    ]

    static let traffic: [SchemaProperty] = [
        .required("bytesSent", .integer),
        .required("bytesReceived", .integer),
        .required("connectionsOpened", .integer),
        .required("requestsByApi", .map(.integer)),
        .optional("roundTrips", .integer, "Of each client the longest chain of requests that waited for one another."),
    ]

    static let disturbances: [SchemaProperty] = [
        .required("lostConnections", .count, "With requests under way; in the window, as all of these."),
        .required("failedConnections", .count),
        .required("unansweredRequests", .count),
        .required("retries", .count, "Requests, fetches of a partition and batches that were sent again."),
        .optional("splitBatches", .count, "Refused as too large and sent in smaller ones."),
        .required("throttledAnswers", .count),
        .required("throttledNs", .count, "The sum of throttle_time_ms."),
        .required("longestGapNs", .count, "Without a record acknowledged or consumed; of starts, in no latency."),
        .optional("outsideNs", .count, "Of starts: what is in no start's latency, in all."),
        .optional("standstill", .reference("standstill")),
    ]

    static let standstill: [SchemaProperty] = [
        .required(
            "of", .text, "The broker or partition of which nothing came for longest, although something was due."),
        .required("longestNs", .count),
        .required("usualNs", .count, "The mean of its other stretches."),
    ]

    static let breakdown: [SchemaProperty] = [
        .required("per", .text, "What count counts: client, producer or record."),
        .required("count", .count),
        .required("phases", .list(.reference("breakdownPhase"))),
    ]

    static let breakdownPhase: [SchemaProperty] = [
        .required("name", .text), .required("count", .integer),
        .required(
            "totalNs", .count, "Since the step before: what is answered together with it takes next to nothing."),
    ]

    static let starts: [SchemaProperty] = [
        .required("milestones", .list(.text)),
        .required(
            "reachedAtNs", .list(.list(.nullable(.count))),
            "For each start, when it reached each milestone; null for one that it did not need."),
        .required("partitions", .list(.reference("partitionStarts"))),
        .optional("unit", .choice(StartsRecord.Unit.allCases.map(\.rawValue)), "What the next four are counted in."),
        .optional(
            "replayedRecords", .integer,
            "Before the commit c and read again, from the start s in the log L to E: max(0, c - max(s, L)); missing where no commit was in the log, as are the next two."
        ),
        .optional("skippedRecords", .integer, "After the commit and passed over: max(0, min(s, E) - max(c, L))."),
        .optional("lostRecords", .integer, "After the commit and no longer in the log: max(0, L - c)."),
        .optional("unreadRecords", .integer, "From the start to the end: max(0, E - s)."),
        .optional("commitsAboveEnd", .count, "On so many partitions of all starts the commit lay above the end."),
        .optional("refusals", .list(.reference("refusal"))),
        .optional("sentRecords", .list(.reference("sentRecord")), "Sent for starts at the end of the log."),
        .required("wrongCount", .count, "Derived from the partitions."),
        .required("wrong", .list(.reference("wrongStart")), "The first hundred of them."),
    ]

    static let partitionStarts: [SchemaProperty] = [
        .required("partition", .count),
        .required("rule", .text),
        .required(
            "demanded", .list(.nullable(.integer)),
            "The offset that the rule demands, for each start; null where it must be refused."),
        .optional(
            "demandedUpTo", .list(.nullable(.integer)),
            "The last offset that is as right, where the ends of the log moved meanwhile."),
        .required("observed", .list(.nullable(.integer)), "The offset that each start began at."),
        .optional("committed", .list(.nullable(.integer)), "The group's commit, for each start."),
        .optional("logStart", .list(.integer), "The log's first offset, for each start."),
        .optional("logEnd", .list(.integer), "The end of what a start could read of the log."),
    ]

    static let refusal: [SchemaProperty] = [
        .required("error", .text, "Kafka's name of the error."), .required("count", .count),
    ]

    static let sentRecord: [SchemaProperty] = [
        .required("start", .count),
        .required("gapNs", .count, "Until the engine sent it: in no time of the start."),
        .required("appendedNs", .count, "From before construction until the broker had appended it, without the gap."),
    ]

    static let wrongStart: [SchemaProperty] = [
        .required("start", .count),
        .required("partition", .count),
        .optional("demanded", .integer),
        .optional("observed", .integer),
    ]
}
