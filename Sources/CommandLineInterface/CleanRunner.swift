import Glibc
import LoadEngine
import Reporting
import Results
import Scenario

/// `weir clean`: what runs have left on a cluster, and its removal by the run's id.
enum CleanRunner {
    static func run(_ arguments: ParsedArguments) async throws(UsageError) -> Int32 {
        var runs: [RunId] = []
        for text in arguments.all("run") {
            guard let run = RunId(text) else {
                throw UsageError(
                    message:
                        "clean: --run '\(text)' is no run's id, such as 20261130T152300-kqzv: 'weir clean' lists them")
            }
            if !runs.contains(run) { runs.append(run) }
        }
        let properties = try properties(arguments)
        let (servers, config) = (properties["bootstrap.servers"] ?? "", arguments.last("command-config"))
        do {
            return try await Cleaner.onCluster(properties) { [runs] cleaner in
                guard runs.isEmpty else { return try await remove(runs, with: cleaner) }
                let traces = try await cleaner.traces()
                for line in CleanText.list(traces, on: servers, config: config, nowS: UTCTime.now().secondsSince1970) {
                    Terminal.write(line + "\n", to: STDOUT_FILENO)
                }
                return ExitCode.valid
            }
        } catch {
            Terminal.printError("weir clean: \(error)")
            return ExitCode.failed
        }
    }

    private static func properties(_ arguments: ParsedArguments) throws(UsageError) -> [String: String] {
        guard let servers = arguments.last("bootstrap-servers") else {
            throw UsageError(message: "clean: --bootstrap-servers HOST:PORT,... is missing: it says where to look")
        }
        var properties: [String: String] = [:]
        if let path = arguments.last("command-config") {
            do throws(ScenarioErrors) {
                let file = try ConnectionProperties.load(path: path)
                for warning in file.warnings { Terminal.printError("\(warning) (warning)") }
                properties = file.properties
            } catch {
                throw UsageError(message: "clean: --command-config: \(error)")
            }
            if let line = CommandConfig.precedence(of: properties, in: path, servers: servers) {
                Terminal.printError(line)
            }
        }
        properties["bootstrap.servers"] = servers
        return properties
    }

    private static func remove(_ runs: [RunId], with cleaner: Cleaner) async throws -> Int32 {
        var isClean = true
        for run in runs {
            let trace = try await cleaner.trace(of: run)
            for line in CleanText.intention(trace) { Terminal.printError(line) }
            let isGone = try await cleaner.remove(trace) { outcome in
                Terminal.write(CleanText.outcome(outcome) + "\n", to: STDOUT_FILENO)
            }
            isClean = isClean && isGone
        }
        return isClean ? ExitCode.valid : ExitCode.failed
    }
}

/// The words of `weir clean`.
enum CleanText {
    /// The runs that have left something, a line each.
    static func list(_ traces: [RunTrace], on servers: String, config: String?, nowS: Int) -> [String] {
        guard !traces.isEmpty else { return ["no run has left topics or groups on \(servers)"] }
        let rows =
            [["run", "age", "topics", "records", "groups", "moved groups"]]
            + traces.map { trace in
                let seconds = max(0, nowS - trace.run.startedAt.secondsSince1970)
                return [
                    "\(trace.run)", TimeText.duration(ns: Double(seconds) * 1e9), "\(trace.topics.count)",
                    trace.recordCount.map { NumberText.grouped($0) } ?? "not told", groups(trace),
                    trace.saved.isEmpty ? "–" : trace.saved.map { "'\($0.group)'" }.joined(separator: ", "),
                ]
            }
        let config = config.map { " --command-config \($0)" } ?? ""
        return aligned(rows) + [
            "", "to remove what one left: weir clean --bootstrap-servers \(servers)\(config) --run ID",
        ]
    }

    private static func groups(_ trace: RunTrace) -> String {
        let used = trace.groups.filter { $0.occupiedState != nil }.count
        return used == 0 ? "\(trace.groups.count)" : "\(trace.groups.count), \(used) with members"
    }

    /// What is about to be done, before the look that takes its time.
    static func intention(_ trace: RunTrace) -> [String] {
        guard !(trace.topics.isEmpty && trace.groups.isEmpty && trace.saved.isEmpty) else {
            return ["run \(trace.run): nothing of it is there"]
        }
        let counts = [(trace.topics.count, "topic"), (trace.groups.count, "group"), (trace.saved.count, "moved group")]
        let what = "run \(trace.run): " + counts.map(NumberText.counted).joined(separator: ", ")
        return trace.topics.isEmpty
            ? [what] : [what + "; looking for \(Cleaner.lookMs / 1000) s whether somebody writes to its topics"]
    }

    static func outcome(_ outcome: CleanOutcome) -> String {
        outcome.reason.map { "not \(outcome.done): \(outcome.what): \($0)" } ?? "\(outcome.done): \(outcome.what)"
    }

    private static func aligned(_ rows: [[String]]) -> [String] {
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            let cells = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
            return String(cells.joined(separator: "  ").reversed().drop { $0 == " " }.reversed())
        }
    }
}
