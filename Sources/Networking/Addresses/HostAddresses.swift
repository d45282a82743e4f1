/// The numeric addresses that a host stands for, in the order in which they should be tried.
public struct HostAddresses: Sendable {
    let candidates: [IPAddress]

    init(_ candidates: [IPAddress]) { self.candidates = candidates }

    /// Those of an address whose host is a number already; nil for a name.
    public init?(numeric address: SocketAddress) {
        guard let number = IPAddress(address.host, port: address.port) else { return nil }
        candidates = [number]
    }

    /// Whether a connection leads to one of them.
    public func contain(_ connection: FramedConnection) -> Bool {
        guard connection.isOpen, let peer = Socket.peerAddress(connection.descriptor) else { return false }
        return candidates.contains(peer)
    }
}

extension SocketAddress {
    /// Looks the host up; on a helper thread if it is a name.
    public nonisolated(nonsending) func lookUp(
        on loop: EventLoop, deadlineNs: UInt64
    ) async throws(NetworkError) -> HostAddresses {
        HostAddresses(try await ipAddresses(on: loop, deadlineNs: deadlineNs))
    }
}
