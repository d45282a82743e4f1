import Bytes
import Glibc
import Testing

@testable import Networking

/// The other end of a connection, driven by the test with plain blocking calls on a socket.
final class RawPeer: @unchecked Sendable {
    private(set) var descriptor: Int32

    init(to address: SocketAddress, options: SocketOptions = SocketOptions()) throws {
        let place = try #require(IPAddress(address.host, port: address.port))
        descriptor = socket(place.domain, Int32(SOCK_STREAM.rawValue), 0)
        try Socket.configure(descriptor, options)
        #expect(try Socket.connect(descriptor, to: place))
    }

    deinit { close() }

    func send(_ bytes: [UInt8]) {
        var start = 0
        while start < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress! + start, $0.count - start, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            start += count
        }
    }

    /// What was received up to the end of the stream; nil if it ended by a reset.
    func receiveAll() -> [UInt8]? {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(descriptor, &chunk, chunk.count, 0)
            guard count >= 0 else { return nil }
            guard count > 0 else { return bytes }
            bytes += chunk[..<count]
        }
    }

    func endSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Closes with a reset instead of an orderly end.
    func reset() {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        close()
    }

    func close() {
        if descriptor >= 0 { Glibc.close(descriptor) }
        descriptor = -1
    }

    /// A peer and the connection that a listener made of it.
    static nonisolated(nonsending) func pair(
        on loop: EventLoop, limits: FrameLimits = FrameLimits(), options: SocketOptions = SocketOptions()
    ) async throws -> (peer: RawPeer, connection: FramedConnection) {
        let accepted = Accepted()
        let listener = try Listener(
            at: loopback, on: loop, pool: BufferPool(keptByteCountMax: 1 << 20), limits: limits, options: options
        ) { accepted.add($0) }
        let peer = try RawPeer(to: listener.address, options: options)
        let connection = await accepted.next()
        listener.close()
        return (peer, connection)
    }
}

/// A file without a name, filled with `bytes`.
func temporaryFile(_ bytes: [UInt8]) throws -> SharedFile {
    var name = Array("/tmp/weir-networking-XXXXXX".utf8CString)
    let descriptor = mkstemp(&name)
    unlink(name)
    #expect(write(descriptor, bytes, bytes.count) == bytes.count)
    return SharedFile(takingOver: descriptor)
}
