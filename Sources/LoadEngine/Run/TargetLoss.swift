import Networking
import Synchronization

/// The news that what is waited for will not come: a target or a cell's topic is gone for good, or
/// the grace period after a stop is over. Without it, whatever waits would wait out its time-outs,
/// one after the other.
final class TargetLoss: Sendable {
    private struct State {
        var error: EngineError?
        var watchers: [Int: @Sendable (EngineError) -> Void] = [:]
        var nextWatcher = 0
    }

    private let state = Mutex(State())

    /// A loss that somebody reports, or that comes with the first of `others`.
    init(with others: [TargetLoss] = []) {
        for other in others { _ = other.watch { [weak self] error in self?.report(error) } }
    }

    /// The reason; nil while nothing is lost.
    var error: EngineError? { state.withLock { $0.error } }

    /// Reports the loss; from any thread. Only the first reason counts.
    func report(_ error: EngineError) {
        let watchers = state.withLock { state in
            guard state.error == nil else { return [Int: @Sendable (EngineError) -> Void]() }
            state.error = error
            defer { state.watchers = [:] }
            return state.watchers
        }
        for watcher in watchers.sorted(by: { $0.key < $1.key }) { watcher.value(error) }
    }

    /// Calls `body` at the loss, at once if it is reported already, from any thread; until
    /// `unwatch` with the number returned.
    func watch(_ body: @escaping @Sendable (EngineError) -> Void) -> Int {
        let (number, error) = state.withLock { state in
            defer { state.nextWatcher += 1 }
            if state.error == nil { state.watchers[state.nextWatcher] = body }
            return (state.nextWatcher, state.error)
        }
        if let error { body(error) }
        return number
    }

    /// Removes a watcher that is no longer needed.
    func unwatch(_ number: Int) { state.withLock { _ = $0.watchers.removeValue(forKey: number) } }
}

extension TargetLoss {
    /// Returns what `body` returns. If the loss comes first, throws it `graceNs` later, and leaves
    /// `body` to end by its own time limits.
    func unlessLost<Value: Sendable>(
        on loop: EventLoop, graceNs: UInt64 = 0, _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        if graceNs == 0, let error { throw error }
        let first = FirstResult<Value>()
        let number = watch { error in
            guard graceNs > 0 else { return first.settle(.failure(error)) }
            loop.execute {
                let end = { first.settle(.failure(error)) }
                _ = loop.schedule(atNs: EventLoop.nowNs() + graceNs, onStop: end, end)
            }
        }
        defer { unwatch(number) }
        Task(executorPreference: loop) {
            do { first.settle(.success(try await body())) } catch { first.settle(.failure(error)) }
        }
        return try await first.result().get()
    }
}

/// The first of several results, for one waiting task.
private final class FirstResult<Value: Sendable>: Sendable {
    private struct State {
        var result: Result<Value, any Error>?
        var waiting: CheckedContinuation<Result<Value, any Error>, Never>?
    }

    private let state = Mutex(State())

    func settle(_ result: Result<Value, any Error>) {
        let waiting = state.withLock { state -> CheckedContinuation<Result<Value, any Error>, Never>? in
            guard state.result == nil else { return nil }
            state.result = result
            defer { state.waiting = nil }
            return state.waiting
        }
        waiting?.resume(returning: result)
    }

    func result() async -> Result<Value, any Error> {
        await withCheckedContinuation { continuation in
            let result = state.withLock { state in
                if state.result == nil { state.waiting = continuation }
                return state.result
            }
            if let result { continuation.resume(returning: result) }
        }
    }
}
