import Bytes
import KafkaCompression
import KafkaProtocol

/// Finds records of a log by their timestamps; it looks into batches, and decompresses those it must.
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
                found = try firstRecord(of: header, batch, in: segment) { $0 >= timestamp }
                return found != nil
            }
            if isFound { return found }
        }
        return nil
    }

    /// The first record with the highest timestamp.
    func latestRecord() throws(StorageError) -> Found? {
        var highest: (header: RecordBatchHeader, position: Int, segment: Segment)?
        for segment in log.segments where segment.nextOffset > log.logStartOffset {
            let step = try latestBatch(in: segment)
            if let step, step.header.maxTimestamp > highest?.header.maxTimestamp ?? -1 {
                highest = (step.header, step.position, segment)
            }
        }
        guard let (header, position, segment) = highest else { return nil }
        var walk = BatchWalk(try segment.file(), from: position, to: position + header.totalByteCount)
        return try walk.withBatch(BatchWalk.Step(header: header, position: position)) { (batch) throws(StorageError) in
            try firstRecord(of: header, batch, in: segment) { $0 == header.maxTimestamp }
        }
    }

    /// The batch with the highest timestamp that has a record which is not deleted.
    private func latestBatch(in segment: Segment) throws(StorageError) -> BatchWalk.Step? {
        let isWhole = segment.baseOffset >= log.logStartOffset
        // The summary counts deleted records too, so a segment that has some is walked.
        let start = isWhole ? segment.summary.maxTimestampPosition : 0
        var walk = BatchWalk(try segment.file(), from: start, to: segment.byteCount)
        var latest: BatchWalk.Step?
        while let step = try walk.next() {
            if isWhole { return step }
            guard step.header.nextOffset > log.logStartOffset else { continue }
            if step.header.maxTimestamp > latest?.header.maxTimestamp ?? -1 { latest = step }
        }
        try segment.refuse(walk.stop)
        return latest
    }

    private func firstRecord(
        of header: RecordBatchHeader, _ batch: RawSpan, in segment: Segment, where isWanted: (Int64) -> Bool
    ) throws(StorageError) -> Found? {
        let records = batch.extracting(RecordBatchHeader.byteCount...)
        do {
            guard let codec = CompressionType(rawValue: header.attributes.compressionId), codec != .none else {
                return try firstRecord(of: header, records: records, where: isWanted)
            }
            let plain = ByteBuffer(capacity: 4 * records.byteCount)
            try decompressor.decompress(records, type: codec, into: plain)
            return try firstRecord(of: header, records: plain.bytes, where: isWanted)
        } catch {
            // A producer's compressed records are stored as they came; here they turn out to be none.
            throw StorageError(
                .corrupt("the batch at offset \(header.baseOffset) cannot be read: \(error)", byteOffset: 0),
                operation: "search", path: segment.files.log)
        }
    }

    private func firstRecord(
        of header: RecordBatchHeader, records: RawSpan, where isWanted: (Int64) -> Bool
    ) throws(WireError) -> Found? {
        var cursor = RecordCursor(records: records, header: header)
        while let record = try cursor.next() {
            let found = Found(offset: header.offset(record), timestamp: header.timestampMs(record))
            if found.offset >= log.logStartOffset, isWanted(found.timestamp) { return found }
        }
        return nil
    }
}
