import Bytes
import KafkaCompression
import KafkaProtocol
import System
import Testing

/// Random damage, the same on every run: an error or some content, never a crash nor memory beyond
/// the bound.
@Suite struct RecordDamageTests {
    static let seeds = 0..<8

    /// What the broker does with bytes that a client sent.
    private func take(_ bytes: [UInt8], _ converter: TestConverter, _ arena: ByteBuffer) -> Bool {
        do {
            let field = bytes.span.bytes
            var scanner = BatchScanner(field)
            guard let first = try scanner.next() else { return false }
            guard first.magic == 2 else {
                var builder = RecordBatchBuilder(buffer: ByteBuffer(capacity: 0))
                _ = try converter.up(field, to: &builder)
                #expect(builder.byteCount <= 1 << 16)
                return true
            }
            let batch = try first.makeBatch()
            arena.removeAll()
            guard let type = CompressionType(rawValue: batch.header.attributes.compressionId) else { return false }
            try Decompressor(byteCountMax: 1 << 16).decompress(batch.recordsBytes, type: type, into: arena)
            #expect(arena.count <= 1 << 16)
            try batch.validateRecords(arena.bytes)
            return true
        } catch {
            return false
        }
    }

    private func fields(_ random: inout SplitMix64) throws -> [[UInt8]] {
        var fields: [[UInt8]] = []
        for type in CompressionType.allCases {
            let batch = try RecordBatchBuilder.batch(random.records(12, byteCountMax: 60), type: type)
            fields.append(batch)
            for magic in [Int8(0), 1] where type != .zstd {
                let output = ByteBuffer(capacity: 0)
                try TestCodec.converter().down(batch.span.bytes, toMagic: magic, from: 0, into: output)
                fields.append(output.array)
            }
        }
        return fields
    }

    @Test(arguments: seeds)
    func damagedFieldsAreSurvived(seed: Int) throws {
        var random = SplitMix64(seed: UInt64(seed))
        let converter = TestCodec.converter(byteCountMax: 1 << 16)
        let arena = ByteBuffer(capacity: 0)
        var refused = 0
        for field in try fields(&random) {
            #expect(take(field, converter, arena))
            for _ in 0..<60 {
                var damaged = field
                for _ in 0..<Int.random(in: 1...3, using: &random) {
                    damaged[Int.random(in: damaged.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
                }
                if random.next() % 4 == 0 { damaged.removeLast(Int.random(in: 0...damaged.count, using: &random)) }
                if !take(resealed(damaged), converter, arena) { refused += 1 }
            }
        }
        #expect(refused > 100)
    }

    /// With the checksum of an uncompressed or outer message made right, so that the damage reaches
    /// what lies behind it.
    private func resealed(_ bytes: [UInt8]) -> [UInt8] {
        guard bytes.count > 26, bytes[16] < 2 else { return bytes }
        var bytes = bytes
        let length = bytes[8..<12].reduce(0) { $0 << 8 | Int($1) }
        let end = min(12 + length, bytes.count)
        guard end > 16 else { return bytes }
        let crc = Checksum.crc32(bytes.span.bytes.extracting(16..<end))
        bytes.replaceSubrange(12..<16, with: RecordBatchValidationTests.bigEndian(crc))
        return bytes
    }

    @Test(arguments: seeds)
    func randomContentComesBack(seed: Int) throws {
        var random = SplitMix64(seed: 1000 + UInt64(seed))
        for type in CompressionType.allCases {
            let records = random.records(Int.random(in: 1...40, using: &random))
            let content = try readContent(RecordBatchBuilder.batch(records, type: type))
            #expect(content.count == 1)
            #expect(content[0].records == records)
            #expect(content[0].maxTimestamp == records.map(\.timestamp).max())
        }
    }

    @Test(arguments: CompressionType.allCases)
    func everyTruncationOfABatchIsNoticed(type: CompressionType) throws {
        var random = SplitMix64(seed: 77)
        let batch = try RecordBatchBuilder.batch(random.records(4, byteCountMax: 40), type: type)
        for count in 0..<batch.count {
            #expect(throws: (any Error).self, "\(count) of \(batch.count)") {
                let view = try RecordBatchView(Array(batch.prefix(count)).span.bytes)
                try view.verifyChecksum()
            }
        }
    }
}
