import Bytes

/// Grows the end of a buffer for a stream, in bounded steps and never beyond its cap.
struct BoundedOutput {
    /// Enough for most batches at once, and little enough to risk on a stream that lies about its
    /// size.
    private static let firstStepByteCount = 64 << 10
    private static let stepByteCountMax = 16 << 20

    let output: ByteBuffer
    private let type: CompressionType
    private let start: Int
    private let byteCountMax: Int

    init(_ output: ByteBuffer, type: CompressionType, byteCountMax: Int) {
        self.output = output
        self.type = type
        self.byteCountMax = byteCountMax
        start = output.count
    }

    /// Bytes appended so far.
    var byteCount: Int { output.count - start }

    /// What may still be appended.
    var allowance: Int { byteCountMax - byteCount }

    /// Where the buffer ends if it is filled to the cap, and one byte beyond.
    private var end: Int { start + byteCountMax + 1 }

    var tooLarge: CompressionError { CompressionError(type, .tooLarge(limit: byteCountMax)) }

    func undo() { output.truncate(to: start) }

    func appendPlain(_ input: RawSpan) throws(CompressionError) {
        guard input.byteCount <= allowance else { throw tooLarge }
        output.append(input)
    }

    /// Makes room for exactly the size that a stream states, if `inputByteCount` bytes can hold it
    /// at `ratio` bytes for one.
    func reserve(stated: Int, inputByteCount: Int, ratio: Int) {
        output.reserve(min(stated, allowance, (inputByteCount + 1) * ratio), doublingUpTo: end)
    }

    /// Makes room for so many bytes more; the caller has checked them against the allowance.
    func reserve(_ byteCount: Int) { output.reserve(byteCount, doublingUpTo: end) }

    /// Makes room for one more step if less than the first one is left.
    ///
    /// The room goes at most one byte beyond the cap: a stream that fills that byte is too large.
    func reserveStep() {
        guard output.freeCapacity < min(Self.firstStepByteCount, allowance + 1) else { return }
        let step = min(max(byteCount, Self.firstStepByteCount), Self.stepByteCountMax)
        output.reserve(min(step, allowance + 1), doublingUpTo: end)
    }

    /// Lends the free room, one byte beyond the cap at most, and keeps the bytes that `body` says
    /// it filled.
    func fill(
        _ body: (UnsafeMutableRawBufferPointer) throws(CompressionError) -> Int
    ) throws(CompressionError) {
        let most = allowance + 1
        try unsafe output.fill { room throws(CompressionError) in
            try unsafe body(UnsafeMutableRawBufferPointer(rebasing: room.prefix(most)))
        }
        guard allowance >= 0 else { throw tooLarge }
    }
}
