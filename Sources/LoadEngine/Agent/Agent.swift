import Glibc
import Measurement
import Networking
import Results
import Synchronization
import System

/// The process that generates load: it carries out the orders that come over its standard input,
/// and tells over its standard output what was measured.
public enum Agent {
    /// Counts this process's instructions from now on: to be called before it makes its first
    /// thread.
    public static func countInstructions() { InstructionCounter.startForProcess() }

    /// Serves the engine until the pipe is closed, which the kernel does however the engine ends.
    /// Throws for a line that is no order.
    public static func serve(as build: AgentBuild) async throws {
        // Nothing else that this process prints may stand between the lines.
        let output = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1)
        guard output >= 0, dup2(STDERR_FILENO, STDOUT_FILENO) >= 0 else {
            throw EngineError("no descriptor for its output: \(Errno.last.text)")
        }
        let loop = try EventLoop(name: "weir-client")
        let server = AgentServer(
            channel: LineChannel(input: STDIN_FILENO, output: output, wake: try PipeEnds()),
            generator: InProcessLoadGenerator(loop: loop))
        try await server.serve(as: build)
    }
}

/// The agent's end of the pipes: it carries out the engine's commands.
private final class AgentServer: Sendable {
    private struct State {
        /// How the measurement under way is stopped, or learns of the target's loss; nil between
        /// orders.
        var interruption: Interruption?
        var loss: TargetLoss?
        /// The wait for the engine's answer to the last request, and the number of requests so far.
        var asking: CheckedContinuation<EngineAnswer, any Error>?
        var requestCount = 0
        var serving: CheckedContinuation<Void, any Error>?
    }

    private let channel: LineChannel
    private let generator: any LoadGenerator
    private let state = Mutex(State())

    init(channel: LineChannel, generator: any LoadGenerator) {
        self.channel = channel
        self.generator = generator
    }

    func serve(as build: AgentBuild) async throws {
        try await withCheckedThrowingContinuation { continuation in
            state.withLock { $0.serving = continuation }
            // Queued before anything is read, so that it is the first line whatever comes.
            send(.ready(build))
            channel.start(
                LineChannel.Handlers(
                    onLine: { self.enter($0, number: $1) },
                    onTick: { self.send(.alive, mayBeLeftOut: true) }, onEnd: { self.end($0) }))
        }
    }

    private func end(_ error: (any Error)?) {
        let serving = state.withLock { state in
            defer { state.serving = nil }
            return state.serving
        }
        if let error { serving?.resume(throwing: error) } else { serving?.resume() }
    }

    private func send(_ event: AgentEvent, mayBeLeftOut: Bool = false) {
        do throws(AgentError) {
            channel.send(try AgentLine.encoded(event), mayBeLeftOut: mayBeLeftOut)
        } catch {
            end(error)
        }
    }

    // MARK: What the engine says

    private func enter(_ line: [UInt8], number: Int) {
        do throws(AgentError) {
            switch try AgentLine.decoded(line, as: AgentCommand.self, number: number) {
            case .measure(let order): measure(order)
            case .stop: state.withLock { $0.interruption }?.request()
            case .lost(let reason):
                state.withLock { $0.loss }?.report(EngineError(reason.detail, code: reason.code))
            case .answer(let answer, let number): answered(.success(answer), to: number)
            case .refuse(let reason, let number):
                answered(.failure(EngineError(reason.detail, code: reason.code)), to: number)
            }
        } catch {
            end(error)
        }
    }

    private func measure(_ order: MeasurementOrder) {
        let (interruption, loss) = (Interruption(), TargetLoss())
        let isBusy = state.withLock { state in
            guard state.interruption == nil else { return true }
            (state.interruption, state.loss) = (interruption, loss)
            return false
        }
        guard !isBusy else { return send(.failed(InvalidReason(.failed, "an order came before the last was done"))) }
        let control = MeasurementControl(
            interruption: interruption, loss: loss,
            onProgress: { self.send(.progress($0), mayBeLeftOut: true) }, ask: { try await self.ask($0) })
        Task {
            let event: AgentEvent
            do {
                event = .measured(try await generator.measure(order, control))
            } catch {
                event = .failed(InvalidReason(error))
            }
            state.withLock { ($0.interruption, $0.loss) = (nil, nil) }
            send(event)
        }
    }

    private func ask(_ request: EngineRequest) async throws -> EngineAnswer {
        try await withCheckedThrowingContinuation { continuation in
            let (before, number) = state.withLock { state in
                defer { state.asking = continuation }
                state.requestCount += 1
                return (state.asking, state.requestCount)
            }
            before?.resume(throwing: EngineError("another request was made before it was answered"))
            send(.ask(request, number: number))
        }
    }

    private func answered(_ answer: Result<EngineAnswer, any Error>, to number: Int) {
        let asking = state.withLock { state -> CheckedContinuation<EngineAnswer, any Error>? in
            // An answer to a request that was given up comes too late.
            guard number == state.requestCount else { return nil }
            defer { state.asking = nil }
            return state.asking
        }
        asking?.resume(with: answer)
    }
}
