/// A v0 or v1 message, borrowed from where it lies; when compressed, it wraps a set of others in
/// its value.
public struct MessageView: ~Escapable {
    /// The offset as written. Within a v1 wrapper it counts from the wrapper's first;
    /// `InnerMessageCursor` makes it absolute.
    public internal(set) var offset: Int64
    /// The format: 0 or 1.
    public let magic: Int8
    /// Codec and, for v1, timestamp type.
    public let attributes: RecordBatchAttributes
    /// The timestamp in ms; −1 for v0.
    public internal(set) var timestampMs: Int64
    /// The key, or nil.
    public let key: RawSpan?
    /// The value, or nil.
    public let value: RawSpan?
    /// The stored checksum.
    public let crc: UInt32
    /// The whole message, its offset and size included.
    public let bytes: RawSpan

    /// The bytes of a message without key and value.
    static func byteCountMin(magic: Int8) -> Int { magic == 0 ? 26 : 34 }
    /// Where the bytes begin that the checksum covers.
    static var checksumStart: Int { 16 }

    /// The message that `bytes` hold from end to end.
    @_lifetime(copy bytes)
    public init(_ bytes: RawSpan) throws(WireError) {
        var reader = WireReader(bytes)
        offset = try reader.readInteger()
        let size = Int(try reader.readInteger(Int32.self))
        guard size == reader.remaining else {
            throw WireError(.invalidBatch("message size \(size) in \(reader.remaining) bytes"), at: 8)
        }
        crc = try reader.readInteger()
        magic = try reader.readInteger()
        guard magic == 0 || magic == 1 else {
            throw WireError(.invalidBatch("magic \(magic) in a message set"), at: 16)
        }
        attributes = RecordBatchAttributes(rawValue: Int16(try reader.readInteger(UInt8.self)))
        timestampMs = magic == 0 ? -1 : try reader.readInteger()
        key = try Self.takeField(&reader)
        value = try Self.takeField(&reader)
        guard reader.remaining == 0 else {
            throw WireError(.invalidBatch("\(reader.remaining) bytes after the value"), at: reader.offset)
        }
        self.bytes = bytes
    }

    @_lifetime(copy reader)
    private static func takeField(_ reader: inout WireReader) throws(WireError) -> RawSpan? {
        let count = Int(try reader.readInteger(Int32.self))
        return count == -1 ? nil : try reader.take(count)
    }

    /// Throws unless the stored checksum is that of the bytes.
    public func verifyChecksum() throws(WireError) {
        let computed = Checksum.crc32(bytes.extracting(Self.checksumStart...))
        guard computed == crc else { throw WireError(.wrongChecksum(stored: crc, computed: computed), at: 12) }
    }
}
