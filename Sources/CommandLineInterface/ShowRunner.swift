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
            let name = isInput ? StandardStream.input : path
            let bytes = try isInput ? StandardStream.resultBytes() : RunResult.bytes(of: path)
            let result: RunResult
            do throws(ResultFileError) { result = try RunResult(json: bytes, path: name) } catch {
                guard error.isAboutGate else { throw error }
                return try show(
                    GateResult(json: bytes, path: name), path: isInput ? nil : path,
                    ResultForm(format: format, inconclusive: inconclusive))
            }
            let outcomes = ExpectationJudge.judge(result)
            let text = try format.text(of: result, outcomes, path: isInput ? nil : path, inconclusive)
            guard Terminal.writeWhole(text, of: "show") else { return ExitCode.failed }
            return RunRunner.exitCode(of: RunOutcome(result, outcomes), inconclusive)
        } catch {
            Terminal.printError("weir show: \(error)")
            return ExitCode.failed
        }
    }

    private static func show(_ gate: GateResult, path: String?, _ form: ResultForm) throws -> Int32 {
        let isWritten =
            gate.purpose == .gate
            ? GateRunner.print(gate, path: path, form)
            : try CalibrateRunner.print(gate, path: path, form.format, of: "show")
        guard isWritten else { return ExitCode.failed }
        return gate.purpose == .gate ? GateRunner.exitCode(of: gate, form.inconclusive) : ExitCode.valid
    }
}
