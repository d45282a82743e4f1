/// The bytes that varints and records take, and how they are written into memory that is known to
/// be large enough.
public enum RecordEncoding {
    /// Bytes of a zig-zag varint: one for every seven significant bits.
    @inline(always)
    public static func varintByteCount(_ value: Int64) -> Int {
        let raw = UInt64(bitPattern: (value &<< 1) ^ (value &>> 63))
        return (70 &- (raw | 1).leadingZeroBitCount) / 7
    }

    /// Bytes of a nullable field with its length in front.
    @inline(always)
    public static func fieldByteCount(_ byteCount: Int?) -> Int {
        guard let byteCount else { return 1 }
        return varintByteCount(Int64(byteCount)) &+ byteCount
    }

    /// The most that one record without headers can take in a batch, whatever its offset and
    /// timestamp.
    public static func recordByteCountMax(keyByteCount: Int?, valueByteCount: Int?) -> Int {
        // Length, attributes, timestamp delta, offset delta, and a header count of 0.
        5 + 1 + 10 + 5 + fieldByteCount(keyByteCount) + fieldByteCount(valueByteCount) + 1
    }

    /// The most that one record with headers can take in a batch.
    public static func recordByteCountMax(
        keyByteCount: Int?, valueByteCount: Int?, headers: [RecordHeader]
    ) -> Int {
        recordByteCountMax(keyByteCount: keyByteCount, valueByteCount: valueByteCount) - 1 + headersByteCount(headers)
    }

    /// Bytes of a record's headers with their count.
    static func headersByteCount(_ headers: [RecordHeader]) -> Int {
        headers.reduce(varintByteCount(Int64(headers.count))) { sum, header in
            sum + fieldByteCount(header.key.utf8.count) + fieldByteCount(header.value?.count)
        }
    }

    /// Writes a zig-zag varint and returns the place after it.
    @inline(always)
    @unsafe public static func writeVarint(_ value: Int64, to start: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer
    {
        var raw = UInt64(bitPattern: (value &<< 1) ^ (value &>> 63))
        var at = unsafe start
        while raw >= 0x80 {
            unsafe at.storeBytes(of: UInt8(truncatingIfNeeded: raw) | 0x80, as: UInt8.self)
            unsafe at += 1
            raw &>>= 7
        }
        unsafe at.storeBytes(of: UInt8(truncatingIfNeeded: raw), as: UInt8.self)
        return unsafe at + 1
    }

    /// Writes a nullable field with its length in front and returns the place after it.
    @inline(always)
    @unsafe public static func writeField(_ field: RawSpan?, to start: UnsafeMutableRawPointer)
        -> UnsafeMutableRawPointer
    {
        guard let field else { return unsafe writeVarint(-1, to: start) }
        let at = unsafe writeVarint(Int64(field.byteCount), to: start)
        return unsafe field.withUnsafeBytes { field in
            guard let from = field.baseAddress else { return unsafe at }
            unsafe at.copyMemory(from: from, byteCount: field.count)
            return unsafe at + field.count
        }
    }
}

/// A header to be written with a record.
public struct RecordHeader: Hashable, Sendable {
    /// The key; Kafka allows the empty one and repetitions.
    public var key: String
    /// The value, or nil.
    public var value: [UInt8]?

    /// A header.
    public init(key: String, value: [UInt8]?) {
        self.key = key
        self.value = value
    }
}
