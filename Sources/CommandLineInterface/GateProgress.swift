import Glibc
import LoadEngine
import Reporting
import Synchronization

/// Says on standard error how a gate goes: a line a pair and, on a terminal, one that moves.
final class GateProgress: Sendable {
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
