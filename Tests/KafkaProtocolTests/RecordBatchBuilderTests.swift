import Bytes
import KafkaCompression
import KafkaProtocol
import Testing

@Suite struct RecordBatchBuilderTests {
    let key: [UInt8] = Array("key".utf8)
    let value: [UInt8] = Array("value".utf8)

    private func builder(_ count: Int, buffer: ByteBuffer = ByteBuffer(capacity: 0)) -> RecordBatchBuilder {
        var builder = RecordBatchBuilder(buffer: buffer)
        for i in 0..<count {
            let offset = builder.append(
                key: i % 2 == 0 ? key.span.bytes : nil, value: i % 3 == 0 ? nil : value.span.bytes,
                timestampMs: 1000 - Int64(i))
            #expect(offset == Int32(i))
        }
        return builder
    }

    @Test func countsWhatItHolds() {
        var builder = builder(0)
        #expect(builder.recordCount == 0)
        #expect(builder.byteCount == 61)
        #expect(builder.maxTimestampMs == nil)
        builder.append(key: nil, value: nil, timestampMs: -1)
        builder.append(key: nil, value: nil, headers: [RecordHeader(key: "h", value: nil)], timestampMs: 7)
        builder.append(key: nil, value: nil, timestampMs: 3)
        #expect(builder.recordCount == 3)
        #expect(builder.maxTimestampMs == 7)
        #expect(builder.finish().count == builder.byteCount)
    }

    @Test func writesBehindWhatTheBufferHolds() throws {
        let buffer = ByteBuffer([1, 2, 3])
        let builder = builder(3, buffer: buffer)
        let range = builder.finish()
        #expect(range == 3..<buffer.count)
        #expect(Array(buffer.array.prefix(3)) == [1, 2, 3])
        let content = try readContent(buffer.bytes.extracting(range))
        #expect(content[0].records.map(\.timestamp) == [1000, 999, 998])
        #expect(content[0].records.map(\.key) == [key.hex, nil, key.hex])
        #expect(content[0].records.map(\.value) == [nil, value.hex, value.hex])
        #expect(content[0].maxTimestamp == 1000)
    }

    /// Counts around the places where an offset's varint grows, values around those where a
    /// length's does, and rooms that end anywhere.
    @Test(
        arguments: [(0, 70), (1, 9_000), (63, 130), (64, 100), (100, 8_300), (8_191, 5), (8_192, 5), (300_000, 3)],
        [0, -70, 1 << 40])
    func slotsAreTheSameBytesAsOneByOne(_ shape: (valueByteCount: Int, count: Int), _ timestampDelta: Int64) {
        let (valueByteCount, count) = shape
        let slots = (0..<(7 * max(valueByteCount, 1))).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let most = RecordEncoding.recordByteCountMax(keyByteCount: nil, valueByteCount: valueByteCount)
        for bound in [61 + most * count, 61 + (most - 12) * count / 2, 61 + most] {
            var one = RecordBatchBuilder(buffer: ByteBuffer(capacity: bound))
            var many = RecordBatchBuilder(buffer: ByteBuffer(capacity: bound))
            one.append(key: nil, value: nil, timestampMs: 5_000)
            many.append(key: nil, value: nil, timestampMs: 5_000)
            var added = 0
            one.appendMany(byteCountMax: bound) { appender in
                while added < count {
                    let at = (3 + added) % 7 * valueByteCount
                    let value = slots.span.bytes.extracting(at..<(at + valueByteCount))
                    guard appender.append(key: nil, value: value, timestampMs: 5_000 + timestampDelta) else { return }
                    added += 1
                }
            }
            var addedAtOnce = 0
            // In two parts, so that the second begins anywhere.
            for part in [count / 3, count - count / 3] {
                many.appendMany(byteCountMax: bound) { appender in
                    addedAtOnce += appender.append(
                        slotsOf: slots.span.bytes.extracting(0..<(7 * valueByteCount)), valueByteCount: valueByteCount,
                        firstSlot: 3 + addedAtOnce, count: part, timestampMs: 5_000 + timestampDelta)
                }
            }
            #expect(addedAtOnce == added)
            #expect(one.finish() == many.finish())
            #expect(one.buffer.array == many.buffer.array)
        }
    }

