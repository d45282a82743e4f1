import Bytes
import KafkaProtocol
import Testing

/// What Kafka's own classes wrote.
@Suite struct RecordFixtureTests {
    @Test func everyFixtureIsHere() { #expect(BatchFixture.all.count == 59) }

    @Test(arguments: BatchFixture.all)
    func isReadToItsContent(fixture: BatchFixture) throws {
        let content = try readContent(fixture.bytes.span.bytes)
        #expect(try content == fixture.content())
    }

    @Test(arguments: BatchFixture.all.filter { $0.name.hasPrefix("v2") && !$0.name.hasSuffix("marker") })
    func aBatchOfAClientIsValid(fixture: BatchFixture) throws {
        let batch = try RecordBatchView(fixture.bytes.span.bytes)
        if batch.header.attributes.timestampType == .createTime { try batch.validateForAppend() }
        let arena = ByteBuffer(capacity: 0)
        try TestCodec.decompress(batch.recordsBytes, batch.header.attributes.compressionId, 2, arena)
        try batch.validateRecords(arena.bytes)
    }

    @Test(
        arguments: BatchFixture.all.filter {
            $0.name.contains("none") && $0.name.hasPrefix("v2") && !$0.name.contains("append")
                || $0.name == "v2 far timestamps"
        })
    func isWrittenBackToTheSameBytes(fixture: BatchFixture) throws {
        let content = try #require(try fixture.content().first)
        var builder = RecordBatchBuilder(buffer: ByteBuffer(capacity: 0))
        for record in content.records { builder.append(record) }
        var fields = RecordBatchFields(
            producerId: content.producerId, producerEpoch: content.producerEpoch,
            baseSequence: content.baseSequence, isTransactional: content.transactional)
        fields.baseOffset = try #require(content.baseOffset)
        fields.partitionLeaderEpoch = content.leaderEpoch
        #expect(builder.finish(fields) == 0..<fixture.bytes.count)
        #expect(builder.buffer.array.hex == fixture.bytes.hex)
    }

    @Test(arguments: fixtureLines("partitions"))
    func keysGoWhereJavaSendsThem(line: [String]) {
        let key = [UInt8](hex: line[0])
        #expect(Murmur2.hash(key.span.bytes) == Int32(line[1]))
        #expect(Murmur2.partition(ofKey: key.span.bytes, partitionCount: 7) == Int32(line[2]))
    }
}

extension RecordBatchBuilder {
    mutating func append(_ record: RecordContent) {
        let key = record.key.map { [UInt8](hex: $0) }
        let value = record.value.map { [UInt8](hex: $0) }
        let headers = record.headers.map { pair in
            RecordHeader(key: pair[0] ?? "", value: pair[1].map { [UInt8](hex: $0) })
        }
        append(key: key?.span.bytes, value: value?.span.bytes, headers: headers, timestampMs: record.timestamp)
    }
}
