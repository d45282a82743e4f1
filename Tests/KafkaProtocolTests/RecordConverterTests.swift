import Bytes
import KafkaCompression
import KafkaProtocol
import Testing

@Suite struct RecordConverterTests {
    typealias Failure = RecordConversionError<CompressionError>

    private func up(_ set: [UInt8], byteCountMax: Int = 1 << 20) throws(Failure) -> (codec: UInt8, batch: ByteBuffer) {
        var builder = RecordBatchBuilder(buffer: ByteBuffer(capacity: 0))
        let codec = try TestCodec.converter(byteCountMax: byteCountMax).up(set.span.bytes, to: &builder)
        _ = builder.finish()
        return (codec, builder.buffer)
    }

    private func down(
        _ batches: [UInt8], toMagic magic: Int8, from offset: Int64 = 0, byteCountMax: Int = 1 << 20
    ) throws(Failure) -> [UInt8] {
        let output = ByteBuffer([7])
        try TestCodec.converter(byteCountMax: byteCountMax).down(
            batches.span.bytes, toMagic: magic, from: offset, into: output)
        return Array(output.array.dropFirst())
    }

    @Test(arguments: BatchFixture.all.filter { !$0.name.contains("v2") })
    func oldSetsBecomeOneBatch(fixture: BatchFixture) throws {
        let content = try fixture.content()
        let (codec, buffer) = try up(fixture.bytes)
        #expect(CompressionType(rawValue: codec)?.name == content[0].compression)
        let batch = try RecordBatchView(buffer.bytes)
        try batch.validateForAppend()
        try batch.validateRecords(batch.recordsBytes)
        let records = try readContent(buffer.bytes)[0].records
        #expect(records.map(\.offset) == Array(0..<Int64(records.count)))
        #expect(records.map(\.unnumbered) == content.flatMap(\.records).map(\.unnumbered))
    }

    @Test(
        arguments: BatchFixture.all.filter { $0.name.contains("v2") && !$0.name.contains("zstd") }, [Int8(0), 1])
    func batchesBecomeOldSets(fixture: BatchFixture, magic: Int8) throws {
        let content = try fixture.content()
        let set = try down(fixture.bytes, toMagic: magic)
        if content[0].control { return #expect(set.isEmpty) }
        let old = try readContent(set)
        #expect(old.allSatisfy { $0.magic == magic })
        #expect(Set(old.map(\.compression)) == Set(content.map(\.compression)))
        let kept = content.flatMap(\.records).map { record in
            var record = record
            record.headers = []
            if magic == 0 { record.timestamp = -1 }
            return record
        }
        #expect(old.flatMap(\.records) == kept)
        if magic == 1 { #expect(Set(old.map(\.timestampType)) == Set(content.map(\.timestampType))) }
    }

    @Test(arguments: ["v2 none twelve", "v2 gzip twelve", "v2 lz4 twelve"], [Int8(0), 1])
    func downBeginsInTheMiddle(name: String, magic: Int8) throws {
        let bytes = try BatchFixture.named(name).bytes
        let old = try readContent(down(bytes, toMagic: magic, from: 9))
        #expect(old.flatMap(\.records).map(\.offset) == [9, 10, 11])
        #expect(try down(bytes, toMagic: magic, from: 12).isEmpty)
    }

    @Test func downLeavesOutACutOffBatchAndStopsAtItsBound() throws {
        let two = try BatchFixture.named("two v2 batches").bytes
        let cut = try readContent(down(Array(two.dropLast()), toMagic: 1))
        #expect(cut.flatMap(\.records).map(\.offset) == [0, 1, 2])
        let bound = try readContent(down(two, toMagic: 1, byteCountMax: 1))
        #expect(bound.flatMap(\.records).map(\.offset) == [0, 1, 2])
    }

    @Test func zstdHasNoOldForm() throws {
        let bytes = try BatchFixture.named("v2 zstd twelve").bytes
        #expect(throws: Failure.unsupportedCompression(4)) { try down(bytes, toMagic: 1) }
        // What comes before it is converted all the same.
        let two = try BatchFixture.named("two v2 batches").bytes
        let before = try readContent(down(two + bytes, toMagic: 1))
        let whole = try readContent(down(two, toMagic: 1))
        #expect(before == whole && !before.isEmpty)
        let wrapper = try MessageSetTests.wrapper([.init(offset: 0, magic: 1)], magic: 1, offset: 0, type: .zstd)
        #expect(throws: Failure.unsupportedCompression(4)) { try up(wrapper) }
    }

    @Test func upIsBounded() throws {
        let set = try BatchFixture.named("v1 gzip twelve").bytes
        let error = #expect(throws: Failure.self) { try up(set, byteCountMax: 300) }
        guard case .malformed(let wire) = error, case .tooLarge(let size, 300) = wire.code else {
            Issue.record("not too large: \(String(describing: error))")
            return
        }
        #expect(size > 300)
    }

    @Test func upRefusesACutOffSet() throws {
        let set = try BatchFixture.named("v1 none twelve").bytes
        let first = 12 + 0x1e
        #expect(throws: Failure.malformed(WireError(.truncated(needed: 26, available: 5), at: first))) {
            try up(Array(set.prefix(first + 5)))
        }
    }

    @Test func theCodecsOwnErrorComesOut() throws {
        let converter = TestConverter(byteCountMax: 1000) { (_, _, _, _) throws(CompressionError) in
            throw CompressionError(.gzip, .truncated)
        } compress: { (_, _, _, _) throws(CompressionError) in
        }
        let set = try BatchFixture.named("v1 gzip twelve").bytes
        let batch = try BatchFixture.named("v2 gzip twelve").bytes
        let output = ByteBuffer([7])
        var builder = RecordBatchBuilder(buffer: ByteBuffer(capacity: 0))
        #expect(throws: Failure.codec(CompressionError(.gzip, .truncated))) {
            try converter.up(set.span.bytes, to: &builder)
        }
        #expect(throws: Failure.codec(CompressionError(.gzip, .truncated))) {
            try converter.down(batch.span.bytes, toMagic: 0, from: 0, into: output)
        }
        let noise = [UInt8](repeating: 9, count: 30)
        // Nor does a failure stick to the next call.
        #expect(throws: Failure.malformed(WireError(.invalidBatch("magic 9"), at: 16))) {
            try converter.up(noise.span.bytes, to: &builder)
        }
        #expect(output.array == [7])
    }
}
