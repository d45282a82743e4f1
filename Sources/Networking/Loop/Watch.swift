extension EventLoop {
    /// Calls `onReady` whenever `descriptor` is ready for what is wanted, for as long as it is; on
    /// the loop.
    ///
    /// `unwatch` must come before the descriptor is closed. If the loop stops first, it forgets the
    /// descriptor and calls `onStop`; closing it is still the caller's.
    public func watch(
        _ descriptor: Int32, for wanted: PollEvents, onStop: @escaping () -> Void = {},
        onReady: @escaping (PollEvents) -> Void
    ) throws(NetworkError) -> PollToken {
        try watch(descriptor, for: wanted, Watch(onReady: onReady, onStop: onStop))
    }

    /// Changes what is wanted of a watched descriptor; on the loop.
    public func change(_ token: PollToken, to wanted: PollEvents) {
        preconditionCurrent()
        poller.modify(token, wanted)
    }

    /// Forgets a watched descriptor; no event of it is delivered any more; on the loop.
    public func unwatch(_ token: PollToken) {
        preconditionCurrent()
        poller.remove(token)
    }

    /// Watches `descriptor` for `wanted` and keeps `pollable` until it is removed.
    func watch(_ descriptor: Int32, for wanted: PollEvents, _ pollable: any Pollable) throws(NetworkError) -> PollToken
    {
        preconditionCurrent()
        guard isOpen else { throw NetworkError(.loopStopped, .loop, nil, "the event loop \(name) has stopped") }
        return try poller.add(pollable, descriptor, wanted)
    }
}

private final class Watch: Pollable {
    private let onReady: (PollEvents) -> Void
    private let onStop: () -> Void

    init(onReady: @escaping (PollEvents) -> Void, onStop: @escaping () -> Void) {
        self.onReady = onReady
        self.onStop = onStop
    }

    func ready(_ events: PollEvents) { onReady(events) }
    func loopStopped() { onStop() }
}
