import Bytes
import KafkaCompression
import System
import Testing

@Suite struct CompressorTests {
    @Test(arguments: CompressionType.allCases, [Int8(0), 1, 2])
    func givesBackWhatWentIn(type: CompressionType, magic: Int8) throws {
        var random = SplitMix64(seed: 3)
        let compressor = try Compressor(type: type)
        let decompressor = Decompressor(byteCountMax: 1 << 20)
        // One context for all of them, and sizes about the blocks of snappy and lz4.
        for byteCount in [1, 100, 32_767, 32_768, 32_769, 65_536, 65_537, 300_000] {
            let content = random.content(byteCount: byteCount)
            let stream = ByteBuffer(capacity: 0)
            let output = ByteBuffer([7, 8])
            try compressor.compress(content.span.bytes, into: stream, magic: magic)
            try decompressor.decompress(stream.bytes, type: type, into: output, magic: magic)
            #expect(output.array == [7, 8] + content)
        }
    }

    @Test(arguments: codecs)
    func appendsToWhatIsThere(type: CompressionType) throws {
        let output = ByteBuffer([1, 2, 3])
        let content: [UInt8] = [9, 9, 9, 9]
        try Compressor(type: type).compress(content.span.bytes, into: output)
        #expect(Array(output.array.prefix(3)) == [1, 2, 3])
        #expect(try decompressed(Array(output.array.dropFirst(3)), type) == content)
    }

    @Test(arguments: codecs)
    func randomBytesSurviveThoughTheyGrow(type: CompressionType) throws {
        var random = SplitMix64(seed: 4)
        let content = (0..<100_000).map { _ in UInt8.random(in: 0...255, using: &random) }
        let stream = try compressed(content, type)
        #expect(stream.count > content.count)
        #expect(try decompressed(stream, type) == content)
    }

    @Test(arguments: CompressionType.allCases)
    func theRoomItNamesIsEnough(type: CompressionType) throws {
        var random = SplitMix64(seed: 5)
        let compressor = try Compressor(type: type)
        for byteCount in [1, 100, 32_769, 65_537, 300_000] {
            let content = (0..<byteCount).map { _ in UInt8.random(in: 0...255, using: &random) }
            let output = ByteBuffer(capacity: compressor.roomByteCount(for: byteCount))
            let capacity = output.capacity
            try compressor.compress(content.span.bytes, into: output)
            #expect(output.capacity == capacity)
        }
    }

    @Test func contextsRecoverFromAnError() throws {
        let decompressor = Decompressor(byteCountMax: 1 << 20)
        for type in codecs {
            var random = SplitMix64(seed: 5)
            let content = random.content(byteCount: 100_000)
            let stream = try compressed(content, type)
            let output = ByteBuffer([42])
            #expect(throws: CompressionError.self) {
                try decompressor.decompress(
                    stream.span.bytes.extracting(..<(stream.count / 2)), type: type, into: output)
            }
            #expect(output.array == [42])
            try decompressor.decompress(stream.span.bytes, type: type, into: output)
            #expect(output.array == [42] + content)
        }
    }
}
