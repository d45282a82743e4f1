import Synchronization

/// Something that happens once, and that any number of tasks wait for; from any thread.
public final class Signal: Sendable {
    private struct State {
        var isFired = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    /// A signal that has not been given yet.
    public init() {}

    /// Whether it was given.
    public var isFired: Bool { state.withLock { $0.isFired } }

    /// Ends all waits, those to come too; true for the first call.
    @discardableResult
    public func fire() -> Bool {
        let waiting = state.withLock { state -> [CheckedContinuation<Void, Never>]? in
            guard !state.isFired else { return nil }
            state.isFired = true
            defer { state.waiting = [] }
            return state.waiting
        }
        guard let waiting else { return false }
        for continuation in waiting { continuation.resume() }
        return true
    }

    /// Returns once it was given.
    public nonisolated(nonsending) func wait() async {
        await withCheckedContinuation { continuation in
            let isFired = state.withLock { state in
                if !state.isFired { state.waiting.append(continuation) }
                return state.isFired
            }
            if isFired { continuation.resume() }
        }
    }
}
