import Glibc
import LoadEngine
import Networking
import Reporting
import Results
import Scenario
import Statistics
import Synchronization

/// `weir gate`: a candidate against a baseline, and one word for who must act on it.
enum GateRunner {
    static func run(_ arguments: ParsedArguments) async throws(UsageError) -> Int32 {
        let form = ResultForm(
            format: try OutputFormat(arguments, of: "gate"), inconclusive: try InconclusiveAs(arguments, of: "gate"))
        let baseline = try SideWords(arguments.all("baseline"), name: GateReading.baseline)
        let candidate = try SideWords(arguments.all("candidate"), name: GateReading.candidate)
        guard arguments.has("baseline") || arguments.has("candidate") else {
            throw UsageError(
                message: "gate: give --baseline or --candidate: what differs, such as --candidate set=linger.ms=5 "
                    + "(weir calibrate measures the same against itself)")
        }
        let measurement = try GateMeasurement(
            arguments, of: "gate", purpose: .gate, baseline: baseline, candidate: candidate)
        let (gate, path, code) = await measurement.run()
        guard let gate else { return code }
        guard print(gate, path: path, form) else { return ExitCode.failed }
        return code == ExitCode.valid ? exitCode(of: gate, form.inconclusive) : code
    }

    /// Prints a gate; false where it cannot be written.
    static func print(_ gate: GateResult, path: String?, _ form: ResultForm) -> Bool {
        let report = GateReport(gate, path: path)
        let text =
            switch form.format {
            case .json: report.json()
            case .markdown: report.markdown()
            case .junit:
                Check.junit(report.checks, name: "weir gate \(gate.scenario.name)", form.inconclusive == .pass)
            case .github: Check.annotations(report.checks, file: gate.scenario.path, form.inconclusive == .pass)
            case .table: OutputFormat.table(for: STDOUT_FILENO, report.console)
            }
        return Terminal.write(text, to: STDOUT_FILENO)
    }

    static func exitCode(of gate: GateResult, _ inconclusive: InconclusiveAs) -> Int32 {
        if gate.ending == .interrupted { return ExitCode.interrupted }
        switch gate.verdict {
        case .regressed: return ExitCode.notMet
        case .inconclusive: return inconclusive.exitCode
        case .improved, .pass: return ExitCode.valid
        }
    }
}

/// `weir calibrate`: how the same differs from itself on this host.
enum CalibrateRunner {
    static func run(_ arguments: ParsedArguments) async throws(UsageError) -> Int32 {
        let format = try OutputFormat(arguments, of: "calibrate")
        let measurement = try GateMeasurement(
            arguments, of: "calibrate", purpose: .calibration,
            baseline: try SideWords([], name: GateReading.baseline),
            candidate: try SideWords([], name: GateReading.candidate))
        let (result, path, code) = await measurement.run()
        guard let result else { return code }
        guard try print(result, path: path, format, of: "calibrate") else { return ExitCode.failed }
        if result.ending == .interrupted { return ExitCode.interrupted }
        return code
    }

    /// Prints a calibration; false where it cannot be written.
    static func print(
        _ result: GateResult, path: String?, _ format: OutputFormat, of command: String
    ) throws(UsageError) -> Bool {
        let report = CalibrationReport(result, path: path)
        let text: String
        switch format {
        case .json: text = report.json()
        case .markdown: text = report.markdown()
        case .table: text = OutputFormat.table(for: STDOUT_FILENO, report.console)
        case .junit, .github:
            throw UsageError(message: "\(command): a calibration judges nothing: --format is table, json or markdown")
        }
        return Terminal.write(text, to: STDOUT_FILENO)
    }
}

/// A gate or a calibration from its command line to its file.
private struct GateMeasurement {
    private let arguments: ParsedArguments
    private let command: String
    private let purpose: GateResult.Purpose
    private let baseline: SideWords
    private let candidate: SideWords
    private let seed: UInt64
    private let out: String?

    init(
        _ arguments: ParsedArguments, of command: String, purpose: GateResult.Purpose, baseline: SideWords,
        candidate: SideWords
    ) throws(UsageError) {
        (self.arguments, self.command, self.purpose) = (arguments, command, purpose)
        (self.baseline, self.candidate, out) = (baseline, candidate, arguments.last("out"))
        seed = try RunRunner.seed(arguments, of: command) ?? UInt64.random(in: 1..<(1 << 53))
    }

    /// Simulating takes no more than this part of the budget.
    private static let simulationShare: UInt64 = 4

