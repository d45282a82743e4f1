import Bytes
import KafkaCompression
import KafkaProtocol
import Testing

/// v0 and v1 messages, plain and wrapped.
@Suite struct MessageSetTests {
    struct Inner {
        var offset: Int64
        var magic: Int8
        var value: [UInt8]? = [0x61]
    }

    /// A wrapper around messages as given, by our own codecs.
    static func wrapper(
        _ inner: [Inner], magic: Int8, offset: Int64, type: CompressionType = .gzip,
        timestampType: TimestampType = .createTime, around: ((inout [UInt8]) -> Void)? = nil
    ) throws -> [UInt8] {
        let set = ByteBuffer(capacity: 0)
        for message in inner {
            let value = message.value
            MessageSetWriter.append(
                magic: message.magic, offset: message.offset, timestampMs: 10 + message.offset, key: nil,
                value: value?.span.bytes, to: set)
        }
        var bytes = set.array
        around?(&bytes)
        let output = ByteBuffer(capacity: 0)
        try MessageSetWriter.appendWrapper(
            of: bytes.span.bytes, magic: magic, lastOffset: offset, timestampMs: 77,
            attributes: RecordBatchAttributes(compressionId: type.rawValue, timestampType: timestampType), to: output
        ) { (set, output) throws(CompressionError) in try TestCodec.compress(set, type.rawValue, magic, output) }
        return output.array
    }

    @Test(arguments: [CompressionType.gzip, .snappy, .lz4], [Int8(0), 1])
    func wrapsAndUnwraps(type: CompressionType, magic: Int8) throws {
        let inner = (0..<50).map { Inner(offset: magic == 0 ? 950 + $0 : $0, magic: magic) }
        let content = try readContent(Self.wrapper(inner, magic: magic, offset: 999, type: type))
        #expect(content.count == 1)
        #expect(content[0].compression == type.name)
        #expect(content[0].records.map(\.offset) == Array(950..<1000))
        #expect(content[0].records.map(\.timestamp) == (magic == 0 ? Array(repeating: -1, count: 50) : Array(10..<60)))
    }

    @Test(arguments: [Int8(0), 1])
    func offsetsOfMinusOneCountUpToTheWrappers(magic: Int8) throws {
        let inner = Array(repeating: Inner(offset: -1, magic: magic), count: 3)
        let content = try readContent(Self.wrapper(inner, magic: magic, offset: 12))
        #expect(content[0].records.map(\.offset) == [10, 11, 12])
    }

    @Test func gapsWithinAWrapperStay() throws {
        let inner = [0, 3, 9].map { Inner(offset: $0, magic: 1) }
        let content = try readContent(Self.wrapper(inner, magic: 1, offset: 109))
        #expect(content[0].records.map(\.offset) == [100, 103, 109])
    }

    @Test func logAppendTimeOfTheWrapperStandsForAll() throws {
        let inner = [0, 1].map { Inner(offset: $0, magic: 1) }
        let bytes = try Self.wrapper(inner, magic: 1, offset: 1, timestampType: .logAppendTime)
        #expect(try readContent(bytes)[0].records.map(\.timestamp) == [77, 77])
    }

    @Test func plainMessagesAreWrittenAsKafkaWritesThem() throws {
        for name in ["v0 none twelve", "v1 none twelve", "v1 none log-append time, offset 100"] {
            let fixture = try BatchFixture.named(name)
            let output = ByteBuffer(capacity: 0)
            for message in try fixture.content() {
                let record = message.records[0]
                let key = record.key.map { [UInt8](hex: $0) }
                let value = record.value.map { [UInt8](hex: $0) }
                MessageSetWriter.append(
                    magic: message.magic, offset: record.offset, timestampMs: record.timestamp,
                    timestampType: message.timestampType == "LogAppendTime" ? .logAppendTime : .createTime,
                    key: key?.span.bytes, value: value?.span.bytes, to: output)
            }
            #expect(output.array.hex == fixture.bytes.hex)
        }
    }

    @Test func wrappersThatLie() throws {
        let one = Inner(offset: 0, magic: 1)
        let wrapped = try Self.wrapper([one], magic: 1, offset: 0)
        let cases: [(bytes: [UInt8], error: WireError)] = [
            (
                try Self.wrapper([Inner(offset: 0, magic: 0)], magic: 1, offset: 0),
                WireError(.invalidBatch("magic 0 within magic 1"), at: 16)
            ),
            (
                try Self.wrapper([], magic: 1, offset: 0),
                WireError(.invalidBatch("a compressed message without any within"), at: 0)
            ),
            (
                try Self.wrapper([one, one], magic: 1, offset: 0) { $0.removeLast() },
                WireError(.truncated(needed: 35, available: 34), at: 35)
            ),
            (
                try Self.wrapper([one], magic: 1, offset: 0) { $0 = Array($0.prefix(5)) },
                WireError(.truncated(needed: 34, available: 5), at: 0)
            ),
            (
                // Wrapped once more: the bytes within are a wrapper themselves.
                try Self.wrapper([one], magic: 1, offset: 0) { $0 = wrapped },
                WireError(.invalidBatch("a compressed message within another"), at: 17)
            ),
        ]
        for (bytes, error) in cases {
            #expect(throws: error) { try readContent(bytes) }
        }
    }

    @Test(arguments: ["v0 none one", "v1 none one", "v0 gzip twelve", "v1 lz4 twelve"])
    func everyFlippedByteIsNoticed(name: String) throws {
        let bytes = try BatchFixture.named(name).bytes
        // The offset is not covered by the checksum.
        for i in 8..<bytes.count {
            var damaged = bytes
            damaged[i] ^= 0x04
            #expect(throws: (any Error).self, "byte \(i)") { try readContent(damaged) }
        }
    }

    @Test func fieldsThatLie() throws {
        // The key's length is at 18 of a v0 message, the value's at 22.
        let good = try BatchFixture.named("v0 none one").bytes
        for (place, length, error) in [
            (18, Int32(-2), WireError(.negativeLength(-2), at: 22)),
            (18, .max, .init(.truncated(needed: Int(Int32.max), available: 12), at: 22)),
            (22, 7, .init(.invalidBatch("1 bytes after the value"), at: 33)),
            (22, 9, .init(.truncated(needed: 9, available: 8), at: 26)),
        ] {
            var bad = good
            bad.replaceSubrange(place..<(place + 4), with: RecordBatchValidationTests.bigEndian(length))
            #expect(throws: error) { _ = try MessageView(bad.span.bytes) }
        }
    }
}
