import Bytes
import KafkaCompression
import KafkaProtocol

/// Finds records of a log by their timestamps. It reads into batches and decompresses the ones
/// where that is needed.
struct LogTimeSearch {
    /// A record.
    struct Found: Equatable {
        var offset: Int64
        var timestamp: Int64
    }

    private let log: PartitionLog
    private let decompressor: Decompressor

    init(_ log: PartitionLog, _ decompressor: Decompressor) {
        self.log = log
        self.decompressor = decompressor
    }

    /// The first record with `timestamp` or a later one, in the order of offsets.
    func firstRecord(atOrAfter timestamp: Int64) throws(StorageError) -> Found? {
        var found: Found?
        for segment in log.segments where segment.nextOffset > log.logStartOffset {
            let isFound = try segment.search(timestamp: timestamp) { (header, batch) throws(StorageError) in
                guard header.nextOffset > log.logStartOffset else { return false }
                found = try firstRecord(of: header, batch, in: segment, atOrAfter: timestamp)
                return found != nil
            }
            if isFound { return found }
        }
        return nil
    }

    /// The first record with the highest timestamp.
    func latestRecord() throws(StorageError) -> Found? {
        var highest: Found?
        for segment in log.segments where segment.nextOffset > log.logStartOffset {
            // The summary counts deleted records too, so a segment that has some is walked.
            let isWhole = segment.baseOffset >= log.logStartOffset
            let start = isWhole ? segment.summary.maxTimestampPosition : 0
            var walk = BatchWalk(try segment.file(), from: start, to: segment.byteCount)
            while let step = try walk.next() {
                let isLater = step.header.maxTimestamp > highest?.timestamp ?? -1
                if isLater, step.header.nextOffset > log.logStartOffset {
                    let found = try walk.withBatch(step) { (batch) throws(StorageError) in
                        try latestRecord(of: step.header, batch, in: segment)
                    }
                    if let found, found.timestamp > highest?.timestamp ?? -1 { highest = found }
                }
                if isWhole { break }
            }
            try segment.refuse(walk.stop)
        }
        return highest
    }

    /// The first record with the highest timestamp of those that are not deleted.
    private func latestRecord(
        of header: RecordBatchHeader, _ batch: RawSpan, in segment: Segment
    ) throws(StorageError) -> Found? {
        var latest: Found?
        try visit(header, batch, in: segment) { record in
            if record.timestamp > latest?.timestamp ?? .min { latest = record }
            return false
        }
        return latest
    }

    private func firstRecord(
        of header: RecordBatchHeader, _ batch: RawSpan, in segment: Segment, atOrAfter timestamp: Int64
    ) throws(StorageError) -> Found? {
        var first: Found?
        try visit(header, batch, in: segment) { record in
            if record.timestamp >= timestamp { first = record }
            return first != nil
        }
        return first
    }

    /// Shows the records of a batch that are not deleted to `body`, until it has what it wants.
    private func visit(
        _ header: RecordBatchHeader, _ batch: RawSpan, in segment: Segment, _ body: (Found) -> Bool
    ) throws(StorageError) {
        let records = batch.extracting(RecordBatchHeader.byteCount...)
        do {
            guard let codec = CompressionType(rawValue: header.attributes.compressionId), codec != .none else {
                return try visit(header, records: records, body)
            }
            let plain = ByteBuffer(capacity: 4 * records.byteCount)
            try decompressor.decompress(records, type: codec, into: plain)
            try visit(header, records: plain.bytes, body)
        } catch {
            // Compressed records are stored as the producer sent them; these cannot be
            // decompressed.
            throw StorageError(
                .corrupt("the batch at offset \(header.baseOffset) cannot be read: \(error)", byteOffset: 0),
                operation: "search", path: segment.files.log)
        }
    }

    private func visit(
        _ header: RecordBatchHeader, records: RawSpan, _ body: (Found) -> Bool
    ) throws(WireError) {
        var cursor = RecordCursor(records: records, header: header)
        while let record = try cursor.next() {
            let found = Found(offset: header.offset(record), timestamp: header.timestampMs(record))
            if found.offset >= log.logStartOffset, body(found) { return }
        }
    }
}
