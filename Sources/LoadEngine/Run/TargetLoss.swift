import Synchronization

/// That a target is gone for good, and whom to tell: what waits for it would else wait out its time-outs, one after the other.
final class TargetLoss: Sendable {
    private struct State {
        var error: EngineError?
        var watchers: [Int: @Sendable (EngineError) -> Void] = [:]
        var nextWatcher = 0
    }

    private let state = Mutex(State())

    /// Why it is gone; nil while it is not.
    var error: EngineError? { state.withLock { $0.error } }

    /// Says that it is gone; from any thread, and only the first reason counts.
    func report(_ error: EngineError) {
        let watchers = state.withLock { state in
            guard state.error == nil else { return [Int: @Sendable (EngineError) -> Void]() }
            state.error = error
            defer { state.watchers = [:] }
            return state.watchers
        }
        for watcher in watchers.sorted(by: { $0.key < $1.key }) { watcher.value(error) }
    }

    /// Calls `body` when it is gone, at once if it is already, from any thread; until `unwatch` with the number returned.
    func watch(_ body: @escaping @Sendable (EngineError) -> Void) -> Int {
        let (number, error) = state.withLock { state in
            defer { state.nextWatcher += 1 }
            if state.error == nil { state.watchers[state.nextWatcher] = body }
            return (state.nextWatcher, state.error)
        }
        if let error { body(error) }
        return number
    }

    /// Forgets a watcher: what it served is over.
    func unwatch(_ number: Int) { state.withLock { _ = $0.watchers.removeValue(forKey: number) } }
}
