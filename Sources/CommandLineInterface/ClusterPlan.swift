import LoadEngine
import Reporting
import Scenario

/// What a run will do on somebody's cluster, in plain words.
struct ClusterPlan {
    let scenario: Scenario
    /// The run whose names are shown; nil where none is about to begin.
    let run: RunId?

    /// The plan, a block a cluster; nothing of the embedded broker, which is gone when the run
    /// ends.
    func lines() -> [String] {
        let clusters = addresses
        if clusters.isEmpty { return run.map { ["  run \($0)"] } ?? [] }
        return clusters.flatMap { address in
            let part = ClusterPart(
                address: address, name: run.map(\.description) ?? "RUN",
                experiments: scenario.experiments.map { experiment in
                    var experiment = experiment
                    experiment.cells.removeAll { $0.target.clusterAddress != address }
                    return experiment
                })
            let head = run.map { "run \($0) on \(address)" } ?? "on \(address)"
            let what = part.rows.map { "  \($0.verb.padding(8)) \($0.words)" }
            let command = run.map { "  should it be killed: weir clean --bootstrap-servers \(address) --run \($0)" }
            return [head] + what + (part.makesOrMoves ? [command].compactMap { $0 } : [])
        }
    }

    private var addresses: [String] {
        var found: [String] = []
        for address in scenario.experiments.flatMap(\.cells).compactMap(\.target.clusterAddress)
        where !found.contains(address) { found.append(address) }
        return found
    }
}

/// The plan for one cluster.
private struct ClusterPart {
    typealias Row = (verb: String, words: String)

    let address: String
    /// The run's id, or a placeholder.
    let name: String
    let experiments: [Experiment]

    var rows: [Row] {
        [creates] + writes.map { ("writes", $0) } + reads.map { ("reads", $0) } + commits.map { ("commits", $0) }
            + [deletes]
    }

    /// Whether anything would be left if the run were killed.
    var makesOrMoves: Bool { !made.isEmpty || !ownGroups.isEmpty || groups.contains { $0.start.movedGroup != nil } }

    private var cells: [Cell] { experiments.flatMap(\.cells) }
    private var made: [Cell] { cells.filter { $0.topic.existing == nil } }

    private var creates: Row {
        guard !made.isEmpty else { return ("creates", "no topic") }
        let partitions = made.map(\.topic.partitions).reduce(0, +)
        let names = Set(made.map { "\($0.topic.namePrefix)weir-\(name)-…" }).sorted().joined(separator: ", ")
        return (
            "creates",
            "\(NumberText.counted(made.count, "topic")) with \(NumberText.counted(partitions, "partition")), named \(names)"
        )
    }

    // MARK: Writes

    private var writes: [String] {
        var lines: [String] = []
        let preloads = made.compactMap(\.topic.preload)
        if !preloads.isEmpty {
            let byteCount = preloads.map { Double($0.recordCount) * Double($0.value.byteCount) }.reduce(0, +)
            lines.append(
                "\(records(preloads.map(\.recordCount).reduce(0, +))) to them before measuring "
                    + "(\(NumberText.bytes(byteCount)) of values)")
        }
        lines += produced(made: true, to: "to them")
        for topic in existing {
            let sums = produced(made: false, to: "to '\(topic)', where it stays", topic: topic)
            lines += sums
            if sums.isEmpty, !isGivenRecords(topic) { lines.append("nothing to '\(topic)', which is not this run's") }
        }
        for topic in existing where isGivenRecords(topic) {
            lines.append("a record to each partition of '\(topic)' for each start at its end, where it stays")
        }
        if made.contains(where: \.mayNeedRecord) {
            lines.append("a record to each of their partitions for each start at its end")
        }
        return lines
    }

    private var existing: [String] { Set(cells.compactMap(\.topic.existing)).sorted() }

    private func isGivenRecords(_ topic: String) -> Bool {
        cells.contains { $0.topic.existing == topic && $0.topic.allowsWrites && $0.mayNeedRecord }
    }

