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
    public func validateRecords(_ records: RawSpan) throws(WireError) {
        var walk = RecordWalk(records)
        for expected in 0..<max(0, header.recordCount) { try walk.next(expected) }
        guard walk.reader.remaining == 0 else {
            throw invalid("\(walk.reader.remaining) bytes after the last record", at: walk.reader.offset)
        }
    }

    private func invalid(_ reason: String, at byteOffset: Int) -> WireError {
        WireError(.invalidBatch(reason), at: byteOffset)
    }
}

/// Goes over records without lending them, as nothing of one is kept.
private struct RecordWalk: ~Escapable {
    var reader: WireReader

    @_lifetime(copy records)
    init(_ records: RawSpan) { reader = WireReader(records) }

    /// Goes over one record, which must have the offset delta `expected`.
    @inline(always)
    mutating func next(_ expected: Int32) throws(WireError) {
        let fields = try RecordFields(parsing: &reader)
        guard fields.offsetDelta == expected else { throw Self.gap(fields.offsetDelta, expected, at: fields.end) }
        guard fields.end &- fields.headersAt > 1 else { return }
        // The fields' places were checked with the length.
        try Self.walk(unsafe reader.bytes.extracting(unchecked: fields.headersAt..<fields.end))
    }

    @inline(never)
    private static func walk(_ headers: RawSpan) throws(WireError) {
        var headers = RecordHeaderCursor(checked: headers)
        while try headers.next() != nil {}
    }

    @inline(never)
    private static func gap(_ offsetDelta: Int32, _ expected: Int32, at place: Int) -> WireError {
        WireError(.invalidBatch("offset delta \(offsetDelta) instead of \(expected)"), at: place)
    }
}
