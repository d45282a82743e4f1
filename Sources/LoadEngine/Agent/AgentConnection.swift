import Glibc
import Networking
import Results
import Synchronization
import System

/// One agent's process, and the order it carries out.
final class AgentConnection: Sendable {
    private struct State {
        var measuring: Measuring?
        var end: EngineError?
        var lastLineNs: UInt64 = 0
        /// Whether it is to end.
        var isClosing = false
        var closeNs: UInt64 = 0
        var whenEnded: [CheckedContinuation<Void, Never>] = []
    }

    private struct Measuring {
        let control: MeasurementControl
        let continuation: CheckedContinuation<Measured, any Error>
    }

    private let process: ChildProcess
    private let channel: LineChannel
    private let state = Mutex(State())

    /// How long an agent may be silent before it is given up; it reports once a second.
    static let silenceNsMax: UInt64 = 30_000_000_000
    /// How long one may take to end when its pipe is closed.
    private static let closeNsMax: UInt64 = 2_000_000_000

    /// Starts `executable agent`.
    init(executable: String) throws(EngineError) {
        let wake: PipeEnds
        do throws(Errno) {
            wake = try PipeEnds()
        } catch {
            throw EngineError("no pipe can be made: \(error.text)")
        }
        do throws(Errno) {
            process = try ChildProcess(
                // A backtrace would show what its registers point to, which may be a secret.
                SpawnCommand([executable, "agent"], environment: ["SWIFT_BACKTRACE": "enable=no"]),
                pipes: [STDIN_FILENO: .toChild, STDOUT_FILENO: .fromChild, STDERR_FILENO: .fromChild])
        } catch {
            for end in [wake.readEnd, wake.writeEnd] { Glibc.close(end) }
            throw EngineError("the load generator could not be started from \(executable): \(error.text)")
        }
        channel = LineChannel(
            input: process.pipeEnd(STDOUT_FILENO), output: process.pipeEnd(STDIN_FILENO),
            errors: process.pipeEnd(STDERR_FILENO), wake: wake)
        channel.start(
            LineChannel.Handlers(
                onLine: { self.enter($0, number: $1) }, onTick: { self.lookAtClock() }, onEnd: { self.ended($0) }))
    }

    /// Whether it can take an order.
    var isIdle: Bool { state.withLock { $0.measuring == nil && $0.end == nil && !$0.isClosing } }

    /// Has it carry out an order.
    func measure(_ order: MeasurementOrder, _ control: MeasurementControl) async throws -> Measured {
        let line = try AgentLine.encoded(AgentCommand.measure(order))
        var watch: Int?
        defer { if let watch { control.loss.unwatch(watch) } }
        return try await withCheckedThrowingContinuation { continuation in
            let end = state.withLock { state in
                state.lastLineNs = EventLoop.nowNs()
                if state.end == nil { state.measuring = Measuring(control: control, continuation: continuation) }
                return state.end
            }
            if let end { return continuation.resume(throwing: end) }
            channel.send(line)
            control.interruption.onRequest { [weak self] in self?.send(.stop) }
            watch = control.loss.watch { [weak self] error in self?.send(.lost(InvalidReason(error))) }
        }
    }

    /// Ends it at once; all waits for it end with an error.
    func kill() {
        process.signal(SIGKILL)
        channel.close()
    }

    /// Lets it end, and waits for that.
    func close() async {
        await withCheckedContinuation { continuation in
            let hasEnded = state.withLock { state in
                state.isClosing = true
                state.closeNs = EventLoop.nowNs()
                if state.end == nil { state.whenEnded.append(continuation) }
                return state.end != nil
            }
            channel.close()
            if hasEnded { continuation.resume() }
        }
    }

    private func send(_ command: AgentCommand) {
        do throws(AgentError) {
            channel.send(try AgentLine.encoded(command))
        } catch {
            fail(EngineError("the load generator could not be told: \(error)"))
        }
    }

    // MARK: What it says, on the channel's thread

    private func enter(_ line: [UInt8], number: Int) {
        let control = state.withLock { state in
            state.lastLineNs = EventLoop.nowNs()
            return state.measuring?.control
        }
        do throws(AgentError) {
            switch try AgentLine.decoded(line, as: AgentEvent.self, number: number) {
            case .ready(let build): if let objection = build.objection { fail(EngineError(objection)) }
            case .alive: break
            case .progress(let count): control?.onProgress(count)
            case .ask(let request, let number): if let control { answer(request, number, control) }
            case .measured(let measured): settle(.success(measured))
            case .failed(let reason): settle(.failure(EngineError(reason.detail, code: reason.code)))
            }
        } catch {
            fail(EngineError("the load generator cannot be understood: \(error)"))
        }
    }

    private func answer(_ request: EngineRequest, _ number: Int, _ control: MeasurementControl) {
        Task {
            do {
                send(.answer(try await control.ask(request), to: number))
            } catch {
                send(.refuse(InvalidReason(error), to: number))
            }
        }
    }

    private func settle(_ result: Result<Measured, any Error>) {
        let measuring = state.withLock { state in
            defer { state.measuring = nil }
            return state.measuring
        }
        measuring?.continuation.resume(with: result)
    }

    /// Gives it up.
    private func fail(_ error: EngineError) {
        state.withLock { if $0.end == nil { $0.end = error } }
        settle(.failure(error))
        kill()
    }

    private func lookAtClock() {
        let nowNs = EventLoop.nowNs()
        let (isSilent, isSlow) = state.withLock { state in
            (
                state.measuring != nil && nowNs.since(state.lastLineNs) > Self.silenceNsMax,
                state.isClosing && nowNs.since(state.closeNs) > Self.closeNsMax
            )
        }
        if isSilent {
            fail(
                EngineError(
                    "the load generator has said nothing for \(Self.silenceNsMax / 1_000_000_000) s", code: .timedOut))
        }
        if isSlow { kill() }
    }

    private func ended(_ fault: AgentError?) {
        // An agent that has closed its output cannot report any more.
        let status = process.endByForce()?.words ?? "has ended"
        let words = channel.lastWords
        let said = words.isEmpty ? "" : "; its last words: \(words)"
        let error =
            fault.map { EngineError("the load generator cannot be understood: \($0)") }
            ?? EngineError("the load generator \(status)\(said)")
        let waiting = state.withLock { state in
            if state.end == nil { state.end = error }
            defer { state.whenEnded = [] }
            return state.whenEnded
        }
        settle(.failure(error))
        for continuation in waiting { continuation.resume() }
    }
}
