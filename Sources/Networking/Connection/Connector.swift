import Glibc
import System

/// Opens connections: one address after another until one answers.
enum Connector {
    /// A connected socket to the first of the host's addresses that accepts.
    ///
    /// Each address gets an even share of the time that is left, so that one that does not answer
    /// leaves time for the next. `dialed` is a socket that already connects to the first address.
    static nonisolated(nonsending) func connect(
        to address: SocketAddress, at places: HostAddresses?, on loop: EventLoop, options: SocketOptions,
        deadlineNs: UInt64, dialed: DialedSocket? = nil
    ) async throws(NetworkError) -> Int32 {
        let candidates =
            if let places { places.candidates } else {
                try await address.ipAddresses(on: loop, deadlineNs: deadlineNs)
            }
        var last = NetworkError(.resolutionFailed, .resolve, address, "the name has no address")
        for (index, candidate) in candidates.enumerated() {
            let nowNs = EventLoop.nowNs()
            let shareNs = deadlineNs.since(nowNs) / UInt64(candidates.count - index)
            do throws(NetworkError) {
                return try await attempt(
                    candidate, address, loop, options, deadlineNs: nowNs.later(by: shareNs),
                    dialed: index == 0 ? dialed : nil)
            } catch {
                guard error.code != .cancelled, error.code != .loopStopped else { throw error }
                last = error
            }
        }
        guard candidates.count > 1 else { throw last }
        let tried = candidates.map(\.host).joined(separator: ", ")
        throw NetworkError(copying: last, reason: "\(last.reason) (tried \(tried))")
    }

    /// Begins to connect a new socket to an address.
    static func dial(
        _ candidate: IPAddress, _ address: SocketAddress, _ options: SocketOptions
    ) throws(NetworkError) -> DialedSocket {
        do throws(Errno) {
            let descriptor = try Socket.open(candidate.domain)
            do throws(Errno) {
                try Socket.configure(descriptor, options)
                guard try Socket.connect(descriptor, to: candidate) else { return DialedSocket(descriptor, false) }
                try refuseItself(descriptor, port: candidate.port)
                return DialedSocket(descriptor, true)
            } catch {
                close(descriptor)
                throw error
            }
        } catch {
            throw NetworkError(errno: error.number, .connect, address)
        }
    }

    /// A socket that connects to a free local port may be given that port as its own and connect to
    /// itself. That counts as refused.
    static func refuseItself(_ descriptor: Int32, port: UInt16) throws(Errno) {
        let local = Socket.localAddress(descriptor)
        guard local?.port == port, local == Socket.peerAddress(descriptor) else { return }
        throw Errno(ECONNREFUSED)
    }

    private static nonisolated(nonsending) func attempt(
        _ candidate: IPAddress, _ address: SocketAddress, _ loop: EventLoop, _ options: SocketOptions,
        deadlineNs: UInt64, dialed: DialedSocket?
    ) async throws(NetworkError) -> Int32 {
        let race = Race<Int32, NetworkError>(loop)
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                race.begin(continuation, deadlineNs: deadlineNs) { code, reason in
                    NetworkError(code, .connect, address, reason)
                }
                start(candidate, address, options, loop, race, dialed)
            }
        } onCancel: {
            loop.execute { race.cancel() }
        }
        return try result.get()
    }

    private static func start(
        _ candidate: IPAddress, _ address: SocketAddress, _ options: SocketOptions, _ loop: EventLoop,
        _ race: Race<Int32, NetworkError>, _ dialed: DialedSocket?
    ) {
        guard !race.isOver else {
            if let dialed { close(dialed.descriptor) }
            return
        }
        do throws(NetworkError) {
            let dialed = if let dialed { dialed } else { try dial(candidate, address, options) }
            guard !dialed.isConnected else { return race.finish(.success(dialed.descriptor)) }
            let attempt = ConnectAttempt(dialed.descriptor, address, loop, race)
            race.onEnd = { attempt.end() }
            attempt.wait()
        } catch {
            race.finish(.failure(error))
        }
    }
}

/// A socket that connects to an address, or is connected already, as on the same machine.
struct DialedSocket {
    let descriptor: Int32
    let isConnected: Bool

    init(_ descriptor: Int32, _ isConnected: Bool) {
        self.descriptor = descriptor
        self.isConnected = isConnected
    }
}

/// A socket that connects to one address.
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
            race.finish(.failure(NetworkError(copying: error, operation: .connect, address: address)))
        }
    }

    func ready(_ events: PollEvents) { settle() }

    func loopStopped() { race.fail(.loopStopped, "the event loop \(loop.name) has stopped") }

    /// Ends the attempt: the kernel knows whether it succeeded.
    private func settle() {
        do throws(Errno) {
            if let error = Socket.takeError(descriptor) { throw error }
            try Connector.refuseItself(descriptor, port: address.port)
            isHandedOver = true
            race.finish(.success(descriptor))
        } catch {
            race.finish(.failure(NetworkError(errno: error.number, .connect, address)))
        }
    }

    func end() {
        if let token { loop.unwatch(token) }
        token = nil
        if !isHandedOver { close(descriptor) }
    }
}
