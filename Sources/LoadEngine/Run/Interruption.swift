import Dispatch
import Networking
import Results
import Synchronization

/// A request to stop: the present repeat ends early and is reconciled, then nothing more begins.
///
/// What is under way gets a short grace period for that, because with a sick broker it would wait
/// out its time-outs.
public final class Interruption: Sendable {
    private struct State {
        var isRequested = false
        var handlers: [@Sendable () -> Void] = []
    }

    private let state = Mutex(State())
    /// Called at once when it is requested.
    let stopped = TargetLoss()
    /// Signalled when the grace period after a stop is over.
    let graceOver = TargetLoss()

    /// How long reconciliation, deletions and all else may take after a stop was requested.
    static let graceNs: UInt64 = 1_000_000_000

    /// No stop was requested.
    public init() {}

    /// Whether a stop was requested.
    public var isRequested: Bool { state.withLock { $0.isRequested } }

    /// Requests a stop; from any thread.
    public func request() {
        let handlers = state.withLock { state in
            state.isRequested = true
            defer { state.handlers = [] }
            return state.handlers
        }
        for handler in handlers { handler() }
        let error = EngineError("the run was stopped", code: .interrupted)
        stopped.report(error)
        DispatchQueue.global().asyncAfter(deadline: .now() + .nanoseconds(Int(Self.graceNs))) { [graceOver] in
            graceOver.report(error)
        }
    }

    /// Calls `body` when it is requested, at once if it was already.
    func onRequest(_ body: @escaping @Sendable () -> Void) {
        let isLate = state.withLock { state in
            if !state.isRequested { state.handlers.append(body) }
            return state.isRequested
        }
        if isLate { body() }
    }

    /// Waits until a moment, or until it is requested.
    func wait(untilNs: UInt64, on loop: EventLoop) async {
        let (moment, isThere) = AsyncStream<Void>.makeStream()
        let timer = loop.schedule(atNs: untilNs, onStop: { isThere.finish() }, { isThere.finish() })
        onRequest { isThere.finish() }
        for await _ in moment {}
        timer.cancel()
        removeHandlers()
    }

    /// Removes all handlers.
    func removeHandlers() { state.withLock { $0.handlers = [] } }
}
