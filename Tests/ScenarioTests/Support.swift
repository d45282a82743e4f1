import Testing

@testable import Scenario

/// What is wrong with a scenario's text, one line each; empty when it is understood.
func problems(
    _ text: String, set overrides: [String] = [], only: [String] = [], servers: String? = nil
) -> [String] {
    do {
        _ = try Scenario.load(text: text, path: "f", overrides: overrides, only: only, bootstrapServers: servers)
        return []
    } catch {
        return error.problems.map(\.description)
    }
}

/// What is merely doubtful about a scenario's text.
func warnings(_ text: String, set overrides: [String] = [], servers: String? = nil) throws -> [String] {
    try Scenario.load(text: text, path: "f", overrides: overrides, bootstrapServers: servers).warnings.map(
        \.description)
}

/// A scenario whose one experiment stands in `body`, at column 5.
func scenario(_ body: String, file: String = "") -> String {
    let lines = body.split(separator: "\n", omittingEmptySubsequences: false).map { "    \($0)" }
    return "weir: 1\nname: t\n" + (file.isEmpty ? "" : file + "\n") + "experiments:\n  e:\n"
        + lines.joined(separator: "\n") + "\n"
}

/// A produce experiment with these lines below `produce`, each at column 7.
func produce(_ lines: String..., file: String = "", experiment: [String] = []) -> String {
    scenario((["produce:"] + lines.map { "  \($0)" } + experiment).joined(separator: "\n"), file: file)
}

/// What a produce experiment cannot do without.
let minimal = ["value: {size: 100 B}", "load: {concurrency: 1}"]

/// A produce experiment with these producer options.
func producing(_ options: String, value: String = "{size: 100 B}") -> String {
    produce("value: \(value)", "load: unlimited", "producer: {\(options)}")
}

/// The first cell of a scenario.
func cell(_ text: String) throws -> Cell {
    try #require(try Scenario.load(text: text).experiments.first?.cells.first)
}

/// A cluster of which no more is said than where it is.
func cluster(_ servers: String) -> TargetSpec {
    .cluster(properties: [
        "bootstrap.servers": servers, "security.protocol": "PLAINTEXT", "request.timeout.ms": "30000",
        "default.api.timeout.ms": "60000", "socket.connection.setup.timeout.ms": "10000",
    ])
}

extension [Experiment] {
    /// The experiments without what their file said itself.
    var saidLeftOut: [Experiment] {
        map { experiment in
            var experiment = experiment
            for index in experiment.cells.indices { experiment.cells[index].workload.leaveOutSaid() }
            return experiment
        }
    }
}

extension Workload {
    fileprivate mutating func leaveOutSaid() {
        switch self {
        case .produce(var produce):
            produce.said = []
            self = .produce(produce)
        case .consume(var consume):
            consume.said = []
            self = .consume(consume)
        case .endToEnd(var produce, var consume):
            (produce.said, consume.said) = ([], [])
            self = .endToEnd(produce, consume)
        case .start(var start):
            start.said = []
            self = .start(start)
        }
    }
}
