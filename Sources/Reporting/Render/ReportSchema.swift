internal import Results
internal import Statistics

// The schema of `weir.report/1`: its figures are those of the catalogue; a test holds it against
// reports.
extension Report {
    /// The JSON Schema (2020-12) of what `json()` gives.
    public static var jsonSchema: String {
        SchemaNode.document(
            title: "A report of weir (\(JSONRenderer.format))", root,
            definitions: [
                "experiment": .object(experiment), "earlyEnd": .object(earlyEnd), "axis": .object(axis),
                "cell": .object(cell), "figure": figure, "expectation": .object(expectation),
                "choice": .object(choice),
                "gate": .object(gate), "gateSide": .object(gateSide), "gateRow": .object(gateRow),
                "calibration": .object(calibration), "calibrationRow": .object(calibrationRow),
            ])
    }

    private static let root: [SchemaProperty] = [
        .required("format", .constant(JSONRenderer.format)),
        .required("scenario", .text, "The scenario's name."),
        .required("verdict", .choice(Verdict.allCases.map(\.rawValue) + GateRule.Verdict.allCases.map(\.rawValue))),
        .required("verdictText", .text),
        .optional("doubts", .list(.text), "Why the figures should not be believed although the repeats are valid."),
        .optional("result", .text, "The result's file."),
        .required("experiments", .list(.reference("experiment"))),
        .optional("expectations", .list(.reference("expectation")), "What was expected, and what became of it."),
        .optional("choices", .list(.reference("choice")), "The policies of starts side by side, state by state."),
        .required("legend", .list(.text), "How the figures are to be read."),
        .optional("gate", .reference("gate"), "What weir gate found; there are no experiments then."),
        .optional("calibration", .reference("calibration"), "What weir calibrate found; there are none either."),
    ]

    private static let gate: [SchemaProperty] = [
        .required("sides", .list(.reference("gateSide")), "The baseline, then the candidate."),
        .required("pairs", .count),
        .required("disturbedPairs", .count, "Pairs under foreign load, which count for nothing."),
        .required("slicesPerPair", .count), .required("sliceNs", .count, "How long a slice was."),
        .required("budgetNs", .count),
        .optional("ending", .choice(GateEnding.allCases.map(\.rawValue)), "Why no more pairs were measured."),
        .required("rows", .list(.reference("gateRow"))),
    ]

    private static let gateSide: [SchemaProperty] = [
        .required("name", .text), .required("said", .list(.text), "What the command line said of it."),
        .required("weir", .object([.required("version", .text), .required("commit", .text)])),
        .required("clusters", .list(.text), "The clusters that it was measured on."),
    ]

    private static let gateRow: [SchemaProperty] = [
        .required("cell", .text), .required("metric", .text),
        .required("baseline", .reference("figure")), .required("candidate", .reference("figure")),
        .required("ratio", .reference("figure"), "Candidate over baseline, with the interval of the last look."),
        .required("margin", .number, "A share, such as 0.03."),
        .required("verdict", .choice(GateRule.Verdict.allCases.map(\.rawValue) + [""]), "Empty before the first look."),
        .required("isCounted", .boolean, "Whether it is counted, and not timed."),
        .required("isJudged", .boolean, "False for a count that varies as timed figures do."),
    ]

    private static let calibration: [SchemaProperty] = [
        .required("pairs", .count), .required("disturbedPairs", .count), .required("slicesPerPair", .count),
        .optional("fixedNs", .count, "What a pair takes whatever its slices."),
        .optional("roundNs", .count, "What a round of slices takes."),
        .optional(
            "sliceNs", .count, "The length that is best for 10 minutes, of which these and rows speak."),
        .optional("lengths", .list(.object(calibrationLength)), "What was measured of each length of slices."),
        .optional("simulatedGates", .count), .optional("falseAlarms", .count, "How many of them cried wolf."),
        .required("rows", .list(.reference("calibrationRow"))),
    ]

    private static let calibrationLength: [SchemaProperty] = [
        .required("sliceNs", .count), .required("fixedNs", .count), .required("roundNs", .count),
        .required("within", .number, "Of the timed figure that differs most."), .required("between", .number),
    ]

    private static let calibrationRow: [SchemaProperty] = [
        .required("cell", .text), .required("metric", .text),
        .required("within", .number, "The standard deviation of log-ratios from slice to slice."),
        .required("between", .number, "The same from pair to pair, beyond what slices bring."),
        .required("deviation", .number, "The same of a pair as it was measured."),
        .required("margin", .number),
        .required(
            "effects", .list(.object([.required("budgetNs", .count), .required("effect", .number)])),
            "The smallest effect that is found with a probability of 90 %."),
        .optional("pairsToPass", .count, "The pairs after which the same passes with a probability of 90 %."),
    ]

