import Bytes
import KafkaProtocol
import Testing

/// Batches that contradict themselves.
@Suite struct RecordBatchValidationTests {
    /// Four plain records.
    static func batch() throws -> [UInt8] { try BatchFixture.named("v2 none idempotent").bytes }

    /// The batch with `value` big-endian at `offset`, and the checksum that goes with it.
    static func changed<Integer: FixedWidthInteger>(_ value: Integer, at offset: Int) throws -> [UInt8] {
        sealed(try batch()) {
            $0.replaceSubrange(offset..<(offset + MemoryLayout<Integer>.size), with: bigEndian(value))
        }
    }

    static func bigEndian<Integer: FixedWidthInteger>(_ value: Integer) -> [UInt8] {
        withUnsafeBytes(of: value.bigEndian) { Array($0) }
    }

    static func sealed(_ batch: [UInt8], _ change: (inout [UInt8]) -> Void) -> [UInt8] {
        var batch = batch
        change(&batch)
        let crc = Checksum.crc32c(batch.span.bytes.extracting(21...))
        batch.replaceSubrange(17..<21, with: bigEndian(crc))
        return batch
    }

    private func validate(_ bytes: [UInt8]) throws(WireError) {
        let batch = try RecordBatchView(bytes.span.bytes)
        try batch.validateForAppend()
        try batch.validateRecords(batch.recordsBytes)
    }

    private func expectInvalid(_ bytes: [UInt8], _ reason: String, at place: Int) {
        #expect(throws: WireError(.invalidBatch(reason), at: place)) { try validate(bytes) }
    }

    @Test func theUnchangedBatchIsValid() throws { try validate(Self.batch()) }

    @Test func headersThatNoProducerMaySend() throws {
        expectInvalid(try Self.changed(Int8(1), at: 16), "magic 1 instead of 2", at: 16)
        expectInvalid(try Self.changed(Int16(5), at: 21), "codec 5", at: 21)
        expectInvalid(try Self.changed(Int16(0x20), at: 21), "a control batch from a client", at: 21)
        expectInvalid(try Self.changed(Int16(8), at: 21), "log-append time from a client", at: 21)
        expectInvalid(try Self.changed(Int32(-1), at: 53), "sequence -1 of producer 1234567890123", at: 53)
        expectInvalid(try Self.changed(Int32(-1), at: 23), "last offset delta -1", at: 23)
        expectInvalid(try Self.changed(Int32(4), at: 23), "last offset delta 4 of 4 records", at: 23)
    }

    @Test func countsThatLie() throws {
        expectInvalid(try Self.changed(Int32(0), at: 57), "no records", at: 57)
        expectInvalid(try Self.changed(Int32(-1), at: 57), "record count -1", at: 57)
        expectInvalid(try Self.changed(Int32(3), at: 57), "last offset delta 3 of 3 records", at: 23)
        for (count, error) in [
            (Int32(3), WireError(.invalidBatch("36 bytes after the last record"), at: 76)),
            (5, WireError(.truncated(needed: 1, available: 0), at: 112)),
            (.max, WireError(.truncated(needed: 1, available: 0), at: 112)),
        ] {
            let lie = Self.sealed(try Self.batch()) {
                $0.replaceSubrange(57..<61, with: Self.bigEndian(count))
                $0.replaceSubrange(23..<27, with: Self.bigEndian(count - 1))
            }
            #expect(throws: error) { try validate(lie) }
        }
    }

    @Test func lengthsThatLie() throws {
        let count = try Self.batch().count
        expectInvalid(try Self.changed(Int32(48), at: 8), "length 48 is less than the header's own", at: 8)
        expectInvalid(try Self.changed(Int32.min, at: 8), "length -2147483648 is less than the header's own", at: 8)
        #expect(throws: WireError(.truncated(needed: count + 1, available: count), at: 8)) {
            try validate(Self.changed(Int32(count - 11), at: 8))
        }
        #expect(throws: WireError(.truncated(needed: 12 + Int(Int32.max), available: count), at: 8)) {
            try validate(Self.changed(Int32.max, at: 8))
        }
    }

    @Test func offsetsWithAGap() throws {
        var builder = RecordBatchBuilder(buffer: ByteBuffer(capacity: 0))
        for _ in 0..<3 { builder.append(key: nil, value: nil, timestampMs: 0) }
        _ = builder.finish()
        // Each record: length, attributes, timestamp, offset, null, null, no headers.
        for (delta, reason) in [(UInt8(4), "offset delta 2 instead of 1"), (1, "offset delta -1 instead of 1")] {
            expectInvalid(Self.sealed(builder.buffer.array) { $0[61 + 7 + 3] = delta }, reason, at: 14)
        }
    }

    @Test func everyFlippedByteIsNoticed() throws {
        let batch = try Self.batch()
        for i in 16..<batch.count {
            var damaged = batch
            damaged[i] ^= 0x10
            #expect(throws: WireError.self, "byte \(i)") { try validate(damaged) }
        }
    }

    @Test func everyTruncationIsNoticed() throws {
        let batch = try Self.batch()
        for count in 0..<batch.count {
            #expect(throws: WireError.self, "\(count) bytes") { try validate(Array(batch.prefix(count))) }
            // The same with a header that is content with it.
            guard count >= 61 else { continue }
            let lie = Self.sealed(Array(batch.prefix(count))) {
                $0.replaceSubrange(8..<12, with: Self.bigEndian(Int32(count - 12)))
            }
            #expect(throws: WireError.self, "\(count) bytes") { try validate(lie) }
        }
    }
}
