import Bytes
import KafkaCompression
import System

extension ByteBuffer {
    /// What was written, as an array.
    var array: [UInt8] { bytes.array }

    convenience init(_ content: [UInt8]) {
        self.init(capacity: content.count)
        append(content.span.bytes)
    }
}

extension RawSpan {
    var array: [UInt8] { withUnsafeBytes { Array($0) } }
}

func compressed(_ content: [UInt8], _ type: CompressionType, level: Int? = nil, magic: Int8 = 2) throws -> [UInt8] {
    let output = ByteBuffer(capacity: 0)
    try Compressor(type: type, level: level).compress(content.span.bytes, into: output, magic: magic)
    return output.array
}

func decompressed(
    _ stream: [UInt8], _ type: CompressionType, byteCountMax: Int = 64 << 20, magic: Int8 = 2
) throws(CompressionError) -> [UInt8] {
    let output = ByteBuffer(capacity: 0)
    try Decompressor(byteCountMax: byteCountMax).decompress(stream.span.bytes, type: type, into: output, magic: magic)
    return output.array
}

extension SplitMix64 {
    /// Bytes that compress a little: runs of random length over a small alphabet.
    mutating func content(byteCount: Int) -> [UInt8] {
        var content: [UInt8] = []
        content.reserveCapacity(byteCount)
        while content.count < byteCount {
            let word = next()
            let run = min(1 + Int(word >> 32) % 9, byteCount - content.count)
            for _ in 0..<run { content.append(UInt8(truncatingIfNeeded: word) & 15) }
        }
        return content
    }
}

/// The pieces one after the other, without a generator's cost per byte.
func joined(_ pieces: [[UInt8]]) -> [UInt8] { pieces.reduce(into: []) { $0.append(contentsOf: $1) } }

let codecs: [CompressionType] = [.gzip, .snappy, .lz4, .zstd]
