extension RecordBatchView {
    /// Throws unless a leader may append the batch as a client sent it: the checksum is right, the
    /// header is consistent, and no field is set that only brokers set.
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

    /// Walks `records`, the decompressed ones of this batch, and throws unless there are as many as
    /// the header says, numbered from 0 without a gap, each well formed to its last header.
    public func validateRecords(_ records: RawSpan) throws(WireError) {
        var cursor = RecordCursor(records: records, header: header)
        var expected: Int32 = 0
        while let record = try cursor.nextFields() {
            guard record.offsetDelta == expected else {
                throw Self.gap(record.offsetDelta, expected, at: record.end)
            }
            expected &+= 1
            if record.hasHeaders { try Self.walkHeaders(records, from: record.headersAt, to: record.end) }
        }
    }

    private func invalid(_ reason: String, at byteOffset: Int) -> WireError {
        WireError(.invalidBatch(reason), at: byteOffset)
    }

    @inline(never)
    private static func walkHeaders(_ records: RawSpan, from place: Int, to end: Int) throws(WireError) {
        var headers = RecordHeaderCursor(checked: records.extracting(place..<end))
        while try headers.next() != nil {}
    }

    @inline(never)
    private static func gap(_ offsetDelta: Int32, _ expected: Int32, at place: Int) -> WireError {
        WireError(.invalidBatch("offset delta \(offsetDelta) instead of \(expected)"), at: place)
    }
}
