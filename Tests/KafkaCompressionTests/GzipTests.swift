import KafkaCompression
import Testing

@Suite struct GzipTests {
    let content = [UInt8](repeating: 0x61, count: 300_000)

    @Test func readsMembersOneAfterTheOther() throws {
        let stream = try compressed(content, .gzip)
        let small = try compressed([1, 2, 3], .gzip)
        #expect(try decompressed(stream + small + stream, .gzip) == content + [1, 2, 3] + content)
    }

    @Test(arguments: [UInt32(0), 1, 299_999, 300_001, .max])
    func aSizeThatLiesIsRefused(size: UInt32) throws {
        var stream = try compressed(content, .gzip)
        withUnsafeBytes(of: size.littleEndian) { stream.replaceSubrange((stream.count - 4)..., with: $0) }
        #expect(throws: CompressionError.self) { try decompressed(stream, .gzip) }
    }

    @Test func garbageAfterAMemberIsRefused() throws {
        let stream = try compressed(content, .gzip)
        #expect(throws: CompressionError(.gzip, .truncated)) { try decompressed(stream + [0], .gzip) }
        #expect(throws: CompressionError.self) {
            try decompressed(stream + [UInt8](repeating: 0, count: 40), .gzip)
        }
    }
}
