import Bytes
import KafkaCompression
import Testing

/// Streams of zeros that would grow to 1 GiB, and stop at the cap.
@Suite struct BombTests {
    static let pieceByteCount = 16 << 20
    static let pieceCount = 64
    static let cap = 5 << 20

    private func expectStop(_ bomb: [UInt8], _ type: CompressionType) {
        let output = ByteBuffer(capacity: 0)
        #expect(throws: CompressionError(type, .tooLarge(limit: Self.cap))) {
            try Decompressor(byteCountMax: Self.cap).decompress(bomb.span.bytes, type: type, into: output)
        }
        #expect(output.count == 0)
        // The step that finds the end takes the cap and little more.
        #expect(output.capacity <= Self.cap + (64 << 10))
    }

    @Test(arguments: [CompressionType.gzip, .lz4, .zstd])
    func piecesOneAfterTheOther(type: CompressionType) throws {
        let piece = try compressed([UInt8](repeating: 0, count: Self.pieceByteCount), type)
        #expect(piece.count < Self.pieceByteCount / 200)
        expectStop(joined(Array(repeating: piece, count: Self.pieceCount)), type)
    }

    @Test func snappyBlocks() throws {
        // Snappy makes at most 21 bytes of one, so its bomb is large, and of blocks that are each
        // honest.
        let stream = try compressed([UInt8](repeating: 0, count: Self.pieceByteCount), .snappy)
        expectStop(joined(Array(repeating: stream, count: Self.pieceCount)), .snappy)
    }

    @Test func rawSnappyStatesItsSize() {
        // 1 GiB, in a block long enough to be believed.
        expectStop([0x80, 0x80, 0x80, 0x80, 0x04] + [UInt8](repeating: 0xfe, count: 64), .snappy)
    }

    @Test func zstdOfThirtyTwoKilobytes() {
        // By the format: a window of 1 MiB, no content size, then 8,192 blocks that repeat one byte
        // 131,072 times.
        var bomb: [UInt8] = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x50]
        let blockCount = 8192
        for i in 0..<blockCount {
            let head = UInt32(131_072) << 3 | 1 << 1 | (i == blockCount - 1 ? 1 : 0)
            bomb += [UInt8(head & 0xff), UInt8(head >> 8 & 0xff), UInt8(head >> 16), 0]
        }
        expectStop(bomb, .zstd)
    }

    @Test func zstdThatStatesTooLargeASizeTakesNoMemory() {
        // A single segment of 2⁶² bytes, then one last empty block.
        let frame: [UInt8] = [0x28, 0xb5, 0x2f, 0xfd, 0xe0, 0, 0, 0, 0, 0, 0, 0, 0x40, 1, 0, 0]
        expectStop(frame, .zstd)
    }

    @Test func zstdThatStatesASizeItDoesNotHave() {
        // A single segment of 4 MiB, below the cap, then one last block of a byte.
        let frame: [UInt8] = [0x28, 0xb5, 0x2f, 0xfd, 0xa0, 0, 0, 0x40, 0, 9, 0, 0, 0x61]
        let output = ByteBuffer(capacity: 0)
        #expect(throws: CompressionError(.zstd, .corrupt("Data corruption detected"))) {
            try Decompressor(byteCountMax: Self.cap).decompress(frame.span.bytes, type: .zstd, into: output)
        }
        #expect(output.capacity < 1 << 20)
    }
}
