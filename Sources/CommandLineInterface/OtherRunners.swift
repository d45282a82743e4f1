import Glibc
import Reporting
import Results
import Scenario

/// `weir validate`.
enum ValidateRunner {
    static func run(_ arguments: ParsedArguments) async throws(UsageError) -> Int32 {
        guard let scenario = try RunRunner.loadScenario(arguments) else { return ExitCode.usage }
        if arguments.has("resolved") {
            Terminal.write(scenario.resolvedYAML, to: STDOUT_FILENO)
        } else {
            let repeats = scenario.experiments.map { $0.cells.count * $0.repeats }.reduce(0, +)
            let size = [
                NumberText.counted(scenario.experiments.count, "experiment"), NumberText.counted(repeats, "repeat"),
            ]
            Terminal.write("\(scenario.path): valid, \(size.joined(separator: ", "))\n", to: STDOUT_FILENO)
            let style: TextStyle = Terminal.writesUTF8 ? .unicode : .ascii
            for line in ClusterPlan(scenario: scenario, run: nil).lines() {
                Terminal.write(style.clean(line) + "\n", to: STDOUT_FILENO)
            }
        }
        return ExitCode.valid
    }
}

/// `weir show`.
enum ShowRunner {
    static func run(_ arguments: ParsedArguments) async throws(UsageError) -> Int32 {
        let format = try OutputFormat(arguments, of: "show")
        let inconclusive = try InconclusiveAs(arguments, of: "show")
        do {
            let path = arguments.operands[0]
            let isInput = path == StandardStream.name
            let result = isInput ? try StandardStream.result() : try RunResult(path: path)
            let text = try format.text(of: result, path: isInput ? nil : path, inconclusive)
            guard Terminal.write(text, to: STDOUT_FILENO) else {
                Terminal.printError("weir show: the tables could not be written to standard output")
                return ExitCode.failed
            }
            return RunRunner.exitCode(of: result, inconclusive)
        } catch {
            Terminal.printError("weir show: \(error)")
            return ExitCode.failed
        }
    }
}

/// `weir schema`.
enum SchemaRunner {
    static func run(_ arguments: ParsedArguments) async throws(UsageError) -> Int32 {
        guard !arguments.has("result") || !arguments.has("report") else {
            throw UsageError(message: "schema: --result and --report exclude each other")
        }
        let schema =
            arguments.has("report")
            ? Report.jsonSchema : arguments.has("result") ? RunResult.jsonSchema : Scenario.jsonSchema
        Terminal.write(schema, to: STDOUT_FILENO)
        return ExitCode.valid
    }
}
