import Networking

/// A request whose answer waits until it is woken, its time is over, or its client leaves,
/// whichever comes first.
final class ParkedRequest {
    /// Why the wait is over.
    enum End {
        /// What it waited for is there.
        case woken
        case timedOut
        /// Its client is gone, or the broker stops: no answer is due.
        case abandoned
    }

    private var timer: EventLoop.Timer?
    private var onEnd: ((End) -> Void)?

    /// Waits until `untilNs` at most, and calls `onEnd` once.
    init(on loop: EventLoop, untilNs: UInt64, onEnd: @escaping (End) -> Void) {
        self.onEnd = onEnd
        timer = loop.schedule(atNs: untilNs) { [weak self] in self?.end(.timedOut) }
    }

    /// Ends the wait; what comes later has no effect.
    func end(_ end: End) {
        guard let onEnd else { return }
        self.onEnd = nil
        timer?.cancel()
        timer = nil
        onEnd(end)
    }
}

extension Exchange {
    /// Puts the answer off. `onEnd` is called once, and must answer unless the request was
    /// abandoned. The request's bytes are given back.
    func park(untilNs: UInt64, onEnd: @escaping (ParkedRequest.End) -> Void) -> ParkedRequest {
        releaseFrame()
        let parked = ParkedRequest(on: client.loop, untilNs: untilNs, onEnd: onEnd)
        client.parked = parked
        return parked
    }
}
