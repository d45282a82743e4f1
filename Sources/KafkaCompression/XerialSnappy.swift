import Bytes
import CSnappy

/// Writes snappy in Java's xerial framing; reads that and raw snappy.
enum XerialSnappy {
    private static let blockByteCount = 32 << 10
    /// The magic number, then version 1, readable by version 1.
    private static let header: [UInt8] = [0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0, 0, 0, 0, 1, 0, 0, 0, 1]
    /// The most bytes that snappy can make of one: a copy of 64 bytes takes three.
    private static let ratioMax = 22

    static func roomByteCount(for byteCount: Int) -> Int {
        let blockCount = (byteCount + blockByteCount - 1) / blockByteCount
        return header.count + blockCount * (4 + snappy_max_compressed_length(blockByteCount))
    }

    static func compress(_ input: RawSpan, into output: ByteBuffer) throws(CompressionError) {
        unsafe output.append(header.span.bytes)
        var at = 0
        while at < input.byteCount {
            let end = min(at + blockByteCount, input.byteCount)
            try compressBlock(input.extracting(at..<end), into: output)
            at = end
        }
    }

    private static func compressBlock(_ block: RawSpan, into output: ByteBuffer) throws(CompressionError) {
        let lengthAt = output.count
        let length: [UInt8] = [0, 0, 0, 0]
        unsafe output.append(length.span.bytes)
        output.reserve(snappy_max_compressed_length(block.byteCount))
        try unsafe output.fill { room throws(CompressionError) in
            var count = room.count
            let status = unsafe block.withUnsafeBytes { block in
                unsafe snappy_compress(
                    block.baseAddress?.assumingMemoryBound(to: CChar.self), block.count,
                    room.baseAddress?.assumingMemoryBound(to: CChar.self), &count)
            }
            guard status == SNAPPY_OK else { throw CompressionError(.snappy, .library("status \(status.rawValue)")) }
            return count
        }
        output.overwrite(Int32(output.count - lengthAt - 4), at: lengthAt)
    }

    static func decompress(_ input: RawSpan, _ bounded: inout BoundedOutput) throws(CompressionError) {
        guard beginsWithMagic(input) else { return try decompressBlock(input, &bounded) }
        var at = 0
        while at < input.byteCount {
            // Streams written one after the other each bring their header.
            if beginsWithMagic(input.extracting(at...)) {
                at = try skipHeader(input, at: at)
                continue
            }
            let count = try readLength(input, at: at)
            at += 4
            guard count <= input.byteCount - at else { throw CompressionError(.snappy, .truncated) }
            try decompressBlock(input.extracting(at..<(at + count)), &bounded)
            at += count
        }
    }

    private static func beginsWithMagic(_ input: RawSpan) -> Bool {
        guard input.byteCount >= 8 else { return false }
        return (0..<8).allSatisfy { unsafe input.unsafeLoad(fromByteOffset: $0, as: UInt8.self) == header[$0] }
    }

    private static func skipHeader(_ input: RawSpan, at: Int) throws(CompressionError) -> Int {
        guard input.byteCount - at >= header.count else { throw CompressionError(.snappy, .truncated) }
        let version = try readLength(input, at: at + 8)
        guard version >= 1 else { throw CompressionError(.snappy, .corrupt("xerial version \(version)")) }
        return at + header.count
    }

    private static func readLength(_ input: RawSpan, at: Int) throws(CompressionError) -> Int {
        guard input.byteCount - at >= 4 else { throw CompressionError(.snappy, .truncated) }
        let length = unsafe Int32(bigEndian: input.unsafeLoadUnaligned(fromByteOffset: at, as: Int32.self))
        guard length >= 0 else { throw CompressionError(.snappy, .corrupt("a block of \(length) bytes")) }
        return Int(length)
    }

    private static func decompressBlock(_ block: RawSpan, _ bounded: inout BoundedOutput) throws(CompressionError) {
        let stated = try statedByteCount(block)
        guard stated <= bounded.allowance else { throw bounded.tooLarge }
        // A stated length that the bytes cannot hold must not take memory.
        guard stated <= (block.byteCount + 1) * ratioMax else {
            throw CompressionError(.snappy, .corrupt("\(block.byteCount) bytes cannot hold \(stated)"))
        }
        bounded.reserve(stated)
        try unsafe bounded.fill { room throws(CompressionError) in
            var count = room.count
            let status = unsafe block.withUnsafeBytes { block in
                unsafe snappy_uncompress(
                    block.baseAddress?.assumingMemoryBound(to: CChar.self), block.count,
                    room.baseAddress?.assumingMemoryBound(to: CChar.self), &count)
            }
            guard status == SNAPPY_OK else { throw CompressionError(.snappy, .corrupt("bad block")) }
            return count
        }
    }

    private static func statedByteCount(_ block: RawSpan) throws(CompressionError) -> Int {
        var stated = 0
        let status = unsafe block.withUnsafeBytes { block in
            unsafe snappy_uncompressed_length(
                block.baseAddress?.assumingMemoryBound(to: CChar.self), block.count, &stated)
        }
        guard status == SNAPPY_OK, stated >= 0 else { throw CompressionError(.snappy, .corrupt("bad length")) }
        return stated
    }
}
