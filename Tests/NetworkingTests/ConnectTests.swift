import Bytes
import Glibc
import System
import Testing

@testable import Networking

@Suite(.timeLimit(.minutes(5))) struct ConnectTests {
    private static nonisolated(nonsending) func connect(
        to address: SocketAddress, on loop: EventLoop, deadlineNs: UInt64 = lateNs()
    ) async throws(NetworkError) -> FramedConnection {
        try await FramedConnection.connect(
            to: address, on: loop, pool: BufferPool(keptByteCountMax: 0), deadlineNs: deadlineNs)
    }

    @Test func aClosedPortRefuses() async throws {
        try await onLoop { home in
            let closed = try ClosedPort()
            let address = SocketAddress(host: "127.0.0.1", port: closed.port)
            let error = await #expect(throws: NetworkError.self) {
                _ = try await Self.connect(to: address, on: home.loop)
            }
            #expect(error?.description == "\(address): connect: connection refused")
            #expect(error?.code == .connectionRefused)
            withExtendedLifetime(closed) {}
        }
    }

    @Test func aMuteAddressIsGivenUpAtTheDeadline() async throws {
        let mute = try MuteAddress()
        try await onLoop { home in
            let startNs = EventLoop.nowNs()
            let error = await #expect(throws: NetworkError.self) {
                _ = try await Self.connect(to: mute.address, on: home.loop, deadlineNs: startNs + 30_000_000)
            }
            #expect(EventLoop.nowNs() - startNs >= 30_000_000)
            #expect(error?.code == .timedOut)
            #expect(error?.description == "\(mute.address): connect: no answer within the time allowed")
        }
    }

    @Test func aCancelledConnectEndsAtOnce() async throws {
        let mute = try MuteAddress()
        try await onLoop { home in
            let loop = home.loop
            let connecting = start(on: loop) { _ in
                await code { _ = try await Self.connect(to: mute.address, on: loop) }
            }
            await Task.yield()
            connecting.cancel()
            let ended = try await connecting.value
            #expect(ended == .cancelled)
        }
    }

    /// `localhost` is ::1 as well on many machines, and a listener on one of the two is enough.
    @Test func theNextAddressIsTriedWhenOneRefuses() async throws {
        try await onLoop { home in
            let listener = try Listener(at: loopback, on: home.loop, pool: BufferPool(keptByteCountMax: 0)) { _ in }
            let address = SocketAddress(host: "localhost", port: listener.port)
            let connection = try await Self.connect(to: address, on: home.loop)
            #expect(connection.remoteAddress == address)
            connection.close()
            listener.close()
        }
    }

    @Test func whatWasTriedIsSaidWhenNoAddressAnswers() async throws {
        try await onLoop { home in
            let closed = try ClosedPort()
            let address = SocketAddress(host: "localhost", port: closed.port)
            let found = try await address.resolved(on: home.loop, deadlineNs: lateNs())
            let error = await #expect(throws: NetworkError.self) {
                _ = try await Self.connect(to: address, on: home.loop)
            }
            #expect(error?.code == .connectionRefused)
            let tried = " (tried \(found.map(\.host).joined(separator: ", ")))"
            #expect(error?.reason == "connection refused" + (found.count > 1 ? tried : ""))
            withExtendedLifetime(closed) {}
        }
    }

    @Test func connectsToAnIPv6Address() async throws {
        try await onLoop { home in
            let accepted = Accepted()
            let v6 = SocketAddress(host: "::1", port: 0)
            let listener: Listener
            do throws(NetworkError) {
                listener = try Listener(at: v6, on: home.loop, pool: BufferPool(keptByteCountMax: 0)) {
                    accepted.add($0)
                }
            } catch {
                #expect(error.code == .addressUnavailable || error.code == .systemCall)  // no IPv6 on this machine
                return
            }
            let connection = try await Self.connect(to: listener.address, on: home.loop)
            #expect("\(connection.remoteAddress)" == "[::1]:\(listener.port)")
            #expect(await accepted.next().remoteAddress.host == "::1")
            connection.close()
            listener.close()
        }
    }

    /// Dialling a free port of the own machine, a socket can be given that same port and be its own
    /// peer.
    @Test func aSocketThatMeetsItselfCountsAsRefused() throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        let bound = IPAddress("127.0.0.1", port: 0)!.withSockaddr { bind(descriptor, $0, $1) }
        #expect(bound == 0)
        let own = try #require(Socket.localAddress(descriptor))
        #expect(try Socket.connect(descriptor, to: own))
        #expect(throws: Errno(ECONNREFUSED)) { try Connector.refuseItself(descriptor, port: own.port) }
    }
}

/// A port that nobody listens on and that nobody else can be given meanwhile.
private final class ClosedPort {
    let port: UInt16
    private let descriptor: Int32

    init() throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        self.descriptor = descriptor
        let result = IPAddress("127.0.0.1", port: 0)!.withSockaddr { bind(descriptor, $0, $1) }
        #expect(result == 0)
        port = try #require(Socket.localAddress(descriptor)).port
    }

    deinit { close(descriptor) }
}
