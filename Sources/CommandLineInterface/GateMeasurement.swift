import Glibc
import LoadEngine
import Networking
import Results
import Synchronization

/// A gate or a calibration from its command line to its file.
struct GateMeasurement {
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
        let (interruption, progress) = (Interruption(), GateProgress())
        // From the begin, so that nothing that is copied stays behind.
        let ready = Mutex<GateSetup?>(nil)
        let tidyUp = { @Sendable in
            guard let setup = ready.withLock({ $0 }) else { return }
            for line in progress.leftovers(setup.options, commandConfig: arguments.last("command-config")) {
                Terminal.printError(line)
            }
            setup.close()
        }
        Signals.install { count in
            guard count == 1 else {
                tidyUp()
                _exit(ExitCode.interrupted)
            }
            Terminal.printError("\ninterrupted: the pairs so far are kept (once more ends at once)")
            interruption.request()
        }
        do {
            if let out { try ResultWriter.check(path: out) } else { try ResultWriter.check(folder: "results") }
            let setup = try GateSetup(
                arguments, of: command, purpose: purpose, baseline: baseline, candidate: candidate)
            ready.withLock { $0 = setup }
            defer { tidyUp() }
            for line in setup.lines(purpose) { Terminal.printError(line) }
            return await measure(setup, interruption, progress)
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
    }

    private func measure(
        _ setup: GateSetup, _ interruption: Interruption, _ progress: GateProgress
    ) async -> (result: GateResult?, path: String?, code: Int32) {
        let file = GateDestination(out)
        let run = GateRun(
            setup.contenders, options: setup.options, pairCountPlanned: setup.pairCount,
            lengthsNs: setup.lengthsNs(purpose), interruption: interruption, onEvent: { progress.show($0) },
            onResult: { try file.write($0) })
        do {
            var result = try await run.run(setup.initial(purpose, seed: seed))
            progress.finish()
            guard !result.pairs.isEmpty || result.ending != .interrupted else {
                file.discard()
                return (nil, nil, ExitCode.interrupted)
            }
            if purpose == .calibration, result.ending != .interrupted {
                result.simulated = simulate(result, interruption)
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

    private func simulate(_ result: GateResult, _ interruption: Interruption) -> SimulatedGates? {
        let endNs = EventLoop.nowNs() + result.plan.budgetNs / Self.simulationShare
        return Calibration.simulate(result) { EventLoop.nowNs() > endNs || interruption.isRequested }
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
