/// One record of a v2 batch, borrowed from where it lies.
public struct RecordView: ~Escapable {
    /// The timestamp less the batch's base, in ms.
    public let timestampDelta: Int64
    /// The offset less the batch's base.
    public let offsetDelta: Int32
    /// The key, or nil.
    public let key: RawSpan?
    /// The value, or nil.
    public let value: RawSpan?
    /// The headers, not walked yet.
    public let headers: RecordHeaderCursor

    /// Parses one record at the reader's place, its length included.
    @inline(always)
    @_lifetime(copy reader)
    public init(parsing reader: inout WireReader) throws(WireError) {
        let length = Int(try reader.readVarint())
        try reader.require(length)
        let end = reader.offset &+ length
        _ = try reader.readInteger(UInt8.self)  // attributes: unused in v2
        timestampDelta = try reader.readVarlong()
        offsetDelta = try reader.readVarint()
        key = try reader.takeVarintPrefixed()
        value = try reader.takeVarintPrefixed()
        headers = try RecordHeaderCursor(parsing: &reader, end: end)
    }
}

/// One header of a record.
public struct RecordHeaderView: ~Escapable {
    /// The key's UTF-8 bytes.
    public let key: RawSpan
    /// The value, or nil.
    public let value: RawSpan?

    @_lifetime(copy key, copy value)
    init(key: RawSpan, value: RawSpan?) {
        self.key = key
        self.value = value
    }
}

/// Walks a record's headers in order.
public struct RecordHeaderCursor: ~Escapable {
    @usableFromInline var reader: WireReader
    @usableFromInline var left: Int

    /// The headers that `next` has not given yet.
    public var count: Int { left }

    /// Takes everything up to `end`, the record's own.
    @inline(always)
    @_lifetime(copy reader)
    public init(parsing reader: inout WireReader, end: Int) throws(WireError) {
        let place = reader.offset
        left = Int(try reader.readVarint())
        let room = end &- reader.offset
        guard room >= 0 else { throw WireError(.invalidBatch("a record's fields run beyond its length"), at: place) }
        guard left >= 0 else { throw WireError(.negativeLength(left), at: place) }
        // A header takes two bytes at least, and without headers nothing may follow.
        guard left == 0 ? room == 0 : left &* 2 <= room else {
            throw WireError(.invalidBatch("\(left) headers in \(room) bytes"), at: place)
        }
        self.reader = WireReader(try reader.take(room))
    }

    /// The next header; nil after the last.
    @_lifetime(copy self)
    public mutating func next() throws(WireError) -> RecordHeaderView? {
        guard left > 0 else {
            guard reader.remaining == 0 else {
                throw WireError(.invalidBatch("\(reader.remaining) bytes after a record's headers"), at: reader.offset)
            }
            return nil
        }
        left -= 1
        let place = reader.offset
        guard let key = try reader.takeVarintPrefixed() else { throw WireError(.unexpectedNull, at: place) }
        return RecordHeaderView(key: key, value: try reader.takeVarintPrefixed())
    }
}
