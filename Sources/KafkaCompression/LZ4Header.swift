import CXXHash

/// The header of an LZ4 frame. Early Kafka clients computed its checksum over the wrong bytes.
///
/// For magic 0 it covers the frame's magic number and the descriptor instead of the descriptor
/// alone (KAFKA-3160), and readers of magic 0 must take it so.
enum LZ4Header {
    /// Magic number, flags, block descriptor and checksum, with neither content size nor
    /// dictionary.
    static let byteCountMin = 7
    /// The same with content size and dictionary.
    static let byteCountMax = 19

    /// How long the header at the front of `frame` is by its flags; nil when there is none.
    static func byteCount(_ frame: RawSpan) -> Int? {
        guard frame.byteCount >= byteCountMin else { return nil }
        let magic = unsafe UInt32(littleEndian: frame.unsafeLoadUnaligned(fromByteOffset: 0, as: UInt32.self))
        guard magic == 0x184d_2204 else { return nil }
        let flags = unsafe frame.unsafeLoad(fromByteOffset: 4, as: UInt8.self)
        let count = byteCountMin + (flags & 0x08 != 0 ? 8 : 0) + (flags & 0x01 != 0 ? 4 : 0)
        return count <= frame.byteCount ? count : nil
    }

    /// The checksum by the LZ4 frame format.
    static func checksum(_ header: RawSpan) -> UInt8 { hash(header.extracting(4..<(header.byteCount - 1))) }

    /// The checksum as magic 0 has it.
    static func customaryChecksum(_ header: RawSpan) -> UInt8 { hash(header.extracting(..<(header.byteCount - 1))) }

    private static func hash(_ bytes: RawSpan) -> UInt8 {
        unsafe bytes.withUnsafeBytes { bytes in
            UInt8(truncatingIfNeeded: unsafe XXH32(bytes.baseAddress, bytes.count, 0) >> 8)
        }
    }
}
