/// One record of a v2 batch, borrowed from where it lies.
public struct RecordView: ~Escapable, BitwiseCopyable {
    /// The timestamp less the batch's base, in ms.
    public let timestampDelta: Int64
    /// The offset less the batch's base.
    public let offsetDelta: Int32
    /// The key, or nil.
    public let key: RawSpan?
    /// The value, or nil.
    public let value: RawSpan?
    /// The headers with their count, which is checked against them.
    @usableFromInline let headersBytes: RawSpan

    /// Whether there are headers to walk.
    @inline(always)
    public var hasHeaders: Bool { headersBytes.byteCount > 1 }

    /// The headers, not walked yet.
    public var headers: RecordHeaderCursor {
        @_lifetime(copy self)
        get { RecordHeaderCursor(checked: headersBytes) }
    }

    /// Parses one record at the reader's place, its length included; after an error the reader has
    /// not moved.
    @inline(always)
    @_lifetime(copy source)
    public init(parsing source: inout WireReader) throws(WireError) {
        // Not made from `RecordFields`: the compiler would then destroy each with a call, 204
        // instead of 161 instructions a record. A copy stays in registers.
        var reader = source
        let length = Int(try reader.readVarint())
        try reader.require(length)
        let end = reader.offset &+ length
        _ = try reader.readInteger(UInt8.self)  // attributes: unused in v2
        timestampDelta = try reader.readVarlong()
        offsetDelta = try reader.readVarint()
        key = try reader.takeVarintPrefixed()
        value = try reader.takeVarintPrefixed()
        let place = reader.offset
        guard place < end else { throw RecordHeaderCursor.overrun(at: place) }
        // `end` was checked with the length.
        headersBytes = unsafe reader.bytes.extracting(unchecked: Range(uncheckedBounds: (place, end)))
        reader.at = end
        source = reader
        try RecordHeaderCursor.check(reader.bytes, from: place, to: end)
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

/// Walks a record's headers in order; the places in its errors count from their count's first byte.
public struct RecordHeaderCursor: ~Escapable {
    @usableFromInline var reader: WireReader
    @usableFromInline var left: Int

    /// The headers that `next` has not given yet.
    public var count: Int { left }

    @_lifetime(copy bytes)
    init(checked bytes: RawSpan) {
        reader = WireReader(bytes)
        // `check` has read it already.
        left = Int((try? reader.readVarint()) ?? 0)
    }

    /// Throws unless the count at `place` may be that of the headers from there to `end`, which
    /// both lie within `bytes`.
    @inlinable @inline(always)
    static func check(_ bytes: RawSpan, from place: Int, to end: Int) throws(WireError) {
        // Most records have none: a single zero.
        if end &- place == 1, unsafe bytes.unsafeLoad(fromUncheckedByteOffset: place, as: UInt8.self) == 0 { return }
        try checkCount(bytes, from: place, to: end)
    }

    @inline(never)
    @usableFromInline
    static func checkCount(_ bytes: RawSpan, from place: Int, to end: Int) throws(WireError) {
        var reader = WireReader(bytes.extracting(place..<end))
        let count = Int(try reader.readVarint())
        let room = reader.remaining
        if count < 0 { throw WireError(.negativeLength(count), at: place) }
        // A header takes at least two bytes, and without headers nothing may follow.
        guard count == 0 ? room == 0 : count * 2 <= room else {
            throw WireError(.invalidBatch("\(count) headers in \(room) bytes"), at: place)
        }
    }

    /// Apart from the parsing, to keep the rare error out of the fast path.
    @inline(never)
    @usableFromInline
    static func overrun(at place: Int) -> WireError {
        WireError(.invalidBatch("a record's fields run beyond its length"), at: place)
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
