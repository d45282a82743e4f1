// The schema of gates and calibrations; a test holds it against one that has every field.
extension GateResult {
    /// The JSON Schema (2020-12) of the files of gates and calibrations.
    public static var jsonSchema: String {
        SchemaNode.document(
            title: "A gate of weir (\(currentFormat))", GateSchema.gate,
            definitions: GateSchema.definitions.mapValues { .object($0) })
    }
}

enum GateSchema {
    static let gate: [SchemaProperty] = [
        .required("format", .constant(GateResult.currentFormat)),
        .required("purpose", .choice(GateResult.Purpose.allCases.map(\.rawValue))),
        .required("scenario", .reference("scenario")),
        .required("seed", .count, "The seed of everything that was drawn."),
        .required("weir", .reference("build"), "The Weir that measured and judged."),
        .required("host", .reference("host")),
        .required("sides", .list(.reference("side")), "The baseline, then the candidate."),
        .required("plan", .reference("plan")),
        .required("startedAt", .text, "UTC, as 2026-01-31T13:45:00Z."),
        .optional("endedAt", .text, "UTC; missing while it goes on, or when it was killed."),
        .optional("ending", .choice(GateEnding.allCases.map(\.rawValue)), "Why no more pairs were measured."),
        .required("rows", .list(.reference("row"))),
        .required("pairs", .list(.reference("pair"))),
        .required("disturbedPairs", .count, "Pairs under foreign load, which count for nothing."),
        .required("notes", .list(.text)),
        .optional("simulated", .reference("simulated"), "The gates simulated from a calibration's pairs."),
        .optional("calibration", .text, "The file of the newest calibration of this host when it began."),
    ]

    static let definitions: [String: [SchemaProperty]] = [
        "scenario": ResultSchema.definitions["scenario"] ?? [], "build": ResultSchema.definitions["build"] ?? [],
        "host": ResultSchema.definitions["host"] ?? [], "axis": ResultSchema.definitions["axis"] ?? [],
        "side": side, "plan": plan, "row": row, "pair": pair, "figure": figure,
        "sideCounts": [.required("baseline", .count), .required("candidate", .count)],
        "simulated": [.required("gates", .count), .required("alarms", .count, "Those that cried wolf.")],
    ]

    private static let side: [SchemaProperty] = [
        .required("name", .text), .required("said", .list(.text), "What the command line said, such as weir=PATH."),
        .required("weir", .reference("build")),
        .required("clusters", .list(.text), "The clusters that it was measured on, which cannot be started anew."),
    ]

    private static let plan: [SchemaProperty] = [
        .required("budgetNs", .count), .required("sliceCount", .count, "The rounds of slices in a pair."),
        .required("sliceNs", .count),
        .required("foreignCoresMax", .number, "The cores that others may keep busy, on the mean of a pair."),
    ]

    private static let row: [SchemaProperty] = [
        .required("experiment", .text), .required("axes", .list(.reference("axis"))),
        .required("kind", .choice(ExperimentResult.Kind.allCases.map(\.rawValue))),
        .required("metric", .text, "The metric's key."), .required("margin", .number, "A share, such as 0.03."),
        .required("isCounted", .boolean), .required("isAsked", .boolean, "Whether the scenario names it."),
    ]

    private static let pair: [SchemaProperty] = [
        .required("startedAt", .text), .required("first", .text, "The side whose processes were started first."),
        .required("durationNs", .count), .required("roundNs", .count, "What a round of slices took, on the mean."),
        .optional("sliceNs", .count, "How long its slices were, where a calibration tries several lengths."),
        .required("figures", .list(.reference("figure")), "A figure for each row, in their order."),
        .optional("othersCores", .number), .optional("stolenCores", .number), .optional("throttledCores", .number),
        .optional("writebackBytes", .count, "Bytes under way to the disks when it began."),
        .required("baselineStandstills", .count, "Its slices in which nothing came for too long; left out."),
        .required("candidateStandstills", .count),
        .optional("saturated", .reference("sideCounts"), "Slices whose latencies are lower bounds, and left out."),
    ]

    private static let figure: [SchemaProperty] = [
        .required("logRatio", .number, "The mean logarithm of how many times worse the candidate is."),
        .required("sliceDeviation", .number), .required("sliceCount", .count), .required("aloneCount", .count),
        .required("baseline", .number, "The geometric mean over slices."), .required("candidate", .number),
    ]
}
