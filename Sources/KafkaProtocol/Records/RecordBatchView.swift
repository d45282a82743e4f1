/// One v2 batch, borrowed from where it lies.
public struct RecordBatchView: ~Escapable {
    /// The parsed header.
    public let header: RecordBatchHeader
    /// The whole batch.
    public let bytes: RawSpan

    /// The batch at the front of `bytes`, which must hold it whole; what follows it is left alone.
    @_lifetime(copy bytes)
    public init(_ bytes: RawSpan) throws(WireError) {
        header = try RecordBatchHeader(parsing: bytes)
        guard header.totalByteCount <= bytes.byteCount else {
            throw WireError(.truncated(needed: header.totalByteCount, available: bytes.byteCount), at: 8)
        }
        self.bytes = bytes.extracting(..<header.totalByteCount)
    }

    /// What follows the header: the records, compressed if the attributes say so.
    public var recordsBytes: RawSpan {
        @_lifetime(copy self)
        get { bytes.extracting(RecordBatchHeader.byteCount...) }
    }

    /// A cursor over the records of an uncompressed batch.
    @_lifetime(copy self)
    public func makeCursor() throws(WireError) -> RecordCursor {
        guard header.attributes.compressionId == 0 else {
            throw WireError(.invalidBatch("compressed records must be decompressed first"), at: 21)
        }
        return RecordCursor(records: recordsBytes, header: header)
    }

    /// Throws unless the stored checksum is that of the bytes.
    public func verifyChecksum() throws(WireError) {
        let computed = Checksum.crc32c(bytes.extracting(RecordBatchHeader.checksumStart...))
        guard computed == header.crc else {
            throw WireError(.wrongChecksum(stored: header.crc, computed: computed), at: 17)
        }
    }
}
