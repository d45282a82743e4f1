public import Bytes
import Glibc
import System

/// A listening TCP socket that makes framed connections of incoming ones, on its loop.
///
/// It lives on its loop and is used on it only; the loop keeps it until it is closed. Connections
/// that it accepted outlive it.
public final class Listener {
    /// Connections accepted in one turn, so that many at once do not hold up other work.
    private static let acceptCountMax = 64
    /// How long to wait when the process or the machine has no descriptor to spare.
    private static let retryNs: UInt64 = 100_000_000

    private let loop: EventLoop
    private let pool: BufferPool
    private let limits: FrameLimits
    private let connectionCountMax: Int
    private let onAccept: (FramedConnection) -> Void
    private let descriptor: Int32
    private var token: PollToken?
    private var isWatching = true
    private var retry: EventLoop.Timer?
    /// Where it listens; with the port that the system chose if 0 was asked for.
    public let address: SocketAddress
    /// Connections that it accepted and that are still open.
    public private(set) var connectionCount = 0
    /// How often it had to stop accepting for a while, for want of descriptors or because of
    /// `connectionCountMax`.
    public private(set) var pauseCount = 0

    /// The port that it listens on.
    public var port: UInt16 { address.port }

    /// Listens at a numeric address (or `localhost`, which is 127.0.0.1); port 0 takes a free one.
    /// On the loop.
    ///
    /// When `connectionCountMax` connections are open, the next wait in the kernel's queue until
    /// one closes.
    public init(
        at address: SocketAddress, on loop: EventLoop, pool: BufferPool, limits: FrameLimits = FrameLimits(),
        options: SocketOptions = SocketOptions(), connectionCountMax: Int = 10_000, backlog: Int = 1024,
        onAccept: @escaping (FramedConnection) -> Void
    ) throws(NetworkError) {
        loop.preconditionCurrent()
        let host = address.host == "localhost" ? "127.0.0.1" : address.host
        guard let place = IPAddress(host, port: address.port) else {
            throw NetworkError(.invalidAddress, .listen, address, "listening takes a numeric address such as 127.0.0.1")
        }
        self.loop = loop
        self.pool = pool
        self.limits = limits
        self.connectionCountMax = connectionCountMax
        self.onAccept = onAccept
        do throws(Errno) {
            descriptor = try Socket.openListener(at: place, options, backlog: backlog)
        } catch {
            throw NetworkError(errno: error.number, .listen, address)
        }
        let port = Socket.localAddress(descriptor)?.port ?? address.port
        self.address = SocketAddress(host: host, port: port)
        do throws(NetworkError) {
            token = try loop.watch(descriptor, for: .readable, self)
        } catch {
            Glibc.close(descriptor)
            throw NetworkError(copying: error, operation: .listen, address: address)
        }
    }

    /// Stops listening; connections that it accepted stay open.
    public func close() {
        loop.preconditionCurrent()
        retry?.cancel()
        retry = nil
        guard let token else { return }
        loop.unwatch(token)
        self.token = nil
        Glibc.close(descriptor)
    }

    private func acceptSome() {
        for _ in 0..<Self.acceptCountMax {
            guard token != nil else { return }
            guard connectionCount < connectionCountMax else { return pause(retryAtNs: nil) }
            do throws(Errno) {
                try acceptOne()
            } catch {
                switch error.number {
                case EAGAIN: return
                case EMFILE, ENFILE, ENOBUFS, ENOMEM: return pause(retryAtNs: EventLoop.nowNs() + Self.retryNs)
                default: continue  // That one peer was gone before it was accepted, or not allowed in.
                }
            }
        }
    }

    private func acceptOne() throws(Errno) {
        let (descriptor, peer) = try Socket.accept(descriptor)
        let remote = peer.map { SocketAddress($0) } ?? SocketAddress(host: "unknown", port: 0)
        let connection: FramedConnection
        do throws(NetworkError) {
            connection = try FramedConnection(takingOver: descriptor, remote, on: loop, pool: pool, limits: limits)
        } catch {
            throw Errno(error.errnoCode ?? ENOMEM)
        }
        connectionCount += 1
        connection.onGone = { [weak self] in self?.connectionGone() }
        onAccept(connection)
    }

    private func connectionGone() {
        connectionCount -= 1
        resume()
    }

    private func pause(retryAtNs: UInt64?) {
        guard let token, isWatching else { return }
        isWatching = false
        pauseCount += 1
        loop.change(token, to: [])
        if let retryAtNs { retry = loop.schedule(atNs: retryAtNs) { [weak self] in self?.resume() } }
    }

    private func resume() {
        guard let token, !isWatching else { return }
        isWatching = true
        retry?.cancel()
        retry = nil
        loop.change(token, to: .readable)
    }
}

extension Listener: Pollable {
    func ready(_ events: PollEvents) { acceptSome() }

    func loopStopped() {
        guard token != nil else { return }
        token = nil
        Glibc.close(descriptor)
    }
}
