import Bytes
import KafkaProtocol
import Testing

@Suite struct RecordBatchPatchTests {
    /// Some bytes, then a batch of three records, then some more.
    private func buffer() throws -> (buffer: ByteBuffer, batch: Range<Int>) {
        let fixture = try BatchFixture.named("v2 lz4 idempotent")
        return (ByteBuffer([1, 2, 3] + fixture.bytes + [4, 5]), 3..<(3 + fixture.bytes.count))
    }

    @Test func theLeadersPlaceNeedsNoNewChecksum() throws {
        let (buffer, range) = try buffer()
        let before = try readContent(buffer.bytes.extracting(range))[0]
        RecordBatchPatch.assign(baseOffset: 1 << 40, partitionLeaderEpoch: 8, in: buffer, at: range.lowerBound)
        let after = try readContent(buffer.bytes.extracting(range))[0]
        #expect(after.baseOffset == 1 << 40)
        #expect(after.lastOffset == 1 << 40 + before.lastOffset - (before.baseOffset ?? 0))
        #expect(after.leaderEpoch == 8)
        #expect(after.records.map(\.unnumbered) == before.records.map(\.unnumbered))
        #expect(Array(buffer.array.prefix(3)) == [1, 2, 3])
        #expect(Array(buffer.array.suffix(2)) == [4, 5])
    }

    @Test func logAppendTimeStandsForAllRecords() throws {
        let (buffer, range) = try buffer()
        RecordBatchPatch.setLogAppendTime(123, in: buffer, at: range.lowerBound, byteCount: range.count)
        let after = try readContent(buffer.bytes.extracting(range))[0]
        #expect(after.timestampType == "LogAppendTime")
        #expect(after.compression == "lz4")
        #expect(after.records.map(\.timestamp) == [123, 123, 123, 123])
    }

    @Test func anotherProducerMaySendTheBatch() throws {
        let (buffer, range) = try buffer()
        RecordBatchPatch.setProducer(
            id: 99, epoch: 3, baseSequence: 12, in: buffer, at: range.lowerBound, byteCount: range.count)
        let after = try readContent(buffer.bytes.extracting(range))[0]
        #expect(after.producerId == 99)
        #expect(after.producerEpoch == 3)
        #expect(after.baseSequence == 12)
    }

    @Test func sequencesWrapToZero() throws {
        let fixture = try BatchFixture.named("v2 none idempotent")
        let header = try RecordBatchHeader(parsing: fixture.bytes.span.bytes)
        // From 2³¹ − 2, four records on: … − 2, … − 1, 0, 1.
        #expect(header.baseSequence == Int32.max - 1)
        #expect(header.lastSequence == 1)
        #expect(header.nextOffset == 4_000_000_004)
    }
}
