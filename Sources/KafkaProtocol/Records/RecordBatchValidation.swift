/// What walking a batch's records shows.
public struct RecordBatchSummary: Hashable, Sendable {
    /// The largest timestamp, in ms.
    public var maxTimestampMs: Int64
    /// The offset, less the batch's base, of the first record that has it.
    public var maxTimestampOffsetDelta: Int32
    /// Whether some record has no key, which a compacted topic does not take.
    public var hasNullKey: Bool

    /// A summary of records.
    public init(maxTimestampMs: Int64, maxTimestampOffsetDelta: Int32, hasNullKey: Bool) {
        self.maxTimestampMs = maxTimestampMs
        self.maxTimestampOffsetDelta = maxTimestampOffsetDelta
        self.hasNullKey = hasNullKey
    }
}

extension RecordBatchView {
    /// Throws unless a leader may append the batch as a client sent it: checksum, header, and no broker's business in it.
    ///
    /// The records are `validateRecords`' part, once they are decompressed.
    public func validateForAppend() throws(WireError) {
        try verifyChecksum()
        let attributes = header.attributes
        guard attributes.compressionId <= 4 else { throw invalid("codec \(attributes.compressionId)", at: 21) }
        guard !attributes.isControl else { throw invalid("a control batch from a client", at: 21) }
        guard attributes.timestampType == .createTime else { throw invalid("log-append time from a client", at: 21) }
        guard header.recordCount > 0 else { throw invalid("no records", at: 57) }
        guard header.lastOffsetDelta == header.recordCount - 1 else {
            throw invalid("last offset delta \(header.lastOffsetDelta) of \(header.recordCount) records", at: 23)
        }
        guard header.producerId < 0 || header.baseSequence >= 0 else {
            throw invalid("sequence \(header.baseSequence) of producer \(header.producerId)", at: 53)
        }
    }

    /// Walks `records`, the decompressed ones of this batch, and throws unless there are as many as the header says,
    /// numbered from 0 without a gap, each well formed to its last header.
    public func validateRecords(_ records: RawSpan) throws(WireError) -> RecordBatchSummary {
        var summary = RecordBatchSummary(maxTimestampMs: .min, maxTimestampOffsetDelta: 0, hasNullKey: false)
        var cursor = RecordCursor(records: records, header: header)
        var expected: Int32 = 0
        while let record = try cursor.next() {
            guard record.offsetDelta == expected else {
                throw invalid("offset delta \(record.offsetDelta) instead of \(expected)", at: cursor.byteOffset)
            }
            expected += 1
            let timestampMs = header.timestampMs(record)
            if timestampMs > summary.maxTimestampMs {
                summary.maxTimestampMs = timestampMs
                summary.maxTimestampOffsetDelta = record.offsetDelta
            }
            if record.key == nil { summary.hasNullKey = true }
            guard record.hasHeaders else { continue }
            var headers = record.headers
            while try headers.next() != nil {}
        }
        return summary
    }

    private func invalid(_ reason: String, at byteOffset: Int) -> WireError {
        WireError(.invalidBatch(reason), at: byteOffset)
    }
}