    /// What is produced, bounded where a rate or a number of records bounds it.
    private func produced(made: Bool, to place: String, topic: String? = nil) -> [String] {
        var (count, byteCount, seconds) = (0.0, 0.0, 0.0)
        for experiment in experiments {
            for cell in experiment.cells where (cell.topic.existing == nil) == made && cell.topic.existing == topic {
                guard let produce = cell.workload.produce else { continue }
                let repeats = Double(cell.measure.repeats)
                if let once = cell.producedMax {
                    count += once * repeats
                    byteCount += once * repeats * Double(produce.value.byteCount)
                } else {
                    seconds += cell.producingSeconds * repeats
                }
            }
        }
        var lines: [String] = []
        if count > 0 {
            lines.append(
                "up to \(records(Int(min(count.rounded(.up), 9e18)))) \(place) (\(NumberText.bytes(byteCount)) of values)"
            )
        }
        if seconds > 0 {
            lines.append("what \(TimeText.duration(ns: seconds * 1e9)) of producing without a rate bring, \(place)")
        }
        return lines
    }

    // MARK: Groups

    private var groups: [(start: StartSpec, topic: TopicSpec)] {
        cells.compactMap { cell in cell.workload.start.map { ($0, cell.topic) } }
    }

    private var reads: [String] {
        Set(groups.compactMap { $0.start.readGroup }).sorted().map {
            "the commits of group '\($0)', which stay as they are"
        }
    }

    private var ownGroups: [String] {
        let prefixes = groups.compactMap { start, topic -> String? in
            guard case .new(let prefix) = start.group, start.committed != .nothing else { return nil }
            return prefix ?? topic.namePrefix
        }
        return Set(prefixes).sorted().map { "\($0)weir-\(name)-…" }
    }

    private var commits: [String] {
        let theirs = Set(groups.compactMap { $0.start.movedGroup }).sorted().map {
            "for group '\($0)', which is not this run's: its commits are saved first and put back at the end"
        }
        let own = ownGroups.isEmpty ? [] : ["for groups of its own, named \(ownGroups.joined(separator: ", "))"]
        return theirs.isEmpty && own.isEmpty ? ["nothing"] : own + theirs
    }

    private var deletes: Row {
        let what = [made.isEmpty ? nil : "those topics", ownGroups.isEmpty ? nil : "those groups"].compactMap { $0 }
        return ("deletes", what.isEmpty ? "nothing" : "at its end \(what.joined(separator: " and ")), and nothing else")
    }

    private func records(_ count: Int) -> String { NumberText.counted(count, "record") }
}

extension Cell {
    /// Whether a start may begin at the end of the log and wait for a record there.
    fileprivate var mayNeedRecord: Bool {
        guard let start = workload.start, start.until != .ready else { return false }
        return start.properties["auto.offset.reset"] == "latest"
    }

    /// The most records that one repeat produces, where something bounds them.
    fileprivate var producedMax: Double? {
        guard let produce = workload.produce else { return nil }
        let warmup = Double(measure.warmupNs) / 1e9
        switch (produce.load, measure.extent) {
        case (.rate(let perSecond), .time(let ns)): return perSecond * (warmup + Double(ns) / 1e9)
        case (.rate(let perSecond), .records(let count)): return perSecond * warmup + Double(count)
        case (_, .records(let count)): return measure.warmupNs == 0 ? Double(count) : nil
        default: return nil
        }
    }

    fileprivate var producingSeconds: Double {
        guard case .time(let ns) = measure.extent else { return Double(measure.warmupNs) / 1e9 }
        return Double(measure.warmupNs + ns) / 1e9
    }
}

extension StartSpec {
    fileprivate var readGroup: String? {
        guard case .existing(let name, false) = group else { return nil }
        return name
    }

    fileprivate var movedGroup: String? {
        guard case .existing(let name, true) = group else { return nil }
        return name
    }
}

extension String {
    fileprivate func padding(_ width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
