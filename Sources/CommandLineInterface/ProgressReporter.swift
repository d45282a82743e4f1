import Glibc
import LoadEngine
import Networking
import Reporting
import Scenario
import Synchronization
import System

/// Says on standard error how a run goes: a line that moves on a terminal, a plain line a repeat
/// elsewhere.
final class ProgressReporter: Sendable {
    private struct State {
        var beganNs: UInt64 = 0
        var repeatBeganNs: UInt64 = 0
    }

    private let plan: RunPlan
    private let state = Mutex(State())
    private let movesOnTerminal = Terminal.overwrites(STDERR_FILENO)

    init(_ plan: RunPlan) { self.plan = plan }

    /// What will run and how long it takes.
    func showPlan(_ scenario: Scenario, run: RunId) {
        state.withLock { $0.beganNs = EventLoop.nowNs() }
        let parts = plan.parts.map {
            PlanText.Part(
                name: $0.experiment, cellCount: $0.cellCount, repeats: $0.repeats, roundNs: $0.roundNs,
                firstRoundExtraNs: $0.firstRoundExtraNs)
        }
        let lines = PlanText(scenario: scenario.name, parts: parts).lines(style: style)
        let ofClusters = ClusterPlan(scenario: scenario, run: run).lines().map(style.clean)
        for line in lines + ofClusters { Terminal.printError(line) }
    }

    func show(_ event: EngineEvent) {
        switch event {
        case .preparing(let experiment, let cell):
            move("\(cell.isEmpty ? experiment : "\(experiment) \(cell)"): preparing")
        case .began(let place):
            state.withLock { $0.repeatBeganNs = EventLoop.nowNs() }
            move(text(place).movingLine(width: width, style: style))
        case .progress(let place, let count):
            move(text(place, perSecond: rate(count)).movingLine(width: width, style: style))
        case .ended(let place, let summary, _): stay(text(place, isDone: true).doneLine(summary, style: style))
        case .cellEnded(let experiment, let cell, let reason, let notRun):
            stay(
                ProgressText.endedLine(experiment: experiment, cell: cell, reason: reason, notRun: notRun, style: style)
            )
        case .note(let text): stay(text)
        case .warning(let text): stay("warning: \(text)")
        }
    }

    /// Leaves the moving line.
    func finish() {
        if movesOnTerminal { Terminal.write(ProgressText.erasure, to: STDERR_FILENO) }
    }

    private var style: TextStyle { Terminal.writesUTF8 ? .unicode : .ascii }
    private var width: Int { Terminal.columns(STDERR_FILENO) ?? 80 }

    private func text(_ place: RepeatPlace, isDone: Bool = false, perSecond: Double? = nil) -> ProgressText {
        let elapsedNs = EventLoop.nowNs().since(state.withLock { $0.beganNs })
        let done = UInt64(max(0, isDone ? place.number : place.number - 1))
        let left = UInt64(max(0, place.total)).since(done)
        return ProgressText(
            experiment: place.experiment, cell: place.cell, round: place.round, roundCount: place.rounds,
            number: place.number, repeatCount: place.total, elapsedNs: elapsedNs,
            leftNs: done > 0 && left > 0 ? elapsedNs / done * left : nil, perSecond: perSecond)
    }

    private func rate(_ count: Int) -> Double {
        let elapsedNs = EventLoop.nowNs().since(state.withLock { $0.repeatBeganNs })
        return Double(count) * 1_000_000_000 / Double(max(1, elapsedNs))
    }

    /// A line that the next one replaces; only on a terminal.
    private func move(_ text: String) {
        guard movesOnTerminal else { return }
        let line = text.hasPrefix("\r") ? text : ProgressText.moving(text, width: width, style: style)
        Terminal.write(line, to: STDERR_FILENO)
    }

    /// A line that stays, on a terminal in the place of the moving one.
    private func stay(_ text: String) {
        finish()
        Terminal.printError(text)
    }
}
