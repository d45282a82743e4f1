import Networking

/// A task's wait on a loop, for somebody on the same loop to end.
final class LoopWait: @unchecked Sendable {
    private var waiting: CheckedContinuation<Void, Never>?

    /// Ends the wait, if there is one; on the loop.
    func wake() {
        waiting?.resume()
        waiting = nil
    }

    /// Waits until `wake`, or until a moment; on the loop, one task at a time.
    nonisolated(nonsending) func wait(untilNs: UInt64, on loop: EventLoop) async {
        let timer = loop.schedule(atNs: untilNs) { self.wake() }
        await withCheckedContinuation { waiting = $0 }
        timer.cancel()
    }
}
