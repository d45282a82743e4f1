import Foundation
import Glibc
import LoadEngine
import Reporting
import Results
import Scenario
import Synchronization

/// `weir run`: a scenario in, tables and a result out.
enum RunRunner {
    static func run(_ arguments: ParsedArguments) async throws(UsageError) -> Int32 {
        let form = ResultForm(
            format: try OutputFormat(arguments, of: "run"), inconclusive: try InconclusiveAs(arguments, of: "run"))
        guard let scenario = try loadScenario(arguments) else { return ExitCode.usage }
        var options = EngineOptions(
            executable: executablePath, version: (number: Version.number, commit: Version.commit))
        options.labels = try labels(arguments)
        options.only = arguments.all("only")
        options.seed = try seed(arguments)
        options.commandConfig = try CommandConfig.read(arguments, for: scenario)
        let destination = ResultDestination(arguments.last("out"))
        do throws(ResultFileError) {
            try destination.check()
        } catch {
            Terminal.printError("weir run: \(error)")
            return ExitCode.failed
        }
        return await execute(scenario, options, destination, form, commandConfig: arguments.last("command-config"))
    }

    /// Checks a scenario; nil when it is wrong, which has been said.
    static func loadScenario(_ arguments: ParsedArguments) throws(UsageError) -> Scenario? {
        do throws(ScenarioErrors) {
            let path = arguments.operands[0]
            let (overrides, only) = (arguments.all("set"), arguments.all("only"))
            let servers = arguments.last("bootstrap-servers")
            let scenario =
                path == StandardStream.name
                ? try StandardStream.scenario(overrides: overrides, only: only, bootstrapServers: servers)
                : try Scenario.load(path: path, overrides: overrides, only: only, bootstrapServers: servers)
            for warning in scenario.warnings { Terminal.printError("\(warning) (warning)") }
            return scenario
        } catch {
            Terminal.printError("\(error)")
            return nil
        }
    }

    private static func execute(
        _ scenario: Scenario, _ options: EngineOptions, _ destination: ResultDestination, _ form: ResultForm,
        commandConfig: String?
    ) async -> Int32 {
        let leftovers = { @Sendable in options.belongings.lines(run: options.runId, commandConfig: commandConfig) }
        let interruption = Interruption()
        Signals.install { count in
            guard count == 1 else {
                for line in leftovers() { Terminal.printError(line) }
                _exit(ExitCode.interrupted)
            }
            Terminal.printError("\ninterrupted: closing the books of this repeat (once more ends at once)")
            interruption.request()
        }
        let progress = ProgressReporter(RunPlan(scenario))
        progress.showPlan(scenario, run: options.runId)
        if scenario.experiments.flatMap(\.cells).contains(where: { !$0.expectations.isEmpty }) {
            Terminal.printError(GateResult.citation(of: GateResult.newestCalibration()?.path))
        }
        let engine = Engine(
            scenario: scenario, options: options, interruption: interruption,
            onEvent: { progress.show($0) }, onResult: { try destination.write($0) })
        do {
            let result = try await engine.run()
            progress.finish()
            for line in leftovers() { Terminal.printError(line) }
            return print(result, form, destination)
        } catch {
            progress.finish()
            Terminal.printError("weir run: \(error)")
            for line in leftovers() { Terminal.printError(line) }
            // Whatever was measured before the run broke off is shown, not only kept.
            if let result = destination.latest, !result.isEmpty {
                _ = print(result, form, destination)
            } else {
                destination.discard()
            }
            return interruption.isRequested ? ExitCode.interrupted : ExitCode.failed
        }
    }

    private static func print(_ result: RunResult, _ form: ResultForm, _ destination: ResultDestination) -> Int32 {
        let outcomes = ExpectationJudge.judge(result)
        do {
            // A result that goes to standard output stands there alone.
            let output = destination.isStandardOutput ? STDERR_FILENO : STDOUT_FILENO
            let text = try form.format.text(
                of: result, outcomes, path: destination.path, form.inconclusive, for: output)
            guard Terminal.write(text, to: output) else {
                Terminal.printError("weir: the tables could not be written to standard output")
                return ExitCode.failed
            }
            if destination.isStandardOutput {
                let json = String(decoding: try result.json(), as: UTF8.self)
                guard Terminal.write(json, to: STDOUT_FILENO) else {
                    Terminal.printError("weir: the result could not be written to standard output")
                    return ExitCode.failed
                }
            }
        } catch {
            Terminal.printError("weir: \(error)")
            return ExitCode.failed
        }
        return exitCode(of: RunOutcome(result, outcomes), form.inconclusive)
    }

    static func exitCode(of outcome: RunOutcome, _ inconclusive: InconclusiveAs) -> Int32 {
        switch outcome {
        case .interrupted: ExitCode.interrupted
        case .notToBeTrusted: ExitCode.failed
        case .notMet: ExitCode.notMet
        case .inconclusive: inconclusive.exitCode
        case .good: ExitCode.valid
        }
    }

    private static func labels(_ arguments: ParsedArguments) throws(UsageError) -> [String: String] {
        var labels: [String: String] = [:]
        for label in arguments.all("label") {
            guard let equals = label.firstIndex(of: "="), equals != label.startIndex else {
                throw UsageError(message: "run: --label '\(label)' wants KEY=VALUE, such as build=42")
            }
            labels[String(label[..<equals])] = String(label[label.index(after: equals)...])
        }
        return labels
    }

    /// The seed that the command line gives; nil where it is to be drawn.
    static func seed(_ arguments: ParsedArguments, of command: String = "run") throws(UsageError) -> UInt64? {
        guard let text = arguments.last("seed") else { return nil }
        guard let seed = UInt64(text), seed < 1 << 53 else {
            throw UsageError(message: "\(command): --seed '\(text)' is no whole number below 2^53")
        }
        return seed
    }

    /// This very program, which becomes the embedded broker.
    static var executablePath: String {
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
    }
}

/// How a run's result is printed, and what its exit code says.
struct ResultForm {
    let format: OutputFormat
    let inconclusive: InconclusiveAs
}

/// Where a run's result goes: the file that `--out` names, standard output for `-`, or a new one
/// under `results/`.
final class ResultDestination: Sendable {
    private struct State {
        var writer: ResultWriter?
        var latest: RunResult?
    }

    private let out: String?
    private let state = Mutex(State())

    init(_ out: String?) { self.out = out }

    /// Whether the result is kept until the run's end, and printed.
    var isStandardOutput: Bool { out == StandardStream.name }

    /// Where it is written, once it is.
    var path: String? { state.withLock { $0.writer?.path } }
    /// The result as it was last written.
    var latest: RunResult? { state.withLock { $0.latest } }

    func check() throws(ResultFileError) {
        if isStandardOutput { return }
        if let out { try ResultWriter.check(path: out) } else { try ResultWriter.check(folder: "results") }
    }

    func write(_ result: RunResult) throws {
        try state.withLock { state in
            if let writer = state.writer {
                try writer.write(result)
            } else if !isStandardOutput {
                state.writer =
                    try out.map { try ResultWriter(path: $0, initial: result) }
                    ?? ResultWriter(folder: "results", initial: result)
            }
            state.latest = result
        }
    }

    /// Removes the file of a run that measured nothing.
    func discard() { state.withLock { $0.writer?.discard() } }
}
