import Bytes
import KafkaProtocol

extension HotPath {
    static let encoding = [
        HotPath("encode/appendMany/100B", .record, 256, valueByteCount: 100, copyCount: 1) { EncodeCourse(100, $0) },
        HotPath("encode/appendMany/1KiB", .record, 64, valueByteCount: 1024, copyCount: 1) { EncodeCourse(1024, $0) },
        HotPath("encode/appendMany/16KiB", .record, 30, valueByteCount: 16_384, copyCount: 1) {
            EncodeCourse(16_384, $0)
        },
        HotPath("encode/append/100B", .record, 256, valueByteCount: 100, copyCount: 1) {
            EncodeOneByOneCourse(100, $0)
        },
    ]
}

/// Writes batches as the producer does for many records at once, checksum included.
private class EncodeCourse: CallCourse {
    let values: ByteBuffer
    let valueByteCount: Int
    let recordCount: Int
    let output: ByteBuffer

    init(_ valueByteCount: Int, _ recordCount: Int) {
        self.valueByteCount = valueByteCount
        self.recordCount = recordCount
        values = makeValues(recordCount, byteCount: valueByteCount)
        output = ByteBuffer(capacity: byteCountMax(valueByteCount, recordCount))
    }

    override func batch() throws {
        let (values, valueByteCount, recordCount) = (values, valueByteCount, recordCount)
        let bytes = values.bytes
        output.removeAll()
        var builder = RecordBatchBuilder(buffer: output)
        var added = 0
        builder.appendMany(byteCountMax: output.capacity) { appender in
            added = appender.append(
                slotsOf: bytes, valueByteCount: valueByteCount, firstSlot: 0, count: recordCount,
                timestampMs: timestampMs)
        }
        precondition(added == recordCount)
        _ = builder.finish()
    }
}

/// The same, a call for each record.
private final class EncodeOneByOneCourse: EncodeCourse {
    override func batch() throws {
        let values = values
        let bytes = values.bytes
        output.removeAll()
        var builder = RecordBatchBuilder(buffer: output)
        for index in 0..<recordCount {
            let at = index &* valueByteCount
            let value = unsafe bytes.extracting(unchecked: at..<(at &+ valueByteCount))
            builder.append(key: nil, value: value, timestampMs: timestampMs)
        }
        _ = builder.finish()
    }
}

/// Room for a batch, with the most that a record without key takes beside its value.
func byteCountMax(_ valueByteCount: Int, _ recordCount: Int) -> Int {
    RecordBatchHeader.byteCount
        + recordCount * RecordEncoding.recordByteCountMax(keyByteCount: nil, valueByteCount: valueByteCount)
}

/// A finished batch in a buffer of its own.
func makeBatch(_ valueByteCount: Int, _ recordCount: Int) -> ByteBuffer {
    let values = makeValues(recordCount, byteCount: valueByteCount)
    let buffer = ByteBuffer(capacity: byteCountMax(valueByteCount, recordCount))
    var builder = RecordBatchBuilder(buffer: buffer)
    for index in 0..<recordCount {
        let at = index * valueByteCount
        builder.append(
            key: nil, value: values.bytes.extracting(at..<(at + valueByteCount)), timestampMs: timestampMs)
    }
    _ = builder.finish()
    return buffer
}
