/// Where the record batches of a partition are: they are copied neither out of a frame that is read
/// nor into one that is written.
public struct RecordsField: Hashable, Sendable {
    /// The bytes, counted from the start of the frame's payload (without its length prefix) that
    /// was parsed.
    public var byteRange: Range<Int>

    /// Records found at this place of a parsed frame.
    public init(byteRange: Range<Int>) { self.byteRange = byteRange }

    /// Records to be written: the encoder notes where `byteCount` bytes are to be spliced in.
    public init(byteCount: Int) { byteRange = 0..<byteCount }

    /// How many bytes of records there are.
    public var byteCount: Int { byteRange.count }
}

/// A place in a written frame where bytes of another buffer are sent.
public struct Splice: Hashable, Sendable {
    /// The bytes go before this byte of the buffer that the head was written to.
    public let offset: Int
    /// How many bytes go there; the frame's length counts them.
    public let byteCount: Int

    /// A splice at a place.
    public init(offset: Int, byteCount: Int) {
        self.offset = offset
        self.byteCount = byteCount
    }
}
