import Reporting

/// What a benchmark says: conditions, tables of figures, targets.
public struct BenchmarkReport: Sendable {
    private let record: BenchmarkRecord
    private let tables: [TextTable]

    /// The report of a run, of the cells that were begun.
    public init(_ record: BenchmarkRecord) {
        self.record = record
        let profile = Profile(record.profile, kafkas: record.conditions.kafkas)
        let entries = profile.groups.flatMap(\.entries).filter { record.plannedRounds[$0.cell.id] != nil }
        let kafkas = record.conditions.kafkas.isEmpty ? ["not there"] : record.conditions.kafkas
        // A run of chosen cells lists no targets of other cells.
        let goals = Goal.all(kafkas: kafkas).filter { record.only.isEmpty || record.plannedRounds[$0.cell.id] != nil }
            .map { $0.result(record) }
        tables = (FigureTables(record: record, entries: entries).all() + [GoalTable(results: goals).table()])
            .filter { !$0.rows.isEmpty }
    }

    /// The report for a terminal.
    public var console: String {
        (heading + [""] + tables.map { $0.console + "" } + notes).joined(separator: "\n") + "\n"
    }

    /// The report as Markdown.
    public var markdown: String {
        (heading.map { "- \($0)" } + [""] + tables.map { $0.markdown + "" } + notes.map { "- \($0)" })
            .joined(separator: "\n") + "\n"
    }

    private var heading: [String] {
        let conditions = record.conditions
        let clients = Contestant.allCases.compactMap { contestant in
            Contestant.floors.contains(contestant) || contestant == .weir
                ? nil : record.version(of: contestant).map { "\(contestant.rawValue) \($0)" }
        }
        let rounds = Set(record.plannedRounds.values).sorted().map(String.init).joined(separator: " and ")
        return [
            "weir-bench \(record.profile.rawValue), \(conditions.startedAt)\(record.isInterrupted ? ", interrupted" : "")",
            "\(conditions.coreCount) cores of \(conditions.cpuModel), \(NumberText.bytes(Double(conditions.memoryBytes)))"
                + ", \(conditions.kernel), \(conditions.operatingSystem); broker and clients on the same machine, over loopback",
            "weir \(conditions.weir); \(clients.joined(separator: ", "))",
            "\(rounds) \(rounds == "1" ? "round" : "rounds"), seed \(conditions.seed); \(settingsLine)",
        ]
    }

    private var settingsLine: String {
        let settings = record.conditions.settings
        return "\(settings.partitions) partitions; fixed rows: acks \(settings.acks), batch.size \(settings.batchSize)"
            + ", linger.ms \(settings.lingerMs), \(settings.inFlight) in flight, max.partition.fetch.bytes "
            + "\(settings.partitionFetchMaxBytes), fetch.max.wait.ms \(settings.fetchMaxWaitMs) (weir 0), CRCs checked"
    }

    private var notes: [String] {
        var notes = [
            "\(IntervalText.rule) The interval is the range over the rounds. Ratios are geometric means of the ratios within rounds, with their 95 % interval."
        ]
        notes += record.missing.sorted { $0.key.rawValue < $1.key.rawValue }.map { "not measured: \($0.title): \($1)" }
        notes += record.skipped.map { "skipped: \($0)" }
        notes += Goal.shownElsewhere.map { "shown elsewhere: \($0)" }
        notes.append("written back to disk: \(NumberText.bytes(writtenBack)) during all samples")
        return notes + discarded
    }

    private var writtenBack: Double { record.samples.compactMap(\.writtenBackBytes).reduce(0) { $0 + Double($1) } }

    /// Samples that do not count, those with the same reason together.
    private var discarded: [String] {
        var rounds: [String: [Int]] = [:]
        var order: [String] = []
        for sample in record.samples {
            guard let failure = sample.failure else { continue }
            let key = "\(sample.cell), \(sample.contestant.rawValue): \(failure)"
            if rounds[key] == nil { order.append(key) }
            rounds[key, default: []].append(sample.round)
        }
        return order.map { key in
            let list = (rounds[key] ?? []).map(String.init).joined(separator: ", ")
            return "discarded: \(key) (round \(list))"
        }
    }
}
