/// Where the fields of one v2 record lie: what `RecordView` has, as places instead of borrowed
/// bytes, for callers that count and check.
public struct RecordFields: Sendable, BitwiseCopyable {
    /// The timestamp less the batch's base, in ms.
    public let timestampDelta: Int64
    /// The offset less the batch's base.
    public let offsetDelta: Int32
    /// The key's first byte.
    public let keyAt: Int
    /// The key's bytes; −1 stands for nil.
    public let keyByteCount: Int
    /// The value's first byte.
    public let valueAt: Int
    /// The value's bytes; −1 stands for nil.
    public let valueByteCount: Int
    /// The first byte of the headers' count.
    public let headersAt: Int
    /// The byte after the record.
    public let end: Int

    /// Whether there are headers to walk.
    @inline(always)
    public var hasHeaders: Bool { end &- headersAt > 1 }

    /// The most bytes of a record before its key (three varints of 5 bytes, one of 10, the
    /// attributes), and one to spare behind the last.
    @usableFromInline static let headByteCountMax = 27

    /// Passes over the record at the reader's place, its length included; after an error the reader
    /// has not moved.
    @inline(always)
    public init(parsing source: inout WireReader) throws(WireError) {
        if source.remaining >= Self.headByteCountMax {
            try self.init(parsing: &source, isHeadThere: true)
        } else {
            // By value: a reader whose address is taken has to be in memory.
            self = try Self.nearEnd(source)
            source.at = end
        }
    }

    /// Apart, because only the last records of a batch are that near its end.
    @inline(never)
    @usableFromInline
    static func nearEnd(_ source: WireReader) throws(WireError) -> RecordFields {
        var source = source
        return try RecordFields(parsing: &source, isHeadThere: false)
    }

    @inlinable @inline(always)
    init(parsing source: inout WireReader, isHeadThere: Bool) throws(WireError) {
        // A copy stays in registers.
        var reader = source
        let length = Int(isHeadThere ? try reader.readVarintAhead() : try reader.readVarint())
        try reader.require(length)
        end = reader.offset &+ length
        if !isHeadThere { try reader.require(1) }
        reader.at &+= 1  // attributes: unused in v2
        timestampDelta = isHeadThere ? try reader.readVarlongAhead() : try reader.readVarlong()
        offsetDelta = isHeadThere ? try reader.readVarintAhead() : try reader.readVarint()
        (keyAt, keyByteCount) = try reader.takePlace(isHeadThere)
        (valueAt, valueByteCount) = try reader.takePlace(reader.remaining >= 2)
        headersAt = reader.offset
        guard headersAt < end else { throw RecordHeaderCursor.overrun(at: headersAt) }
        // `end` was checked with the length.
        try RecordHeaderCursor.check(reader.bytes, from: headersAt, to: end)
        reader.at = end
        source = reader
    }
}

extension WireReader {
    /// Passes over a varint length and that many bytes, and returns where they are; −1 stands for
    /// nil, anything below it is an error.
    @inlinable @inline(always)
    mutating func takePlace(_ areTwoThere: Bool) throws(WireError) -> (at: Int, byteCount: Int) {
        let count = Int(areTwoThere ? try readVarintAhead() : try readVarint())
        let place = at
        if count == -1 { return (place, count) }
        try require(count)
        at &+= count
        return (place, count)
    }
}
