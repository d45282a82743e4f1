import Scenario

/// The file of `--command-config`: connection properties only, none of whose values is printed.
enum CommandConfig {
    /// What it says beside the servers, which the command line names; what goes before what is said
    /// on standard error.
    static func read(_ arguments: ParsedArguments, for scenario: Scenario) throws(UsageError) -> [String: String] {
        guard let path = arguments.last("command-config") else { return [:] }
        guard let servers = arguments.last("bootstrap-servers") else {
            throw UsageError(message: "run: --command-config belongs to a cluster: give --bootstrap-servers too")
        }
        let properties = try properties(path, of: "run")
        for line in precedence(of: properties, in: path, over: scenario, servers: servers) { Terminal.printError(line) }
        return properties.filter { $0.key != "bootstrap.servers" }
    }

    /// The properties of a file.
    static func properties(_ path: String, of command: String) throws(UsageError) -> [String: String] {
        do throws(ScenarioErrors) {
            let file = try ConnectionProperties.load(path: path)
            for warning in file.warnings { Terminal.printError("\(warning) (warning)") }
            return file.properties
        } catch {
            throw UsageError(message: "\(command): --command-config: \(error)")
        }
    }

    /// What of the file, and of the scenario, does not count, as something else goes before it.
    static func precedence(
        of properties: [String: String], in path: String, over scenario: Scenario, servers: String
    ) -> [String] {
        var lines = precedence(of: properties, in: path, servers: servers).map { [$0] } ?? []
        let overridden = properties.keys.sorted().filter { key in
            key != "bootstrap.servers"
                && scenario.experiments.flatMap(\.cells).contains {
                    $0.target.sets(key, otherwiseThan: properties[key])
                }
        }
        if !overridden.isEmpty {
            lines.append("\(path) goes before the scenario's target: \(overridden.joined(separator: ", "))")
        }
        return lines
    }

    /// That the file's servers do not count, where they are others.
    static func precedence(of properties: [String: String], in path: String, servers: String) -> String? {
        guard let named = properties["bootstrap.servers"], named != servers else { return nil }
        return "\(path): bootstrap.servers is not used, as --bootstrap-servers on the command line goes before it"
    }
}
