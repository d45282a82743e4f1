import Bytes

/// Puts frames together from the bytes of a stream: a 4-byte big-endian length, then that many
/// bytes.
///
/// It says where the next bytes of a frame belong, so that they can be received straight into the
/// frame's own buffer.
struct FrameAssembler {
    /// A length that no frame may have.
    struct Fault: Error, Equatable {
        let code: NetworkError.Code
        let announced: Int
    }

    private let limits: FrameLimits
    private let pool: BufferPool
    private var prefix: UInt32 = 0
    private var prefixByteCount = 0
    private var payload: ByteBuffer?
    private var expectedByteCount = 0
    /// The memory that is taken before the bytes arrive: the peer has sent a frame of this size.
    private var trustedByteCount: Int
    /// Frames handed out so far.
    private(set) var frameCount: UInt64 = 0
    private var lastFrameByteCount = 0

    init(limits: FrameLimits, pool: BufferPool) {
        self.limits = limits
        self.pool = pool
        trustedByteCount = limits.unprovenByteCountMax
    }

    /// No byte of a frame has come yet.
    var isBetweenFrames: Bool { prefixByteCount == 0 && payload == nil }

    /// How much to read beyond the frame under way, which costs a copy: much after a small frame,
    /// as many may come in one read; little after a large one, as the next is likely to be large
    /// too.
    var readAheadByteCount: Int { lastFrameByteCount < 16 << 10 ? 64 << 10 : 4 << 10 }

    /// Where a frame stands that has begun, for error messages.
    var progress: String {
        guard let payload else { return "\(prefixByteCount) of the 4 bytes of a frame's length" }
        return "\(payload.count) of a frame's \(expectedByteCount) bytes"
    }

    /// The first bytes of the frame under way, its length included, for error messages.
    var beginning: [UInt8] {
        guard let payload else {
            return (0..<prefixByteCount).map {
                UInt8(truncatingIfNeeded: prefix >> (8 * UInt32(prefixByteCount - 1 - $0)))
            }
        }
        let length = (0..<4).map { UInt8(truncatingIfNeeded: expectedByteCount >> (24 - 8 * $0)) }
        return unsafe payload.withUnsafeBytes { unsafe length + $0.prefix(60) }
    }

    /// The buffer of the frame under way, with room for what comes next, and how many of its bytes
    /// are missing.
    func bufferToFill() -> (buffer: ByteBuffer, missingByteCount: Int)? {
        guard let payload else { return nil }
        if payload.freeCapacity == 0 { grow(payload) }
        return (payload, expectedByteCount - payload.count)
    }

    /// Takes bytes from `offset` on, up to the end of the first frame that they complete, and says
    /// how many it took.
    mutating func take(_ bytes: borrowing RawSpan, from offset: Int) throws(Fault) -> Int {
        var offset = offset
        let start = offset
        if payload == nil {
            try takePrefix(bytes, &offset)
        }
        while let (buffer, missing) = bufferToFill(), missing > 0, offset < bytes.byteCount {
            let byteCount = min(missing, buffer.freeCapacity, bytes.byteCount - offset)
            buffer.append(bytes.extracting(offset..<(offset + byteCount)))
            offset += byteCount
        }
        return offset - start
    }

    /// Hands out the frame if it is whole.
    mutating func takeWholeFrame() -> ByteBuffer? {
        guard let payload, payload.count == expectedByteCount else { return nil }
        self.payload = nil
        frameCount += 1
        lastFrameByteCount = expectedByteCount
        trustedByteCount = max(trustedByteCount, expectedByteCount)
        return payload
    }

    /// Gives up the frame under way.
    mutating func abandon() {
        if let payload { pool.give(payload) }
        payload = nil
        prefixByteCount = 0
    }

    private mutating func takePrefix(_ bytes: borrowing RawSpan, _ offset: inout Int) throws(Fault) {
        while prefixByteCount < 4, offset < bytes.byteCount {
            prefix = prefix << 8 | UInt32(unsafe bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self))
            prefixByteCount += 1
            offset += 1
        }
        guard prefixByteCount == 4 else { return }
        prefixByteCount = 0
        try begin(Int(Int32(bitPattern: prefix)))
    }

    private mutating func begin(_ byteCount: Int) throws(Fault) {
        guard byteCount >= 0 else { throw Fault(code: .negativeFrameLength, announced: byteCount) }
        guard byteCount >= limits.minFrameByteCount else { throw Fault(code: .frameTooSmall, announced: byteCount) }
        guard byteCount <= limits.maxFrameByteCount else { throw Fault(code: .frameTooLarge, announced: byteCount) }
        expectedByteCount = byteCount
        // A buffer that is there already costs nothing, whoever asks for it.
        payload = pool.take(byteCount, newByteCountMax: trustedByteCount)
    }

    /// Grows the buffer fourfold, so that less than a third of a large frame is copied, to a size
    /// that the pool can reuse.
    // Inlined into `bufferToFill`, it costs six retains a batch.
    @inline(never)
    private func grow(_ payload: ByteBuffer) {
        guard payload.count < expectedByteCount else { return }
        payload.reserve(BufferPool.room(for: min(expectedByteCount, payload.capacity * 4)) - payload.count)
    }
}