    /// What there is in the end, where it is kept, and how the program ends unless that says it.
    func run() async -> (result: GateResult?, path: String?, code: Int32) {
        let setup: GateSetup
        do {
            try ResultWriter.check(folder: "results")
            setup = try GateSetup(arguments, of: command, baseline: baseline, candidate: candidate)
        } catch let error as GateSetup.Refusal {
            for line in error.lines { Terminal.printError("weir \(command): \(line)") }
            return (nil, nil, ExitCode.usage)
        } catch let error as UsageError {
            Terminal.printError("weir \(error.message)")
            return (nil, nil, ExitCode.usage)
        } catch {
            Terminal.printError("weir \(command): \(error)")
            return (nil, nil, ExitCode.failed)
        }
        defer { setup.close() }
        for line in setup.lines(purpose) { Terminal.printError(line) }
        return await measure(setup)
    }

    private func measure(_ setup: GateSetup) async -> (result: GateResult?, path: String?, code: Int32) {
        let interruption = Interruption()
        let progress = GateProgress()
        let leftovers = { @Sendable in
            for line in progress.leftovers(setup.options, commandConfig: arguments.last("command-config")) {
                Terminal.printError(line)
            }
        }
        Signals.install { count in
            guard count == 1 else {
                leftovers()
                setup.close()
                _exit(ExitCode.interrupted)
            }
            Terminal.printError("\ninterrupted: the pairs so far are kept (once more ends at once)")
            interruption.request()
        }
        defer { leftovers() }
        let file = GateDestination(out)
        let run = GateRun(
            setup.contenders, options: setup.options, pairCountPlanned: setup.pairCount,
            sliceCount: setup.plan.sliceCount, interruption: interruption, onEvent: { progress.show($0) },
            onResult: { try file.write($0) })
        do {
            var result = try await run.run(setup.initial(purpose, seed: seed))
            progress.finish()
            if purpose == .calibration {
                let endNs = EventLoop.nowNs() + setup.plan.budgetNs / Self.simulationShare
                result.simulated = Calibration.simulate(result) { EventLoop.nowNs() > endNs }
                try file.write(result)
            }
            return (result, file.path, ExitCode.valid)
        } catch {
            progress.finish()
            Terminal.printError("weir \(command): \(error)")
            // What was measured before stays kept, and is shown.
            guard let latest = file.latest, !latest.pairs.isEmpty else {
                file.discard()
                return (nil, nil, ExitCode.failed)
            }
            return (latest, file.path, ExitCode.failed)
        }
    }
}

/// The file of a gate, which is made with its first write.
private final class GateDestination: Sendable {
    private struct State {
        var writer: GateWriter?
        var latest: GateResult?
    }

    private let out: String?
    private let state = Mutex(State())

    init(_ out: String?) { self.out = out }

    var path: String? { state.withLock { $0.writer?.path } }
    var latest: GateResult? { state.withLock { $0.latest } }

    func write(_ gate: GateResult) throws {
        try state.withLock { state in
            if let writer = state.writer {
                try writer.write(gate)
            } else {
                state.writer = try GateWriter(path: out, initial: gate)
            }
            state.latest = gate
        }
    }

    func discard() { state.withLock { $0.writer?.discard() } }
}

/// Says on standard error how a gate goes: a line a pair and, on a terminal, one that moves.
private final class GateProgress: Sendable {
    private let movesOnTerminal = Terminal.overwrites(STDERR_FILENO)
    private let pair = Mutex<(words: String, run: RunId?)>(("", nil))

    /// What the last pair has left on clusters, and what removes it.
    func leftovers(_ options: EngineOptions, commandConfig: String?) -> [String] {
        pair.withLock { $0.run }.map { options.belongings.lines(run: $0, commandConfig: commandConfig) } ?? []
    }

    func show(_ event: GateRun.Event) {
        switch event {
        case .pair(let number, let count, let run):
            pair.withLock { $0 = ("pair \(number) of up to \(count)", run) }
            move("")
        case .slice(let number, let count): move(", slice \(number) of \(count)")
        case .pairEnded(let number, let elapsedNs, let disturbance):
            let words = disturbance.map { "counts for nothing: \($0)" } ?? "done"
            stay("pair \(number) \(words), \(TimeText.duration(ns: Double(elapsedNs))) so far")
        case .warning(let text): stay("warning: \(text)")
        }
    }

    func finish() {
        if movesOnTerminal { Terminal.write(ProgressText.erasure, to: STDERR_FILENO) }
    }

    private func move(_ more: String) {
        guard movesOnTerminal else { return }
        let style: TextStyle = Terminal.writesUTF8 ? .unicode : .ascii
        let text = pair.withLock { $0.words } + more
        Terminal.write(
            ProgressText.moving(text, width: Terminal.columns(STDERR_FILENO) ?? 80, style: style), to: STDERR_FILENO)
    }

    private func stay(_ text: String) {
        finish()
        Terminal.printError(text)
    }
}
