public import Bytes
import Glibc
import System

/// A TCP connection that carries frames: a 4-byte big-endian length and as many bytes of payload.
///
/// It belongs to its loop and is used on it only. The loop keeps it until it is closed, by
/// `close()`, by the peer, by an error or by the end of the loop. Its callbacks are called from the
/// loop's turns, never from inside one of its own methods.
public final class FramedConnection: @unchecked Sendable {
    /// The loop that it lives on.
    public let loop: EventLoop
    /// Where received frames get their buffers.
    public let pool: BufferPool
    /// What it accepts and how much it does at a time.
    public let limits: FrameLimits
    /// The peer's address: as the user wrote it if we connected, numeric if the peer did.
    public let remoteAddress: SocketAddress
    /// Bytes handed to the kernel.
    @safe @exclusivity(unchecked) public internal(set) var bytesSent: UInt64 = 0
    /// Bytes received, lengths included.
    @safe @exclusivity(unchecked) public internal(set) var bytesReceived: UInt64 = 0
    /// Below or at this many queued bytes `onDrain` is called.
    @safe @exclusivity(unchecked) public var drainByteCount = 0

    /// Gets each frame's payload, which is the receiver's then, to give back to the pool when done.
    /// Nothing is read before it is set.
    @safe @exclusivity(unchecked) public var onFrame: ((ByteBuffer) -> Void)? {
        didSet { if isOpen { updateInterest() } }
    }
    /// Called once, when the connection is closed: nil if we closed it, or the peer between two
    /// frames. It may be set late.
    @safe @exclusivity(unchecked) public var onClose: ((NetworkError?) -> Void)? {
        didSet { if onClose != nil, isCloseDue { loop.execute { self.reportClose() } } }
    }
    /// Called when no more than `drainByteCount` bytes are queued after there were more.
    @safe @exclusivity(unchecked) public var onDrain: (() -> Void)?

    let descriptor: Int32
    let stream: ByteStream
    var token: PollToken?
    /// What the poller watches for. It starts with what is wanted anyway, which saves a system
    /// call.
    var interest = PollEvents.readable
    @safe @exclusivity(unchecked) var assembler: FrameAssembler
    @safe @exclusivity(unchecked) var queue = OutputQueue()
    /// Received bytes that were not parsed because reading was paused, and the offset to go on
    /// from.
    var unread: (buffer: ByteBuffer, offset: Int)?
    /// False once it is closed.
    public var isOpen: Bool { !isFinished }
    // Private, so that the compiler sees every access and checks none at run time.
    private var isFinished = false
    var isPaused = false
    var isBlocked = false
    var isFlushDue = false
    var isAboveDrain = false
    var idleTimer: EventLoop.Timer?
    var frameTimer: EventLoop.Timer?
    var handshakeTimer: EventLoop.Timer?
    private var closeError: NetworkError?
    private var isCloseDue = false
    /// For the listener that accepted it.
    var onGone: (() -> Void)?

    /// Takes over a connected socket, and a layer over it; on the loop. If this throws, the socket
    /// is closed.
    init(
        takingOver descriptor: Int32, _ remoteAddress: SocketAddress, on loop: EventLoop, pool: BufferPool,
        limits: FrameLimits, layer: (any StreamLayer)? = nil
    ) throws(NetworkError) {
        self.descriptor = descriptor
        stream = layer.map { .layered(LayeredStream($0)) } ?? .socket
        self.remoteAddress = remoteAddress
        self.loop = loop
        self.pool = pool
        self.limits = limits
        assembler = FrameAssembler(limits: limits, pool: pool)
        if case .layered(let layered) = stream { interest = layered.wanted(isReading: false, isBlocked: false) }
        do throws(NetworkError) {
            token = try loop.watch(descriptor, for: interest, self)
        } catch {
            Glibc.close(descriptor)
            throw NetworkError(copying: error, address: remoteAddress)
        }
        watchIdleness()
        if case .layered(let layered) = stream { watchHandshake(layered) }
    }

    /// Connects to the first of the address's hosts that accepts; called on the loop.
    public static nonisolated(nonsending) func connect(
        to address: SocketAddress, on loop: EventLoop, pool: BufferPool, limits: FrameLimits = FrameLimits(),
        options: SocketOptions = SocketOptions(), deadlineNs: UInt64
    ) async throws(NetworkError) -> FramedConnection {
        loop.preconditionCurrent()
        return try await connect(address, nil, loop, pool, limits, options, deadlineNs, dialed: nil)
    }

    fileprivate static nonisolated(nonsending) func connect(
        _ address: SocketAddress, _ places: HostAddresses?, _ loop: EventLoop, _ pool: BufferPool,
        _ limits: FrameLimits, _ options: SocketOptions, _ deadlineNs: UInt64, dialed: DialedSocket?
    ) async throws(NetworkError) -> FramedConnection {
        let descriptor = try await Connector.connect(
            to: address, at: places, on: loop, options: options, deadlineNs: deadlineNs, dialed: dialed)
        return try FramedConnection(takingOver: descriptor, address, on: loop, pool: pool, limits: limits)
    }