    @Test func manyAtOnceAreTheSameBytes() {
        let one = builder(100)
        var many = RecordBatchBuilder(buffer: ByteBuffer(capacity: 0))
        many.appendMany(byteCountMax: 1 << 16) { appender in
            for i in 0..<60 { #expect(append(i, to: &appender)) }
        }
        many.append(key: key.span.bytes, value: nil, timestampMs: 1000 - 60)
        many.appendMany(byteCountMax: 1 << 16) { appender in
            #expect(appender.recordCount == 61)
            for i in 61..<100 { #expect(append(i, to: &appender)) }
        }
        #expect(one.finish() == many.finish())
        #expect(one.buffer.array == many.buffer.array)
    }

    private func append(_ i: Int, to appender: inout RecordAppender) -> Bool {
        appender.append(
            key: i % 2 == 0 ? key.span.bytes : nil, value: i % 3 == 0 ? nil : value.span.bytes,
            timestampMs: 1000 - Int64(i))
    }

    @Test func manyStopAtTheBound() throws {
        let bound = 500
        let small: [UInt8] = [1]
        // However much room the buffer has.
        var builder = RecordBatchBuilder(buffer: ByteBuffer(capacity: 1 << 16))
        var refusals = 0
        builder.appendMany(byteCountMax: bound) { appender in
            while appender.append(key: nil, value: value.span.bytes, timestampMs: 5) {}
            while appender.append(key: nil, value: nil, timestampMs: 5) {}
            if !appender.append(key: nil, value: small.span.bytes, timestampMs: 5) { refusals += 1 }
        }
        let smallest = 7
        #expect(refusals == 1)
        #expect(builder.byteCount <= bound)
        #expect(builder.byteCount > bound - smallest)
        _ = builder.finish()
        #expect(try readContent(builder.buffer.bytes)[0].records.count == builder.recordCount)
    }

    @Test func anErrorInTheMiddleLeavesTheBatchAsItWas() throws {
        struct Stop: Error {}
        var builder = RecordBatchBuilder(buffer: ByteBuffer(capacity: 0))
        builder.append(key: nil, value: nil, timestampMs: 2)
        #expect(throws: Stop.self) {
            try builder.appendMany(byteCountMax: 1000) { (appender) throws(Stop) in
                _ = appender.append(key: nil, value: nil, timestampMs: 4)
                throw Stop()
            }
        }
        #expect(builder.recordCount == 1)
        builder.append(key: nil, value: nil, timestampMs: 6)
        _ = builder.finish()
        #expect(try readContent(builder.buffer.bytes)[0].records.map(\.timestamp) == [2, 6])
    }

    @Test(arguments: CompressionType.allCases)
    func compressesIntoAnotherBuffer(type: CompressionType) throws {
        let compressor = try Compressor(type: type)
        let plain = builder(200)
        let output = ByteBuffer([9])
        let fields = RecordBatchFields(producerId: 5, producerEpoch: 2, baseSequence: 77, isTransactional: true)
        let range = try plain.finish(fields, compressionId: type.rawValue, into: output) {
            (records, output) throws(CompressionError) in
            try compressor.compress(records, into: output)
        }
        #expect(range == 1..<output.count)
        _ = plain.finish(fields)
        var content = try #require(try readContent(output.bytes.extracting(range)).first)
        #expect(content.compression == type.name)
        content.compression = "none"
        #expect(try content == readContent(plain.buffer.bytes).first)
        #expect(content.baseSequence == 77)
        #expect(content.transactional)
    }

    @Test func aCodecThatFailsLeavesTheOutputAlone() {
        let plain = builder(3)
        let output = ByteBuffer([9])
        let failure = CompressionError(.zstd, .library("none"))
        #expect(throws: failure) {
            _ = try plain.finish(compressionId: 4, into: output) { (_, output) throws(CompressionError) in
                output.append(output.bytes)
                throw failure
            }
        }
        #expect(output.array == [9])
    }

    @Test func theEstimateIsNeverTooSmall() {
        let headers = [RecordHeader(key: "é", value: [1, 2]), RecordHeader(key: "", value: nil)]
        var far = RecordBatchBuilder(buffer: ByteBuffer(capacity: 0))
        far.append(key: nil, value: nil, timestampMs: .min)
        for timestampMs in [Int64.max, 0, -1, .min] {
            for headers in [[], headers] {
                let before = far.byteCount
                far.append(key: key.span.bytes, value: value.span.bytes, headers: headers, timestampMs: timestampMs)
                let most = RecordEncoding.recordByteCountMax(
                    keyByteCount: key.count, valueByteCount: value.count, headers: headers)
                #expect(far.byteCount - before <= most)
            }
        }
    }
}
