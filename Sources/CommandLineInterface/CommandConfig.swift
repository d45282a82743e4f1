import Scenario

/// The file of `--command-config`: connection properties only, none of whose values is printed.
enum CommandConfig {
    static func read(_ arguments: ParsedArguments) throws(UsageError) -> [String: String] {
        guard let path = arguments.last("command-config") else { return [:] }
        guard arguments.has("bootstrap-servers") else {
            throw UsageError(message: "run: --command-config belongs to a cluster: give --bootstrap-servers too")
        }
        do throws(ScenarioErrors) {
            let file = try ConnectionProperties.load(path: path)
            for warning in file.warnings { Terminal.printError("\(warning) (warning)") }
            return file.properties
        } catch {
            throw UsageError(message: "run: --command-config: \(error)")
        }
    }
}
