import Dispatch
import Glibc
import Synchronization

/// A program that runs beside this one. It is kept, and waited for on a thread of its own, until it
/// has ended.
public final class ChildProcess: Sendable {
    /// How a process ended.
    public enum End: Equatable, Sendable {
        /// By itself, with this status.
        case exited(status: Int32)
        /// By this signal.
        case killed(signal: Int32)
    }

    private struct State {
        var end: End?
        var endHandlers: [@Sendable (End) -> Void] = []
    }

    /// Which way a pipe goes.
    public enum PipeDirection: Sendable { case toChild, fromChild }

    /// Its process id; another process may have it once this one has ended.
    public let processId: Int32
    private let pipeEnds: [Int32: Int32]
    private let state = Mutex(State())
    private let running = DispatchGroup()

    /// Starts a program, with a pipe under each of the numbers that stand in `pipes`.
    public init(_ command: SpawnCommand, pipes: [Int32: PipeDirection] = [:]) throws(Errno) {
        (processId, pipeEnds) = try Self.spawn(command, pipes)
        running.enter()
        do throws(Errno) {
            pthread_detach(try startThread { self.awaitEnd() })
        } catch {
            _ = Glibc.kill(processId, SIGKILL)
            awaitEnd()
            for end in pipeEnds.values { close(end) }
            throw error
        }
    }

    private static func spawn(
        _ command: SpawnCommand, _ pipes: [Int32: PipeDirection]
    ) throws(Errno) -> (processId: Int32, pipeEnds: [Int32: Int32]) {
        var command = command
        var own: [Int32: Int32] = [:]
        defer { for number in own.keys { command.descriptors[number].map { _ = close($0) } } }
        do throws(Errno) {
            for (number, direction) in pipes {
                let pipe = try PipeEnds()
                own[number] = direction == .toChild ? pipe.writeEnd : pipe.readEnd
                command.descriptors[number] = direction == .toChild ? pipe.readEnd : pipe.writeEnd
            }
            return (try command.spawn(), own)
        } catch {
            for end in own.values { close(end) }
            throw error
        }
    }

    /// This process's end of the pipe that the child has under `number`; the caller's to close.
    public func pipeEnd(_ number: Int32) -> Int32 {
        guard let end = pipeEnds[number] else { preconditionFailure("no pipe was asked for under \(number)") }
        return end
    }

    /// How it ended; nil while it runs.
    public var end: End? { state.withLock { $0.end } }

    /// Sends a signal, unless it has ended and its number may be another's.
    public func signal(_ number: Int32) {
        state.withLock { state in
            if state.end == nil { _ = kill(processId, number) }
        }
    }

    /// Calls `body` once it has ended, at once if it has already; from any thread.
    public func whenEnded(_ body: @escaping @Sendable (End) -> Void) {
        let end = state.withLock { state in
            if state.end == nil { state.endHandlers.append(body) }
            return state.end
        }
        if let end { body(end) }
    }

    /// Blocks until it has ended, for so long at most; nil if it still runs then.
    public func waitForEnd(withinMs timeoutMs: Int) -> End? {
        _ = running.wait(timeout: .now() + .milliseconds(timeoutMs))
        return end
    }

    /// Ends it by force, with what it has started itself, and blocks until it is gone.
    @discardableResult
    public func endByForce() -> End? {
        state.withLock { state in
            // It leads a group of its own.
            if state.end == nil { _ = kill(-processId, SIGKILL) }
        }
        running.wait()
        return end
    }

    private func awaitEnd() {
        var information = unsafe siginfo_t()
        // It stays a zombie, so that its number is nobody else's, until its end is noted.
        while unsafe waitid(P_PID, id_t(processId), &information, WEXITED | WNOWAIT) < 0, errno == EINTR {}
        let (end, handlers) = state.withLock { state in
            var status: Int32 = 0
            unsafe waitpid(processId, &status, 0)
            let end = End(status: status)
            state.end = end
            defer { state.endHandlers = [] }
            return (end, state.endHandlers)
        }
        running.leave()
        for handler in handlers { handler(end) }
    }
}

extension ChildProcess.End {
    /// From what `waitpid` tells.
    public init(status: Int32) {
        let signal = status & 0x7f
        self = signal == 0 ? .exited(status: status >> 8 & 0xff) : .killed(signal: signal)
    }

    /// The same in words: `ended with status 3`, `was ended by signal 11`.
    public var words: String {
        switch self {
        case .exited(let status): "ended with status \(status)"
        case .killed(let signal):
            "was ended by signal \(signal)" + (signal == SIGKILL ? ": is there enough memory?" : "")
        }
    }
}
