import KafkaCompression
import Testing

@Suite struct LZ4Tests {
    let content = [UInt8](repeating: 0x61, count: 100)

    @Test(arguments: [(Int8(0), UInt8(0x1a)), (1, 0x82), (2, 0x82)])
    func writesJavasHeader(magic: Int8, checksum: UInt8) throws {
        // Version 1, independent blocks of 64 KiB, no checksums, no content size.
        let header = try compressed(content, .lz4, magic: magic).prefix(7)
        #expect(Array(header) == [0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, checksum])
    }

    @Test func onlyMagicZeroMayHaveTheCustomaryChecksum() throws {
        let stream = try compressed(content, .lz4, magic: 0)
        #expect(try decompressed(stream, .lz4, magic: 0) == content)
        for magic in [Int8(1), 2] {
            #expect(throws: CompressionError(.lz4, .corrupt("ERROR_headerChecksum_invalid"))) {
                try decompressed(stream, .lz4, magic: magic)
            }
        }
    }

    @Test func magicZeroMayHaveTheRightChecksum() throws {
        #expect(try decompressed(compressed(content, .lz4, magic: 1), .lz4, magic: 0) == content)
    }

    @Test func magicZeroMayNotHaveAnyOtherChecksum() throws {
        var stream = try compressed(content, .lz4, magic: 0)
        stream[6] ^= 1
        #expect(throws: CompressionError(.lz4, .corrupt("ERROR_headerChecksum_invalid"))) {
            try decompressed(stream, .lz4, magic: 0)
        }
    }

    @Test func readsFramesOneAfterTheOther() throws {
        let stream = try compressed(content, .lz4)
        #expect(try decompressed(stream + stream, .lz4) == content + content)
    }
}
