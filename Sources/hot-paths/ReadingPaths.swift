import Bytes
import CHotPaths
import KafkaProtocol
import Measurement

extension HotPath {
    static let reading = [
        HotPath("iterate/100B", .record, 256, valueByteCount: 100) { IterateCourse(100, $0) },
        HotPath("iterate/1KiB", .record, 64, valueByteCount: 1024) { IterateCourse(1024, $0) },
        HotPath("iterate/16KiB", .record, 30, valueByteCount: 16_384) { IterateCourse(16_384, $0) },
        HotPath("count/100B", .record, 256, valueByteCount: 100) { CountCourse(100, $0) },
        HotPath("count/1KiB", .record, 64, valueByteCount: 1024) { CountCourse(1024, $0) },
        HotPath("validate/100B", .record, 256, valueByteCount: 100) { ValidateCourse(100, $0) },
        HotPath("validate/1KiB", .record, 64, valueByteCount: 1024) { ValidateCourse(1024, $0) },
    ]

    static let latencies = HotPath("histogram/recordValue", .value, 1000) { LatencyCourse($0) }
}

/// Walks the batches of a fetched records field as a consumer does: checksum, then every record.
private class WalkCourse: CallCourse {
    private let fetched: ByteBuffer

    init(_ valueByteCount: Int, _ recordCount: Int) { fetched = makeBatch(valueByteCount, recordCount) }

    override func batch() throws {
        let fetched = fetched
        var scanner = BatchScanner(fetched.bytes)
        while let entry = try scanner.next() {
            let batch = try entry.makeBatch()
            try batch.verifyChecksum()
            hot_paths_keep(try walk(try batch.makeCursor(), batch.header))
        }
    }

    func walk(_ cursor: consuming RecordCursor, _ header: borrowing RecordBatchHeader) throws -> UInt64 { 0 }
}

/// Walks with borrowed records.
private final class IterateCourse: WalkCourse {
    override func walk(_ cursor: consuming RecordCursor, _ header: borrowing RecordBatchHeader) throws -> UInt64 {
        try touch(cursor, header)
    }
}

/// Walks by places only, as loads do.
private final class CountCourse: WalkCourse {
    override func walk(_ cursor: consuming RecordCursor, _ header: borrowing RecordBatchHeader) throws -> UInt64 {
        var sum = 0
        while let record = try cursor.nextFields() { sum &+= record.valueByteCount }
        return UInt64(sum)
    }
}

/// Walks to the last record, and reads of each what a consumer needs.
@inline(always)
func touch(_ cursor: consuming RecordCursor, _ header: borrowing RecordBatchHeader) throws(WireError) -> UInt64 {
    var sum: UInt64 = 0
    while let record = try cursor.next() {
        sum &+= UInt64(bitPattern: header.offset(record) &+ header.timestampMs(record))
        sum &+= UInt64(record.value?.byteCount ?? 0)
    }
    return sum
}

/// What the broker's append checks of a batch.
private final class ValidateCourse: CallCourse {
    private let sent: ByteBuffer

    init(_ valueByteCount: Int, _ recordCount: Int) { sent = makeBatch(valueByteCount, recordCount) }

    override func batch() throws {
        let sent = sent
        let batch = try RecordBatchView(sent.bytes)
        try batch.validateForAppend()
        try batch.validateRecords(batch.recordsBytes)
        hot_paths_keep(UInt64(batch.header.recordCount))
    }
}

/// Counts latencies from a microsecond to a second.
private final class LatencyCourse: CallCourse {
    private var histogram = HdrHistogram.latencies()
    private let values: [UInt64]

    init(_ count: Int) { values = (0..<UInt64(count)).map { 1_000 + $0 * $0 * 997 } }

    override func batch() { Self.record(values, &histogram) }

    /// Apart, so that access to the property is checked once and not per value.
    private static func record(_ values: [UInt64], _ histogram: inout HdrHistogram) {
        for value in values { histogram.recordValue(value) }
    }
}
