import KafkaCompression
import Testing

@Suite struct XerialSnappyTests {
    let header: [UInt8] = [0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0, 0, 0, 0, 1, 0, 0, 0, 1]
    /// Five bytes, a literal, by the snappy format.
    let block: [UInt8] = [5, 4 << 2, 0x61, 0x62, 0x63, 0x64, 0x65]
    let content: [UInt8] = [0x61, 0x62, 0x63, 0x64, 0x65]

    @Test func writesJavasFraming() throws {
        #expect(try compressed(content, .snappy) == header + [0, 0, 0, 7] + block)
        let two = try compressed([UInt8](repeating: 0, count: 32_769), .snappy)
        let first = Int(two[18]) << 8 | Int(two[19])
        // The second block is the one byte beyond 32 KiB.
        #expect(Array(two[(20 + first)...]) == [0, 0, 0, 3, 1, 0, 0])
    }

    @Test func readsRawSnappy() throws { #expect(try decompressed(block, .snappy) == content) }

    @Test func readsStreamsOneAfterTheOther() throws {
        let one = header + [0, 0, 0, 7] + block
        #expect(try decompressed(one + [0, 0, 0, 7] + block + one, .snappy) == content + content + content)
    }

    @Test func aLengthThatItsBytesCannotHoldTakesNoMemory() {
        // 64 MiB − 1 in a block of six bytes.
        let lie: [UInt8] = [0xff, 0xff, 0xff, 0x1f, 0, 0x61]
        #expect(throws: CompressionError(.snappy, .corrupt("6 bytes cannot hold 67108863"))) {
            try decompressed(lie, .snappy)
        }
        #expect(throws: CompressionError(.snappy, .tooLarge(limit: 1000))) {
            try decompressed(lie, .snappy, byteCountMax: 1000)
        }
    }

    @Test(arguments: [
        ([0, 0, 0], CompressionError.Code.truncated),
        ([0, 0, 0, 8], .truncated),
        ([0x7f, 0xff, 0xff, 0xff], .truncated),
        ([0xff, 0xff, 0xff, 0xff], .corrupt("a block of -1 bytes")),
    ])
    func badBlockLengthsAreRefused(length: [UInt8], code: CompressionError.Code) {
        #expect(throws: CompressionError(.snappy, code)) { try decompressed(header + length, .snappy) }
    }

    @Test func anUnknownVersionIsRefused() {
        var old = header
        old[11] = 0
        #expect(throws: CompressionError(.snappy, .corrupt("xerial version 0"))) { try decompressed(old, .snappy) }
    }
}
