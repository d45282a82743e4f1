extension EventLoop {
    /// Suspends the task until `untilNs` of the loop's clock.
    ///
    /// Throws when the task is cancelled or the loop stops.
    public nonisolated(nonsending) func sleep(untilNs: UInt64) async throws(CancellationError) {
        let sleeper = Sleeper(self)
        let isOver = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if isCurrent {
                    sleeper.start(untilNs, continuation)
                } else {
                    execute { sleeper.start(untilNs, continuation) }
                }
            }
        } onCancel: {
            execute { sleeper.cancel() }
        }
        guard isOver else { throw CancellationError() }
    }
}

/// One sleeping task; used on its loop only.
private final class Sleeper: @unchecked Sendable {
    private let loop: EventLoop
    private var timer: EventLoop.Timer?
    private var continuation: CheckedContinuation<Bool, Never>?
    private var isCancelled = false

    init(_ loop: EventLoop) { self.loop = loop }

    func start(_ untilNs: UInt64, _ continuation: CheckedContinuation<Bool, Never>) {
        guard !isCancelled else { return continuation.resume(returning: false) }
        self.continuation = continuation
        timer = loop.schedule(atNs: untilNs, onStop: { self.finish(false) }, { self.finish(true) })
    }

    func cancel() {
        isCancelled = true
        timer?.cancel()
        finish(false)
    }

    private func finish(_ isOver: Bool) {
        timer = nil
        continuation?.resume(returning: isOver)
        continuation = nil
    }
}
