import Glibc
import Reporting
import Results
import Scenario

/// `weir show`.
enum ShowRunner {
    static func run(_ arguments: ParsedArguments) async throws(UsageError) -> Int32 {
        let format = try OutputFormat(arguments, of: "show")
        let inconclusive = try InconclusiveAs(arguments, of: "show")
        do {
            let path = arguments.operands[0]
            let isInput = path == StandardStream.name
            let result = isInput ? try StandardStream.result() : try RunResult(path: path)
            let outcomes = ExpectationJudge.judge(result)
            let text = try format.text(of: result, outcomes, path: isInput ? nil : path, inconclusive)
            guard Terminal.write(text, to: STDOUT_FILENO) else {
                Terminal.printError("weir show: the tables could not be written to standard output")
                return ExitCode.failed
            }
            return RunRunner.exitCode(of: RunOutcome(result, outcomes), inconclusive)
        } catch {
            Terminal.printError("weir show: \(error)")
            return ExitCode.failed
        }
    }
}
