/// Walks the uncompressed records of one v2 batch, in place.
///
/// The places in its errors count from the first byte of the records.
public struct RecordCursor: ~Escapable {
    @usableFromInline var reader: WireReader
    @usableFromInline var left: Int

    /// Where the next record begins, from the first byte of the records.
    public var byteOffset: Int { reader.offset }

    /// A cursor over `records`: the batch's own bytes, or what its codec decompressed.
    @inline(always)
    @_lifetime(copy records)
    public init(records: RawSpan, header: borrowing RecordBatchHeader) {
        reader = WireReader(records)
        left = Int(header.recordCount)
    }

    /// The next record; nil after the last, when no bytes may be left.
    @inline(always)
    @_lifetime(copy self)
    public mutating func next() throws(WireError) -> RecordView? {
        guard left > 0 else {
            try checkEnd()
            return nil
        }
        left &-= 1
        return try RecordView(parsing: &reader)
    }

    /// Where the next record's fields lie; nil after the last, when no bytes may be left.
    @inline(always)
    public mutating func nextFields() throws(WireError) -> RecordFields? {
        guard left > 0 else {
            try checkEnd()
            return nil
        }
        left &-= 1
        return try RecordFields(parsing: &reader)
    }

    @usableFromInline
    func checkEnd() throws(WireError) {
        guard reader.remaining == 0 else {
            throw WireError(.invalidBatch("\(reader.remaining) bytes after the last record"), at: reader.offset)
        }
    }
}
