import Synchronization

/// What a task waits for on its loop: a result, a deadline, its cancellation or the loop's end,
/// whichever comes first.
///
/// Used on the loop only; `onEnd` is called exactly once, before the task goes on.
final class Race<Value: Sendable, Failure: Error>: @unchecked Sendable {
    typealias Outcome = Result<Value, Failure>

    private let loop: EventLoop
    private var continuation: CheckedContinuation<Outcome, Never>?
    private var timer: EventLoop.Timer?
    private var failure: ((NetworkError.Code, String) -> Failure)?
    private var isCancelled = false
    private let settled = Atomic<Bool>(false)
    /// Cleans up after whatever was under way.
    var onEnd: (() -> Void)?

    init(_ loop: EventLoop) { self.loop = loop }

    var isOver: Bool { continuation == nil }
    /// The same, for other threads to ask.
    var isSettled: Bool { settled.load(ordering: .relaxed) }

    func begin(
        _ continuation: CheckedContinuation<Outcome, Never>, deadlineNs: UInt64,
        failure: @escaping (NetworkError.Code, String) -> Failure
    ) {
        self.continuation = continuation
        self.failure = failure
        if isCancelled { return cancel() }
        timer = loop.schedule(
            atNs: deadlineNs, onStop: { self.fail(.loopStopped, "the event loop \(self.loop.name) has stopped") },
            { self.fail(.timedOut, "no answer within the time allowed") })
    }

    func cancel() {
        isCancelled = true
        fail(.cancelled, "the task was cancelled")
    }

    func fail(_ code: NetworkError.Code, _ reason: String) {
        guard let failure else { return }
        finish(.failure(failure(code, reason)))
    }

    func finish(_ outcome: Outcome) {
        guard let continuation else { return }
        self.continuation = nil
        settled.store(true, ordering: .relaxed)
        failure = nil
        timer?.cancel()
        timer = nil
        let onEnd = self.onEnd
        self.onEnd = nil
        onEnd?()
        continuation.resume(returning: outcome)
    }
}
