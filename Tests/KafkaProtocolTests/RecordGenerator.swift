import Bytes
import KafkaCompression
import KafkaProtocol
import System

extension SplitMix64 {
    /// Bytes that compress a little; nil now and then.
    mutating func field(byteCountMax: Int) -> String? {
        if next() % 6 == 0 { return nil }
        let count = Int.random(in: 0...byteCountMax, using: &self)
        let alphabet = UInt8.random(in: 0...255, using: &self)
        return (0..<count).map { _ in UInt8(truncatingIfNeeded: next() & 7) &+ alphabet }.hex
    }

    /// Records from offset 0 on, with timestamps that go up and down.
    mutating func records(_ count: Int, byteCountMax: Int = 300) -> [RecordContent] {
        (0..<count).map { i in
            var record = RecordContent(
                offset: Int64(i), timestamp: 1_700_000_000_000 + Int64.random(in: -100_000...100_000, using: &self),
                key: field(byteCountMax: byteCountMax / 10), value: field(byteCountMax: byteCountMax))
            if next() % 3 == 0 {
                let headers = Int.random(in: 1...4, using: &self)
                record.headers = (0..<headers).map { ["h\($0)é", field(byteCountMax: 20)] }
            }
            return record
        }
    }
}

extension RecordBatchBuilder {
    /// The batch of these records in a codec.
    static func batch(
        _ records: [RecordContent], _ fields: RecordBatchFields = RecordBatchFields(), type: CompressionType = .none
    ) throws -> [UInt8] {
        var builder = RecordBatchBuilder(buffer: ByteBuffer(capacity: 0))
        for record in records { builder.append(record) }
        if type == .none { return builder.buffer.bytes.extracting(builder.finish(fields)).array }
        let output = ByteBuffer(capacity: 0)
        _ = try builder.finish(fields, compressionId: type.rawValue, into: output) {
            (records, output) throws(CompressionError) in
            try TestCodec.compress(records, type.rawValue, 2, output)
        }
        return output.array
    }
}
