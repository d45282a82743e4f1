import Glibc
import LoadEngine
import Scenario
import Synchronization

/// Says on standard error how a run goes: a line that moves on a terminal, a plain line a repeat elsewhere.
final class ProgressReporter: Sendable {
    private struct State {
        var hasLine = false
        var beganNs: UInt64 = 0
        var repeatBeganNs: UInt64 = 0
        var lastCount = 0
    }

    private let plan: RunPlan
    private let state = Mutex(State())
    private let movesOnTerminal = Terminal.isTerminal(STDERR_FILENO)

    init(_ plan: RunPlan) { self.plan = plan }

    /// What will run and how long it takes.
    func showPlan(_ scenario: Scenario) {
        state.withLock { $0.beganNs = Self.nowNs() }
        Terminal.printError("\(scenario.name): \(plan.repeatCount) repeats")
        for part in plan.parts {
            let time =
                part.roundNs.map { "\(Self.seconds($0)) a round, \(Self.seconds($0 * UInt64(part.repeats))) in all" }
                ?? "until their number is done"
            Terminal.printError("  \(part.experiment): \(part.cellCount) cells x \(part.repeats) repeats, \(time)")
        }
    }

    func show(_ event: EngineEvent) {
        switch event {
        case .preparing(let experiment, let cell): line("\(experiment) \(cell): preparing", stays: false)
        case .began(let place):
            state.withLock { state in
                state.repeatBeganNs = Self.nowNs()
                state.lastCount = 0
            }
            line(text(place), stays: false)
        case .progress(let place, let count): line("\(text(place)), \(count) so far, \(rate(count))/s", stays: false)
        case .ended(let place, let summary, _): line("\(text(place)): \(summary)", stays: true)
        case .warning(let text): line("warning: \(text)", stays: true)
        }
    }

    /// Leaves the moving line.
    func finish() {
        let hasLine = state.withLock { state in
            defer { state.hasLine = false }
            return state.hasLine
        }
        if hasLine { Terminal.write("\r\u{1b}[K", to: STDERR_FILENO) }
    }

    private func text(_ place: RepeatPlace) -> String {
        let beganNs = state.withLock { $0.beganNs }
        let elapsed = Self.nowNs() - beganNs
        let left = place.number > 1 ? elapsed / UInt64(place.number - 1) * UInt64(place.total - place.number + 1) : nil
        let leftText = left.map { ", about \(Self.seconds($0)) left" } ?? ""
        return
            "[\(place.number)/\(place.total)] \(place.experiment) \(place.cell) round \(place.round)/\(place.rounds), "
            + "\(Self.seconds(elapsed)) elapsed\(leftText)"
    }

    private func rate(_ count: Int) -> Int {
        let elapsedNs = Self.nowNs() - state.withLock { $0.repeatBeganNs }
        return Int(Double(count) * 1_000_000_000 / Double(max(1, elapsedNs)))
    }

    /// A line that stays is printed everywhere; one that moves only on a terminal.
    private func line(_ text: String, stays: Bool) {
        guard movesOnTerminal else {
            if stays { Terminal.printError(text) }
            return
        }
        let width = Terminal.columns(STDERR_FILENO) ?? 80
        state.withLock { $0.hasLine = !stays }
        Terminal.write(
            "\r\u{1b}[K\(stays ? text : String(text.prefix(width - 1)))\(stays ? "\n" : "")", to: STDERR_FILENO)
    }

    private static func nowNs() -> UInt64 {
        var now = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &now)
        return UInt64(now.tv_sec) * 1_000_000_000 + UInt64(now.tv_nsec)
    }

    private static func seconds(_ ns: UInt64) -> String {
        let seconds = ns / 1_000_000_000
        return seconds < 120 ? "\(seconds) s" : "\(seconds / 60) min \(seconds % 60) s"
    }
}