    /// Connects and calls `done` once, on the loop. A numeric host on the same machine connects at
    /// once, so that `done` is called before this returns. `places` holds the addresses of a name
    /// that was looked up before.
    ///
    /// If it has to wait, it returns a task; cancelling the task ends the wait.
    @discardableResult
    public static func connect(
        to address: SocketAddress, at places: HostAddresses? = nil, on loop: EventLoop, pool: BufferPool,
        limits: FrameLimits = FrameLimits(), options: SocketOptions = SocketOptions(), deadlineNs: UInt64,
        done: @escaping (Result<FramedConnection, NetworkError>) -> Void
    ) -> Task<Void, Never>? {
        loop.preconditionCurrent()
        let places = places ?? HostAddresses(numeric: address)
        var dialed: DialedSocket?
        do throws(NetworkError) {
            if let places, places.candidates.count == 1 {
                dialed = try Connector.dial(places.candidates[0], address, options)
            }
            if let dialed, dialed.isConnected {
                done(
                    .success(
                        try FramedConnection(
                            takingOver: dialed.descriptor, address, on: loop, pool: pool, limits: limits)))
                return nil
            }
        } catch {
            done(.failure(error))
            return nil
        }
        let rest = PendingConnect(places: places, dialed: dialed, pool: pool, done: done)
        return Task(executorPreference: loop) { await rest.finish(address, loop, limits, options, deadlineNs) }
    }

    /// Closes at once; what is queued is dropped. `onClose` follows.
    public func close() { finish(nil) }

    func finish(_ error: NetworkError?) {
        loop.preconditionCurrent()
        guard isOpen else { return }
        isFinished = true
        if let token { loop.unwatch(token) }
        token = nil
        if case .layered(let layered) = stream { layered.close() }
        Glibc.close(descriptor)
        stopWatching()
        queue.removeAll()
        assembler.abandon()
        if let unread { pool.give(unread.buffer) }
        unread = nil
        closeError = error
        isCloseDue = true
        loop.execute { self.reportClose() }
    }

    private func reportClose() {
        onGone?()
        onGone = nil
        onFrame = nil
        onDrain = nil
        guard isCloseDue, let onClose else { return }
        isCloseDue = false
        self.onClose = nil
        onClose(closeError)
    }

    func fail(_ code: NetworkError.Code, _ operation: NetworkError.Operation, _ reason: String) {
        finish(NetworkError(code, operation, remoteAddress, reason))
    }

    func fail(_ error: Errno, _ operation: NetworkError.Operation) {
        if case .layered(let layered) = stream, let failure = layered.failure { return finish(failure) }
        finish(NetworkError(errno: error.number, operation, remoteAddress))
    }
}

/// The rest of a connect that could not finish at once; on its loop only.
private final class PendingConnect: @unchecked Sendable {
    private let places: HostAddresses?
    private let dialed: DialedSocket?
    private let pool: BufferPool
    private let done: (Result<FramedConnection, NetworkError>) -> Void

    init(
        places: HostAddresses?, dialed: DialedSocket?, pool: BufferPool,
        done: @escaping (Result<FramedConnection, NetworkError>) -> Void
    ) {
        self.places = places
        self.dialed = dialed
        self.pool = pool
        self.done = done
    }

    func finish(
        _ address: SocketAddress, _ loop: EventLoop, _ limits: FrameLimits, _ options: SocketOptions,
        _ deadlineNs: UInt64
    ) async {
        do throws(NetworkError) {
            done(
                .success(
                    try await FramedConnection.connect(
                        address, places, loop, pool, limits, options, deadlineNs, dialed: dialed)))
        } catch {
            done(.failure(error))
        }
    }
}

extension FramedConnection: Pollable {
    func ready(_ events: PollEvents) {
        if case .layered(let layered) = stream { return ready(events, layered) }
        if isReading, !events.isDisjoint(with: [.readable, .failed, .hungUp]) {
            readFrames()
            if isOpen { watchFrame() }
        } else if !events.isDisjoint(with: [.failed, .hungUp]) {
            return fail(socketError, queue.isEmpty ? .read : .write)
        }
        if isOpen, events.contains(.writable) { flush() }
        if isOpen { updateInterest() }
    }

    func loopStopped() {
        token = nil
        fail(.loopStopped, .loop, "the event loop \(loop.name) has stopped")
    }

    /// What the kernel noted on the socket, which has failed.
    var socketError: Errno { Socket.takeError(descriptor) ?? Errno(ECONNRESET) }

    /// Frames may be read and delivered.
    var isReading: Bool { onFrame != nil && !isPaused }

    /// Tells the poller what is wanted now, if that has changed.
    func updateInterest() {
        guard let token else { return }
        var wanted: PollEvents = isReading ? .readable : []
        if isBlocked { wanted.insert(.writable) }
        if case .layered(let layered) = stream {
            wanted = layered.wanted(isReading: isReading, isBlocked: isBlocked)
            readHeldBytes(layered)
        }
        guard wanted != interest else { return }
        interest = wanted
        loop.change(token, to: wanted)
    }
}
