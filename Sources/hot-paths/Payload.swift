import Bytes

/// Values that are the same in every run: half random, half of few letters, so that codecs have
/// something to find.
func makeValues(_ count: Int, byteCount: Int) -> ByteBuffer {
    let words = (count * byteCount + 15) / 16
    let buffer = ByteBuffer(capacity: 16 * words)
    var state: UInt64 = 0x9e37_79b9_7f4a_7c15
    buffer.append { out in
        for _ in 0..<words {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            unsafe out.append(state, as: UInt64.self)
            // Eight letters of "abcd".
            unsafe out.append(0x6161_6161_6161_6161 + (state & 0x0303_0303_0303_0303), as: UInt64.self)
        }
    }
    return buffer
}

/// The timestamp of every record, in ms.
let timestampMs: Int64 = 1_700_000_000_000
