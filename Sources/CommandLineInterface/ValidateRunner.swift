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
