import Glibc
import Synchronization
import System

/// A few threads for calls that block, such as name look-up: never more than eight, none while
/// there is nothing to do.
public final class HelperThreads: Sendable {
    /// The process's helpers.
    public static let shared = HelperThreads(threadCountMax: 8)

    private struct State {
        var waiting: [@Sendable () -> Void] = []
        var threadCount = 0
    }

    private let threadCountMax: Int
    private let state = Mutex(State())

    init(threadCountMax: Int) { self.threadCountMax = threadCountMax }

    /// Runs `body` on a helper thread as soon as one is free.
    public func execute(_ body: @escaping @Sendable () -> Void) {
        let starts = state.withLock { state in
            state.waiting.append(body)
            guard state.threadCount < threadCountMax else { return false }
            state.threadCount += 1
            return true
        }
        if starts { startHelper() }
    }

    /// Runs `body` on a helper thread and returns what it returns.
    public nonisolated(nonsending) func run<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            execute { continuation.resume(returning: body()) }
        }
    }

    private func startHelper() {
        do {
            pthread_detach(try startThread { self.work() })
        } catch {
            // No thread could be started, so a thread of the pool does the work.
            Task.detached { self.work() }
        }
    }

    private func work() {
        while let body = next() { body() }
    }

    private func next() -> (@Sendable () -> Void)? {
        state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.threadCount -= 1
                return nil
            }
            return state.waiting.removeFirst()
        }
    }
}
