/// What a connection accepts and how much it does at a time.
public struct FrameLimits: Sendable {
    /// The largest payload that a peer may announce.
    public var maxFrameByteCount: Int
    /// The smallest payload that a peer may announce.
    public var minFrameByteCount: Int
    /// Memory taken for a frame before its bytes arrive, until the peer has sent a whole frame that was larger.
    public var unprovenByteCountMax: Int
    /// Bytes read, or written, for one connection before the others have their turn.
    public var turnByteCountMax: Int

    /// Limits with the values that suit most uses.
    public init(
        maxFrameByteCount: Int = 100 << 20, minFrameByteCount: Int = 0, unprovenByteCountMax: Int = 1 << 20,
        turnByteCountMax: Int = 1 << 20
    ) {
        precondition(minFrameByteCount >= 0 && minFrameByteCount <= maxFrameByteCount)
        precondition(maxFrameByteCount <= Int(Int32.max) && unprovenByteCountMax > 0 && turnByteCountMax > 0)
        self.maxFrameByteCount = maxFrameByteCount
        self.minFrameByteCount = minFrameByteCount
        self.unprovenByteCountMax = unprovenByteCountMax
        self.turnByteCountMax = turnByteCountMax
    }
}
