public import Bytes

/// One stretch of what is to be sent: bytes in memory, or bytes of a file.
public enum OutputPart {
    /// The given range of a buffer, which must not change until it is sent.
    case buffer(ByteBuffer, Range<Int>)
    /// Bytes that go from the file to the socket inside the kernel.
    case file(FileRegion)

    /// Everything written to `buffer` so far.
    public static func buffer(_ buffer: ByteBuffer) -> OutputPart { .buffer(buffer, 0..<buffer.count) }

    /// How many bytes the part puts on the wire.
    public var byteCount: Int {
        switch self {
        case .buffer(_, let range): range.count
        case .file(let region): region.byteCount
        }
    }
}
