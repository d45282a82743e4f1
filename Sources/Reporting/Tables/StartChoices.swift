internal import Measurement
internal import Results
internal import Statistics

/// The table that answers which policy to choose: the policies side by side in each state that a
/// start may meet.
struct StartChoices {
    private let result: RunResult

    init(_ result: RunResult) { self.result = result }

    /// Nil where no state was met by two policies.
    func table() throws(HistogramError) -> Table? {
        let cells = result.experiments.filter { $0.kind == .start }.flatMap { experiment in
            experiment.cells.compactMap { cell in cell.start.map { (experiment, cell, $0) } }
        }
        var conditions: [String] = []
        for (_, _, choice) in cells where !conditions.contains(choice.condition) { conditions.append(choice.condition) }
        let isChoice = conditions.contains { condition in
            Set(cells.filter { $0.2.condition == condition }.map(\.2.policy)).count > 1
        }
        guard isChoice else { return nil }
        let isAmbiguous = Set(cells.map(\.2)).count < cells.count
        var rows: [[Entry]] = []
        for condition in conditions {
            for (experiment, cell, choice) in cells where choice.condition == condition {
                let place = isAmbiguous ? cell.axes.place(in: experiment.name) : nil
                rows.append(try row(cell, choice, place))
            }
        }
        return Table(caption: Self.caption, axisCount: 2, columns: Self.columns, rows: rows).withoutEmptyColumns()
    }

    private static let caption =
        "which one do I choose: for each state that a start may meet, what each policy does; records are a start's, on all "
        + "partitions, and times medians; an exception, a silent skip and a silent loss are dangers"

    private static let columns = [
        Column(title: "state", key: "condition", isText: true), Column(title: "policy", key: "policy", isText: true),
        Column(title: "cell", key: "cell", isText: true), Column(title: "danger", key: "danger", isText: true),
        Column(group: "time to", title: "ready", key: "readyNs"),
        Column(group: "time to", title: "first record", key: "firstRecordNs"),
        Column(group: "time to", title: "caught up", key: "caughtUpNs"),
        Column(group: "time to", title: "exception", key: "refusalNs"),
        Column(group: "a start", title: "replayed", key: "replayed"),
        Column(group: "a start", title: "skipped", key: "skipped"),
        Column(group: "a start", title: "lost", key: "lost"),
        Column(group: "a start", title: "unread", key: "unread"),
        Column(title: "in words", key: "sentence", isText: true),
    ]

    private func row(_ cell: CellResult, _ choice: StartChoice, _ place: String?) throws(HistogramError) -> [Entry] {
        let figures = try CellFigures(cell, seed: result.seed)
        let effect = StartEffect(cell)
        func median(_ latency: LatencyRecord.Kind) -> Entry {
            guard let metric = MetricCatalogue(.start).metrics.first(where: { $0.kind == .percentile(50, of: latency) })
            else { return .nothing }
            return figures.entry(metric)
        }
        func amount(_ value: Double?) -> Entry {
            value.map { .count(Int64(min($0.rounded(), 0x1p62))) } ?? (effect == nil ? .nothing : .leftOut)
        }
        return [
            .text(choice.condition), .text(choice.policy), place.map { .text($0) } ?? .nothing,
            effect?.danger.map { .text("! \($0)") } ?? .nothing,
            median(.ready), median(.firstRecord), median(.caughtUp), median(.refusal),
            amount(effect?.replayed), amount(effect?.skipped), amount(effect?.lost), amount(effect?.unread),
            .text(effect?.sentence ?? "Not measured."),
        ]
    }
}

/// What a start of a cell does to its group, on average over the starts of valid repeats.
struct StartEffect {
    let replayed: Double?
    let skipped: Double?
    let lost: Double?
    let unread: Double?
    /// Kafka's name of the error that all starts, or some, end with.
    let refusal: String?
    /// Whether some starts began.
    let hasBegun: Bool
    /// Records of a log that was made anew below the commit, and that a start passes over.
    let passedOver: Double
    let isCommitAboveEnd: Bool
    private let hasCommit: Bool
    private let unit: String

    /// Nil where there is no valid start, or none that says what it meant.
    init?(_ cell: CellResult) {
        let records = cell.validRepeats.compactMap(\.starts)
        let count = Double(records.map(\.reachedAtNs.count).reduce(0, +))
        guard count > 0, let unit = records.lazy.compactMap(\.unit).first else { return nil }
        var totals = StartTotals()
        for record in records { totals.add(record.totals) }
        replayed = totals.replayed.map { Double($0) / count }
        skipped = totals.skipped.map { Double($0) / count }
        lost = totals.lost.map { Double($0) / count }
        unread = totals.unread.map { Double($0) / count }
        refusal = records.lazy.flatMap(\.refusals).map(\.error).first
        let partitions = records.flatMap(\.partitions)
        hasBegun = partitions.contains { $0.observed.contains { $0 != nil } }
        hasCommit = partitions.contains { $0.committed?.contains { $0 != nil } == true }
        isCommitAboveEnd = totals.commitsAboveEnd > 0
        passedOver = partitions.map(Self.passedOver).reduce(0, +) / count
        self.unit = unit == .records ? "record" : "offset"
    }

    /// What starts with a commit above the end pass over, from the log's first record on.
    private static func passedOver(_ partition: PartitionStarts) -> Double {
        guard let commits = partition.committed, let starts = partition.logStart, let ends = partition.logEnd,
            commits.count == partition.observed.count, starts.count == commits.count, ends.count == commits.count
        else { return 0 }
        return partition.observed.indices.map { index in
            guard let commit = commits[index], let observed = partition.observed[index], commit > ends[index] else {
                return 0
            }
            return max(0, Double(min(observed, ends[index])) - Double(starts[index]))
        }.reduce(0, +)
    }

    /// What somebody should know before choosing it; nil where nothing is lost and nothing fails.
    var danger: String? {
        if refusal != nil { return "exception" }
        if (skipped ?? 0) > 0 || passedOver > 0 { return "silent skip" }
        return (lost ?? 0) > 0 ? "silent loss" : nil
    }

    /// What happens, for a person.
    var sentence: String {
        if let refusal {
            return hasBegun
                ? "Some partitions begin, then \(refusal) ends the consumer: somebody must say where to start."
                : "Ends with \(refusal) and reads nothing until somebody says where to start."
        }
        var parts: [String] = []
        if isCommitAboveEnd {
            parts.append(
                passedOver > 0
                    ? "passes over \(amount(passedOver)) of the log that was made anew, and no error says so"
                    : "takes a log that was made anew from its first record")
        }
        if let skipped, skipped > 0 { parts.append("never reads \(amount(skipped)), and no error says so") }
        if let replayed, replayed > 0 { parts.append("reads \(amount(replayed)) twice") }
        if let lost, lost > 0 { parts.append("retention had taken \(amount(lost)) before, and no error says so") }
        if parts.isEmpty {
            parts = [
                hasCommit ? "goes on at the commit: nothing twice, nothing missed" : "reads all that is in the log"
            ]
        }
        let text = parts.joined(separator: "; ")
        return text.prefix(1).uppercased() + text.dropFirst() + "."
    }

    private func amount(_ value: Double) -> String {
        let rounded = Int64(min(value.rounded(), 0x1p62))
        return rounded == 1 ? "1 \(unit)" : "\(NumberText.grouped(rounded)) \(unit)s"
    }
}
