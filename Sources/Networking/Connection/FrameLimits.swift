/// What a connection accepts and how much it does at a time.
public struct FrameLimits: Sendable {
    /// The largest payload that a peer may announce.
    public var maxFrameByteCount: Int
    /// The smallest payload that a peer may announce.
    public var minFrameByteCount: Int
    /// Memory taken for a frame before its bytes arrive, until the peer has sent a whole frame that
    /// was larger.
    public var unprovenByteCountMax: Int
    /// Bytes read, or written, for one connection before the others have their turn.
    public var turnByteCountMax: Int
    /// How long a frame may take from its first byte to its last (and up to twice as long, since it
    /// is looked at in steps of this); nil is for ever.
    public var frameTimeoutNs: UInt64?
    /// How long a connection may do nothing (and up to twice as long); nil is for ever.
    public var idleTimeoutNs: UInt64?

    /// Limits with the values that suit most uses.
    public init(
        maxFrameByteCount: Int = 100 << 20, minFrameByteCount: Int = 0, unprovenByteCountMax: Int = 1 << 20,
        turnByteCountMax: Int = 1 << 20, frameTimeoutNs: UInt64? = 60_000_000_000, idleTimeoutNs: UInt64? = nil
    ) {
        precondition(minFrameByteCount >= 0 && minFrameByteCount <= maxFrameByteCount)
        precondition(maxFrameByteCount <= Int(Int32.max) && unprovenByteCountMax > 0 && turnByteCountMax > 0)
        self.maxFrameByteCount = maxFrameByteCount
        self.minFrameByteCount = minFrameByteCount
        self.unprovenByteCountMax = unprovenByteCountMax
        self.turnByteCountMax = turnByteCountMax
        self.frameTimeoutNs = frameTimeoutNs
        self.idleTimeoutNs = idleTimeoutNs
    }
}
