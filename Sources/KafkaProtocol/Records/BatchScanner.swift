/// One entry of a records field: a v2 batch, or a v0 or v1 message.
public struct BatchEntry: ~Escapable {
    /// The format: 0, 1 or 2.
    public let magic: Int8
    /// A batch's first offset; a message's own, which is the last of those within when it is
    /// compressed.
    public let offset: Int64
    /// Where it begins in the field.
    public let place: Int
    /// The whole entry.
    public let bytes: RawSpan

    @_lifetime(copy bytes)
    init(magic: Int8, offset: Int64, place: Int, bytes: RawSpan) {
        self.magic = magic
        self.offset = offset
        self.place = place
        self.bytes = bytes
    }

    /// The entry as a v2 batch.
    @_lifetime(copy self)
    public func makeBatch() throws(WireError) -> RecordBatchView { try RecordBatchView(bytes) }
}

/// Walks the entries of a records field, of any magic.
///
/// A fetch may end in the middle of an entry: the scanner then stops and reports the rest as
/// truncated.
public struct BatchScanner: ~Escapable {
    /// Offset, length, checksum (or leader epoch), magic: the part that all formats share.
    private static var commonByteCount: Int { 17 }

    private var reader: WireReader

    /// The bytes of an entry that is cut off; 0 when the last entry is whole. Known once `next` has
    /// given nil.
    public private(set) var truncatedByteCount = 0
    /// The bytes that the cut-off entry would need, if its length is still there to read.
    public private(set) var truncatedEntryByteCount: Int?

    /// The bytes of whole entries given so far.
    public var scannedByteCount: Int { reader.offset }

    /// A scanner at the first of `bytes`.
    @_lifetime(copy bytes)
    public init(_ bytes: RawSpan) { reader = WireReader(bytes) }

    /// The next whole entry; nil at the end and at a cut-off one.
    @_lifetime(copy self)
    public mutating func next() throws(WireError) -> BatchEntry? {
        let place = reader.offset
        let available = reader.remaining
        guard available >= RecordBatchHeader.lengthEnd else {
            truncatedByteCount = available
            return nil
        }
        var peek = reader
        let offset = try peek.readInteger(Int64.self)
        let length = Int(try peek.readInteger(Int32.self))
        let byteCount = RecordBatchHeader.lengthEnd + length
        // The magic may be cut off too; then only a length too short for any format is refused.
        var magic: Int8 = 0
        if available >= Self.commonByteCount {
            _ = try peek.readInteger(UInt32.self)
            magic = try peek.readInteger(Int8.self)
        }
        try check(length: length, magic: magic, place: place)
        guard byteCount <= available else {
            truncatedByteCount = available
            truncatedEntryByteCount = byteCount
            return nil
        }
        return BatchEntry(magic: magic, offset: offset, place: place, bytes: try reader.take(byteCount))
    }

    private func check(length: Int, magic: Int8, place: Int) throws(WireError) {
        guard (0...2).contains(magic) else { throw WireError(.invalidBatch("magic \(magic)"), at: place + 16) }
        let least = magic == 2 ? RecordBatchHeader.byteCount : MessageView.byteCountMin(magic: magic)
        guard length >= least - RecordBatchHeader.lengthEnd else {
            throw WireError(.invalidBatch("length \(length) for magic \(magic)"), at: place + 8)
        }
    }
}
