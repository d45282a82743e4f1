import KafkaCompression
import System
import Testing

@Suite struct CompressionTypeTests {
    @Test func namesAndNumbersAreKafkas() {
        let names = ["none", "gzip", "snappy", "lz4", "zstd"]
        for (number, name) in names.enumerated() {
            #expect(CompressionType(name: name)?.rawValue == UInt8(number))
            #expect(CompressionType(rawValue: UInt8(number))?.name == name)
        }
        #expect(CompressionType(name: "producer") == nil)
        #expect(CompressionType(rawValue: 5) == nil)
    }

    @Test(arguments: [
        (CompressionType.gzip, -1), (.gzip, 1), (.gzip, 9), (.lz4, 1), (.lz4, 17), (.zstd, -131_072), (.zstd, 22),
    ])
    func everyLevelThatKafkaAllowsWorks(type: CompressionType, level: Int) throws {
        var random = SplitMix64(seed: 1)
        let content = random.content(byteCount: 10_000)
        #expect(try decompressed(compressed(content, type, level: level), type) == content)
    }

    @Test(arguments: [
        (CompressionType.gzip, 0), (.gzip, 10), (.lz4, 0), (.lz4, 18), (.zstd, 23), (.snappy, 1), (.none, 1),
    ])
    func otherLevelsAreRefused(type: CompressionType, level: Int) {
        #expect(throws: CompressionError(type, .levelNotAllowed(level, allowed: type.levels))) {
            _ = try Compressor(type: type, level: level)
        }
    }

    @Test func aHigherLevelCompressesMore() throws {
        var random = SplitMix64(seed: 2)
        let content = random.content(byteCount: 50_000)
        for (type, low, high) in [(CompressionType.gzip, 1, 9), (.lz4, 9, 17), (.zstd, -5, 19)] {
            let fast = try compressed(content, type, level: low)
            let slow = try compressed(content, type, level: high)
            #expect(slow.count < fast.count, "\(type)")
        }
    }
}
