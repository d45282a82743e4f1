/// The result's schema, object by object; a test holds it against a result that has every field.
enum ResultSchema {
    static let result: [SchemaProperty] = [
        .required("format", .constant(RunResult.currentFormat)),
        .optional("runId", .text, "What the names of its topics and groups have in them: UTC start time and letters."),
        .required("scenario", .reference("scenario")),
        .required("labels", .map(.text), "What --label gave."),
        .required("seed", .count, "The seed of everything that was drawn."),
        .required("weir", .reference("build")),
        .required("host", .reference("host")),
        .required("brokers", .list(.reference("broker"))),
        .required("startedAt", .text, "UTC, as 2026-01-31T13:45:00Z."),
        .optional("endedAt", .text, "UTC; missing while the run lasts, or when it was killed."),
        .required("interrupted", .boolean),
        .optional(
            "endedEarly", .reference("reason"), "Why it ended before all repeats were done, unless it was stopped."),
        .required("experiments", .list(.reference("experiment"))),
    ]

    static let definitions: [String: [SchemaProperty]] = [
        "scenario": scenario, "build": build, "host": host, "broker": broker, "experiment": experiment,
        "axis": axis, "cell": cell, "expectation": expectation, "load": load, "repeat": repeatProperties,
        "reason": reason, "counts": counts,
        "reconciliation": reconciliation, "perSecond": perSecond, "resources": resources, "traffic": traffic,
        "disturbances": disturbances, "standstill": standstill,
        "span": span, "breakdown": breakdown, "breakdownPhase": breakdownPhase, "starts": starts,
        "partitionStarts": partitionStarts, "wrongStart": wrongStart, "refusal": refusal, "sentRecord": sentRecord,
        "latency": latency,
    ]

    private static let scenario: [SchemaProperty] = [
        .required("name", .text),
        .optional("about", .text),
        .required("path", .text),
        .required("written", .text, "The file's text as written."),
        .required("resolved", .text, "With every default, as weir validate --resolved prints it."),
        .required("overrides", .list(.text), "Each PATH=VALUE, in order."),
        .required("only", .list(.text)),
        .required("warnings", .list(.text)),
    ]

    private static let build: [SchemaProperty] = [.required("version", .text), .required("commit", .text)]

    private static let host: [SchemaProperty] = [
        .required("name", .text),
        .required("operatingSystem", .text),
        .required("kernel", .text),
        .required("architecture", .text),
        .required("cpuModel", .text),
        .required("coreCount", .count),
        .required("memoryBytes", .count),
    ]

    private static let broker: [SchemaProperty] = [
        .required("name", .text, "What cells refer to it by."),
        .required("kind", .choice(["embedded", "cluster"])),
        .optional("software", .text),
        .required("address", .text),
        .optional("nodeCount", .count),
        .required("configuration", .map(.text), "An embedded broker's; empty for a cluster."),
        .required("commandConfigKeys", .list(.text), "The names of what --command-config gave; never the values."),
    ]

    private static let experiment: [SchemaProperty] = [
        .required("name", .text),
        .required("kind", .choice(ExperimentResult.Kind.allCases.map(\.rawValue))),
        .required("axes", .list(.text), "What the cells' axes are called, in order."),
        .optional("baseline", .list(.reference("axis"))),
        .required("plannedRepeats", .count),
        .required("cells", .list(.reference("cell"))),
    ]

    private static let axis: [SchemaProperty] = [.required("name", .text), .required("value", .text)]

    private static let cell: [SchemaProperty] = [
        .required("axes", .list(.reference("axis")), "A value for each of the experiment's axes, in their order."),
        .required("broker", .text, "The name of one of the brokers."),
        .optional("load", .reference("load")),
        .optional(
            "start", .object([.required("policy", .text), .required("condition", .text)]),
            "The policy of its starts and the state of group and log that they meet, in words."),
        .required(
            "verdict", .choice(Verdict.allCases.map(\.rawValue)), "Derived from the repeats, also when a file is read."),
        .optional("endedEarly", .reference("reason"), "Why the repeats that are missing were not made."),
        .optional("expectations", .list(.reference("expectation")), "What was expected of it, as the scenario says."),
        .optional("invalidShareMax", .number, "The share of its repeats that may be left out for bad conditions."),
        .required("repeats", .list(.reference("repeat"))),
    ]

    private static let expectation: [SchemaProperty] = [
        .required("metric", .text, "The title that tables show."),
        .required("relation", .choice(Expectation.Relation.allCases.map(\.rawValue))),
        .required("bound", .number, "In the unit's own measure."),
        .required("unit", .choice(Expectation.Unit.allCases.map(\.rawValue))),
        .required("text", .text, "The line as it was written."),
    ]

    private static let load: [SchemaProperty] = [
        .required("kind", .choice(["closed", "open", "unlimited"])),
        .optional("concurrency", .count),
        .optional("ratePerSecond", .number),
    ]

    private static let span: [SchemaProperty] = [
        .required("name", .text), .required("beginNs", .count), .required("endNs", .count),
    ]

    private static let latency: [SchemaProperty] = [
        .required("kind", .choice(LatencyRecord.Kind.allCases.map(\.rawValue))),
        .required("count", .count),
        .required("minNs", .count),
        .required("meanNs", .number),
        .required("p50Ns", .count),
        .required("p90Ns", .count),
        .required("p99Ns", .count),
        .required("p999Ns", .count),
        .required("maxNs", .count),
        .required("histogram", .text, "HdrHistogram's V2 compressed encoding in base64, of nanoseconds."),
    ]
}