    private static let experiment: [SchemaProperty] = [
        .required("name", .text),
        .required("kind", .choice(ExperimentResult.Kind.allCases.map(\.rawValue))),
        .required("cells", .list(.reference("cell"))),
        .required("notes", .list(.text)),
        .optional("endedEarly", .list(.reference("earlyEnd")), "The cells that were not measured to their end."),
    ]

    private static let expectation: [SchemaProperty] = [
        .required("cell", .text), .required("expected", .text, "The line as it was written."),
        .required("verdict", .choice(ExpectationOutcome.Verdict.allCases.map(\.rawValue))),
        .optional("value", .reference("figure"), "With its one-sided 99 % bounds; exact where it is a count."),
        .required("valueCount", .count, "How many repeats, or rounds, it is from."),
        .optional("reason", .nullable(.text), "Why it cannot be told."),
    ]

    private static let choice: [SchemaProperty] =
        [
            .required("condition", .text, "The state of group and log that starts meet."),
            .required("policy", .text), .required("sentence", .text, "What happens, in words."),
            .optional("cell", .nullable(.text), "Where several cells have the same state and policy."),
            .optional("danger", .nullable(.text), "An exception, a silent skip or a silent loss."),
        ]
        + ["readyNs", "firstRecordNs", "caughtUpNs", "refusalNs"].map {
            .optional($0, .reference("figure"), "The median.")
        }
        + ["replayed", "skipped", "lost", "unread"].map {
            .optional($0, .reference("figure"), "Of a start, on all partitions.")
        }

    private static let earlyEnd: [SchemaProperty] = [
        .required("axes", .list(.reference("axis"))),
        .required("code", .choice(InvalidReason.Code.allCases.map(\.rawValue))),
        .required("detail", .text),
        .required("repeatsNotRun", .count),
    ]

    private static let axis: [SchemaProperty] = [.required("name", .text), .required("value", .text)]

    private static let cell: [SchemaProperty] = [
        .required("axes", .list(.reference("axis"))),
        .required("figures", .object(others + metrics, patterns: families)),
    ]

    /// The figures of the catalogue.
    private static var metrics: [SchemaProperty] {
        MetricCatalogue.all.map { metric in
            let better = metric.better == .neither ? "" : "; \(metric.better.rawValue) is better"
            return .optional(metric.key, .reference("figure"), "\(metric.title): \(metric.about)\(better).")
        }
    }

    /// Figures that are known by what was measured only.
    private static let families: [SchemaProperty] = [
        .optional("^step\\.", .reference("figure"), "The mean time of a step since the one before."),
        .optional("^requests\\.", .reference("figure"), "Requests of an API, per record or start."),
        .optional("^ratio\\.", .reference("figure"), "How many times the baseline's figure this cell's is."),
        .optional("^clientCPUPerRecord\\.", .reference("figure"), "As clientCPUPerRecord, of one kind of load."),
    ]

    /// What stands beside the figures: settings, words and counts of repeats.
    private static let others: [SchemaProperty] = [
        .optional("ratePerSecond", .reference("figure"), "The rate that an open loop was asked for."),
        .optional("invalidRepeats", .reference("figure"), "So many of all repeats."),
        .optional("repeatsNotRun", .reference("figure")),
        .optional("waived", .nullable(.text), "The checks that were waived."),
        .optional("per", .nullable(.text), "What the steps are of: client, producer or record."),
        .optional("codecsStored", .nullable(.text)),
        .optional("rule", .nullable(.text), "Why starts must begin where they must."),
        .optional("offset.demanded", .reference("figure")),
        .optional("offset.observed", .reference("figure")),
        .optional("offset.unit", .nullable(.text), "What replayed, skipped, lost and unread are counted in."),
        .optional("offset.note", .nullable(.text)),
        .optional("offset.partitions", .nullable(.text), "Where each partition began, where they differ."),
    ]

    /// Nothing, a count, an amount with its unit, a part of a whole, or a range of offsets.
    private static let figure = SchemaNode.either([
        .nullable(.integer),
        .object([
            .required("value", .nullable(.number)),
            .required("unit", .choice(Metric.Unit.allCases.map(\.rawValue))),
            .optional("low", .nullable(.number), "The lower end of its interval."),
            .optional("high", .nullable(.number), "The upper end of its interval."),
            .optional("isLowerBound", .boolean), .optional("of", .text, "What a ratio is of."),
            .optional("disagreeingRepeats", .list(.nullable(.number)), "Where no one value stands for the repeats."),
        ]),
        .object([.required("value", .count), .required("of", .count)]),
        .object([.required("low", .nullable(.integer)), .required("high", .nullable(.integer))]),
    ])
}
