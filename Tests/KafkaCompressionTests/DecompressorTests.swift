import Bytes
import KafkaCompression
import System
import Testing

@Suite struct DecompressorTests {
    @Test(arguments: CompressionType.allCases)
    func theCapIsExact(type: CompressionType) throws {
        var random = SplitMix64(seed: 6)
        let content = random.content(byteCount: 200_000)
        let stream = try compressed(content, type)
        #expect(try decompressed(stream, type, byteCountMax: 200_000) == content)
        for limit in [199_999, 65_536, 1, 0] {
            #expect(throws: CompressionError(type, .tooLarge(limit: limit))) {
                try decompressed(stream, type, byteCountMax: limit)
            }
        }
    }

    @Test(arguments: codecs)
    func everyTruncationIsAnError(type: CompressionType) throws {
        var random = SplitMix64(seed: 7)
        let content = random.content(byteCount: 1500)
        let stream = try compressed(content, type)
        let decompressor = Decompressor(byteCountMax: 1 << 20)
        for count in 0..<stream.count {
            // A xerial header by itself is a stream of nothing, as Java reads it.
            if type == .snappy, count == 16 { continue }
            let output = ByteBuffer([5])
            #expect(throws: CompressionError.self, "\(count) of \(stream.count)") {
                try decompressor.decompress(stream.span.bytes.extracting(..<count), type: type, into: output)
            }
            #expect(output.array == [5])
        }
    }

    @Test(arguments: codecs, [Int8(0), 2])
    func flippedBitsNeverPassTheCap(type: CompressionType, magic: Int8) throws {
        var random = SplitMix64(seed: 8)
        let stream = try compressed(random.content(byteCount: 3000), type, magic: magic)
        let decompressor = Decompressor(byteCountMax: 100_000)
        let output = ByteBuffer(capacity: 0)
        var refused = 0
        for _ in 0..<3000 {
            var damaged = stream
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                damaged[Int.random(in: damaged.indices, using: &random)] ^= 1 << UInt8.random(in: 0...7, using: &random)
            }
            output.removeAll()
            do throws(CompressionError) {
                try decompressor.decompress(damaged.span.bytes, type: type, into: output, magic: magic)
                #expect(output.count <= 100_000)
            } catch {
                refused += 1
                #expect(error.type == type)
            }
        }
        #expect(refused > 0)
        #expect(output.capacity <= 300_000)
    }

    @Test(arguments: codecs)
    func noiseIsRefused(type: CompressionType) {
        var random = SplitMix64(seed: 9)
        let decompressor = Decompressor(byteCountMax: 1 << 20)
        let output = ByteBuffer(capacity: 0)
        for _ in 0..<500 {
            // The first byte begins no stream of any codec, nor a raw snappy block that these few
            // bytes could fill.
            let noise = [0xfe] + (0..<40).map { _ in UInt8.random(in: 0x80...255, using: &random) }
            #expect(throws: CompressionError.self) {
                try decompressor.decompress(noise.span.bytes, type: type, into: output)
            }
        }
        #expect(output.count == 0)
        #expect(output.capacity <= 4 << 20)
    }

    /// By the format: a window of 1 MiB, no content size, plain blocks of 128 KiB at most.
    private func zstdWithoutASize(_ content: [UInt8]) -> [UInt8] {
        var frame: [UInt8] = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x50]
        for place in stride(from: 0, to: content.count, by: 1 << 17) {
            let block = content[place..<min(place + (1 << 17), content.count)]
            let head = block.count << 3 | (block.endIndex == content.count ? 1 : 0)
            frame += [UInt8(head & 0xff), UInt8(head >> 8 & 0xff), UInt8(head >> 16)] + block
        }
        return frame
    }

    /// With too little room it comes in steps, with enough at once; one byte decides.
    @Test(arguments: [0, 65_536, 299_999, 300_000, 300_001, 1 << 20], [1, 2])
    func zstdThatStatesNoSize(room: Int, frameCount: Int) throws {
        var random = SplitMix64(seed: 10)
        let content = random.content(byteCount: 300_000 / frameCount)
        let stream = joined(Array(repeating: zstdWithoutASize(content), count: frameCount))
        let output = ByteBuffer(capacity: room)
        let decompressor = Decompressor(byteCountMax: 300_000)
        for _ in 0..<2 {
            output.removeAll()
            try decompressor.decompress(stream.span.bytes, type: .zstd, into: output)
            #expect(output.array == joined(Array(repeating: content, count: frameCount)))
            for tooLow in [Decompressor(byteCountMax: 299_999), Decompressor(byteCountMax: 1)] {
                #expect(throws: CompressionError(.zstd, .tooLarge(limit: tooLow.byteCountMax))) {
                    try tooLow.decompress(stream.span.bytes, type: .zstd, into: output)
                }
            }
        }
    }
}
