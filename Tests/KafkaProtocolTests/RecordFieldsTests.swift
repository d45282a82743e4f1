import Bytes
import KafkaProtocol
import System
import Testing

/// Records read without being lent are the records that are lent, and so are the errors.
@Suite struct RecordFieldsTests {
    private struct Walk: Equatable {
        var records: [Record] = []
        var error: WireError?
    }

    private struct Record: Equatable {
        let timestampDelta: Int64
        let offsetDelta: Int32
        let key: [UInt8]?
        let value: [UInt8]?
        let headerCount: Int
    }

    private func lent(_ records: [UInt8], _ header: RecordBatchHeader) -> Walk {
        var walk = Walk()
        do throws(WireError) {
            var cursor = RecordCursor(records: records.span.bytes, header: header)
            while let record = try cursor.next() {
                walk.records.append(
                    Record(
                        timestampDelta: record.timestampDelta, offsetDelta: record.offsetDelta, key: record.key?.array,
                        value: record.value?.array, headerCount: record.headers.count))
            }
        } catch {
            walk.error = error
        }
        return walk
    }

    private func found(_ records: [UInt8], _ header: RecordBatchHeader) -> Walk {
        var walk = Walk()
        func part(_ place: Int, _ byteCount: Int) -> [UInt8]? {
            byteCount == -1 ? nil : Array(records[place..<(place + byteCount)])
        }
        do throws(WireError) {
            var cursor = RecordCursor(records: records.span.bytes, header: header)
            while let record = try cursor.nextFields() {
                var headers = WireReader(records.span.bytes.extracting(record.headersAt..<record.end))
                walk.records.append(
                    Record(
                        timestampDelta: record.timestampDelta, offsetDelta: record.offsetDelta,
                        key: part(record.keyAt, record.keyByteCount),
                        value: part(record.valueAt, record.valueByteCount), headerCount: Int(try headers.readVarint())))
            }
        } catch {
            walk.error = error
        }
        return walk
    }

    /// The records of a batch, and its header.
    private func records(_ batch: [UInt8]) throws -> ([UInt8], RecordBatchHeader) {
        (Array(batch.dropFirst(RecordBatchHeader.byteCount)), try RecordBatchView(batch.span.bytes).header)
    }

    /// Sizes on both sides of what a varint's first, second and third byte can say.
    @Test(arguments: [0, 1, 40, 63, 64, 8191, 8192, 1_048_575, 1_048_576])
    func fieldsOfEverySize(byteCount: Int) throws {
        let field = String(repeating: "ab", count: byteCount)
        let contents = [nil, field].flatMap { key in
            [nil, field].map { RecordContent(offset: 0, timestamp: Int64(byteCount), key: key, value: $0) }
        }
        let (bytes, header) = try records(RecordBatchBuilder.batch(contents))
        let walk = found(bytes, header)
        #expect(walk.error == nil && walk.records.map { $0.value?.count } == [nil, byteCount, nil, byteCount])
        #expect(walk == lent(bytes, header))
    }

    @Test(arguments: 0..<8) func truncatedAnywhere(seed: Int) throws {
        var random = SplitMix64(seed: UInt64(seed))
        let (bytes, header) = try records(RecordBatchBuilder.batch(random.records(5, byteCountMax: 40)))
        for count in bytes.indices {
            let cut = Array(bytes.prefix(count))
            let walk = found(cut, header)
            #expect(walk.error != nil)
            #expect(walk == lent(cut, header), "\(count) of \(bytes.count) bytes")
        }
    }

    @Test(arguments: 0..<8) func damagedAnywhere(seed: Int) throws {
        var random = SplitMix64(seed: 100 + UInt64(seed))
        let (bytes, header) = try records(RecordBatchBuilder.batch(random.records(8, byteCountMax: 60)))
        var refused = 0
        for _ in 0..<2000 {
            var damaged = bytes
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                damaged[Int.random(in: damaged.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            let walk = found(damaged, header)
            if walk.error != nil { refused += 1 }
            #expect(walk == lent(damaged, header))
        }
        #expect(refused > 100)
    }
}
