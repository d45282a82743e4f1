import Glibc

/// Opens connections: one address after another until one answers.
enum Connector {
    /// A connected socket to the first of the host's addresses that accepts.
    ///
    /// Each address gets an even share of the time that is left, so that a mute one does not use up what the next
    /// would need.
    static nonisolated(nonsending) func connect(
        to address: SocketAddress, on loop: EventLoop, options: SocketOptions, deadlineNs: UInt64
    ) async throws(NetworkError) -> Int32 {
        let candidates = try await address.ipAddresses(on: loop, deadlineNs: deadlineNs)
        var last = NetworkError(.resolutionFailed, .resolve, address, "the name has no address")
        for (index, candidate) in candidates.enumerated() {
            let nowNs = EventLoop.nowNs()
            let leftNs = deadlineNs > nowNs ? deadlineNs - nowNs : 0
            let shareNs = leftNs / UInt64(candidates.count - index)
            do throws(NetworkError) {
                return try await attempt(candidate, address, loop, options, deadlineNs: nowNs + shareNs)
            } catch {
                guard error.code != .cancelled, error.code != .loopStopped else { throw error }
                last = error
            }
        }
        guard candidates.count > 1 else { throw last }
        let tried = candidates.map(\.host).joined(separator: ", ")
        throw NetworkError(copying: last, reason: "\(last.reason) (tried \(tried))")
    }

    /// A socket that dials a free local port can draw that very port as its own and be its own peer.
    static func isConnectedToItself(_ descriptor: Int32) -> Bool {
        Socket.localAddress(descriptor) == Socket.peerAddress(descriptor)
    }

    private static nonisolated(nonsending) func attempt(
        _ candidate: IPAddress, _ address: SocketAddress, _ loop: EventLoop, _ options: SocketOptions,
        deadlineNs: UInt64
    ) async throws(NetworkError) -> Int32 {
        let race = Race<Int32, NetworkError>(loop)
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                race.begin(continuation, deadlineNs: deadlineNs) { code, reason in
                    NetworkError(code, .connect, address, reason)
                }
                start(candidate, address, options, loop, race)
            }
        } onCancel: {
            loop.execute { race.cancel() }
        }
        return try result.get()
    }

    private static func start(
        _ candidate: IPAddress, _ address: SocketAddress, _ options: SocketOptions, _ loop: EventLoop,
        _ race: Race<Int32, NetworkError>
    ) {
        guard !race.isOver else { return }
        do throws(Errno) {
            let attempt = ConnectAttempt(try Socket.open(candidate.domain), address, loop, race)
            race.onEnd = { attempt.end() }
            try Socket.configure(attempt.descriptor, options)
            do throws(Errno) {
                try Socket.connect(attempt.descriptor, to: candidate)
                attempt.settle()
            } catch {
                guard error.number == EINPROGRESS else { throw error }
                attempt.wait()
            }
        } catch {
            race.finish(.failure(NetworkError(errno: error.number, .connect, address)))
        }
    }
}

/// A socket on its way to one address.
private final class ConnectAttempt: Pollable {
    let descriptor: Int32
    private let address: SocketAddress
    private let loop: EventLoop
    private let race: Race<Int32, NetworkError>
    private var token: PollToken?
    private var isHandedOver = false

    init(_ descriptor: Int32, _ address: SocketAddress, _ loop: EventLoop, _ race: Race<Int32, NetworkError>) {
        self.descriptor = descriptor
        self.address = address
        self.loop = loop
        self.race = race
    }

    func wait() {
        do throws(NetworkError) {
            token = try loop.watch(descriptor, for: .writable, self)
        } catch {
            race.finish(.failure(NetworkError(copying: error, phase: .connect, address: address)))
        }
    }

    func ready(_ events: PollEvents) { settle() }

    func loopStopped() { race.fail(.loopStopped, "the event loop \(loop.name) has stopped") }

    /// The kernel has decided.
    func settle() {
        if let error = Socket.takeError(descriptor) {
            return race.finish(.failure(NetworkError(errno: error.number, .connect, address)))
        }
        guard !Connector.isConnectedToItself(descriptor) else {
            return race.finish(.failure(NetworkError(errno: ECONNREFUSED, .connect, address)))
        }
        isHandedOver = true
        race.finish(.success(descriptor))
    }

    func end() {
        if let token { loop.unwatch(token) }
        token = nil
        if !isHandedOver { close(descriptor) }
    }
}
