import Glibc
import Reporting
import Results
import Scenario

/// `weir validate`.
enum ValidateRunner {
    static func run(_ arguments: ParsedArguments) async throws(UsageError) -> Int32 {
        guard let scenario = try RunRunner.loadScenario(arguments) else { return ExitCode.usage }
        let text = arguments.has("resolved") ? scenario.resolvedYAML : summary(scenario)
        return Terminal.writeWhole(text, of: "validate") ? ExitCode.valid : ExitCode.failed
    }

    private static func summary(_ scenario: Scenario) -> String {
        let repeats = scenario.experiments.map { $0.cells.count * $0.repeats }.reduce(0, +)
        let size = [
            NumberText.counted(scenario.experiments.count, "experiment"), NumberText.counted(repeats, "repeat"),
        ]
        let style: TextStyle = Terminal.writesUTF8 ? .unicode : .ascii
        let plan = ClusterPlan(scenario: scenario, run: nil).lines().map { style.clean($0) + "\n" }
        return "\(scenario.path): valid, \(size.joined(separator: ", "))\n" + plan.joined()
    }
}
