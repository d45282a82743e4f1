internal import Measurement
internal import Results

/// What stands above all tables.
enum ReportHeading {
    static func lines(_ result: RunResult) -> [String] {
        let about = result.scenario.about.map { ": \($0)" } ?? ""
        return ["\(result.scenario.name)\(about)"] + result.brokers.map(broker) + [host(result)] + extras(result)
    }

    private static func broker(_ broker: BrokerRecord) -> String {
        let kind = broker.kind == .embedded ? "embedded broker" : "cluster"
        let software = broker.software.map { " (\($0))" } ?? ""
        let nodes = broker.nodeCount.map { $0 > 1 ? ", \($0) brokers" : "" } ?? ""
        return "against the \(kind)\(software) at \(broker.address)\(nodes)"
    }

    private static func host(_ result: RunResult) -> String {
        let host = result.host
        let memory = NumberText.bytes(Double(host.memoryBytes))
        return "on \(host.coreCount) cores of \(host.cpuModel), \(memory), \(host.kernel); "
            + "weir \(result.weir.version) (\(result.weir.commit)), seed \(result.seed), \(result.startedAt)"
    }

    private static func extras(_ result: RunResult) -> [String] {
        let labels = result.labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        return [("labels", labels), ("set", result.scenario.overrides), ("only", result.scenario.only)]
            .filter { !$0.1.isEmpty }.map { "\($0.0): \($0.1.joined(separator: ", "))" }
            + result.scenario.warnings.map { "warning: \($0)" }
    }
}

/// The line that says what a run is worth.
enum ReportVerdict {
    static func line(_ result: RunResult) -> String {
        let cells = result.experiments.flatMap(\.cells)
        let repeats = cells.flatMap(\.repeats)
        let planned = result.experiments.map { $0.plannedRepeats * $0.cells.count }.reduce(0, +)
        let made = "\(NumberText.counted(repeats.count, "repeat")) of \(NumberText.counted(cells.count, "cell"))"
        let interrupted =
            repeats.count < planned
            ? "\(result.interrupted ? "interrupted" : "incomplete") after \(repeats.count) of "
                + "\(NumberText.counted(planned, "repeat")); "
            : (result.interrupted ? "interrupted; " : "")
        switch result.verdict {
        case .invalid:
            let isBroken = result.endedEarly != nil || cells.contains(where: \.isBroken)
            let isExpected = cells.contains { !($0.expectations ?? []).isEmpty }
            let words = isBroken || !isExpected ? "not to be trusted" : "cannot be told, conditions were bad"
            return "\(interrupted)\(words): \(faults(result, cells, repeats))"
        case .notRun where repeats.isEmpty: return "\(interrupted)nothing was measured"
        case .notRun, .valid: return "\(interrupted)valid: \(made)"
        case .saturated:
            let count = cells.filter { $0.verdict == .saturated }.count
            return "\(interrupted)valid: \(made), \(NumberText.counted(count, "cell")) saturated"
        }
    }

    private static func faults(_ result: RunResult, _ cells: [CellResult], _ repeats: [Repeat]) -> String {
        let invalidCount = repeats.filter { !$0.isValid }.count
        let endedCount = cells.filter { $0.endedEarly != nil }.count
        var faults: [String] = []
        if invalidCount > 0 {
            faults.append(
                "\(invalidCount) of \(NumberText.counted(repeats.count, "repeat")) \(invalidCount == 1 ? "is" : "are") invalid"
            )
        }
        if endedCount > 0 { faults.append("\(endedCount) of \(NumberText.counted(cells.count, "cell")) ended early") }
        if result.endedEarly != nil { faults.append("the run ended early") }
        return faults.joined(separator: ", ")
    }
}
