/// The sizes of the kernel's buffers for a connection; nil leaves them to the system.
public struct SocketOptions: Sendable {
    /// `SO_SNDBUF`.
    public var sendBufferByteCount: Int?
    /// `SO_RCVBUF`.
    public var receiveBufferByteCount: Int?

    /// Options for new sockets.
    public init(sendBufferByteCount: Int? = nil, receiveBufferByteCount: Int? = nil) {
        self.sendBufferByteCount = sendBufferByteCount
        self.receiveBufferByteCount = receiveBufferByteCount
    }
}
