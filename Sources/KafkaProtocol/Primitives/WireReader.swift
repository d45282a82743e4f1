/// A bounds-checked cursor over borrowed bytes; integers are big-endian.
public struct WireReader: ~Escapable {
    @usableFromInline let bytes: RawSpan
    @usableFromInline var at: Int

    /// The next byte to read, from the start of the span.
    @inline(always)
    public var offset: Int { at }

    /// A cursor at the first of `bytes`.
    @inline(always)
    @_lifetime(copy bytes)
    public init(_ bytes: RawSpan) {
        self.bytes = bytes
        at = 0
    }

    /// The bytes not read yet.
    @inline(always)
    public var remaining: Int { bytes.byteCount &- offset }

    /// Throws unless `count` more bytes are there.
    @inline(always)
    public func require(_ count: Int) throws(WireError) {
        // `remaining` is never negative, so one comparison of bit patterns finds a negative count
        // too.
        guard UInt(bitPattern: count) <= UInt(bitPattern: remaining) else {
            throw Self.shortage(count, available: remaining, at: offset)
        }
    }

    /// Apart from the reading, which is inlined everywhere: an error built there would take
    /// registers from the fast path.
    @inline(never)
    @usableFromInline
    static func shortage(_ count: Int, available: Int, at offset: Int) -> WireError {
        count < 0
            ? WireError(.negativeLength(count), at: offset)
            : WireError(.truncated(needed: count, available: available), at: offset)
    }

    @inline(never)
    @usableFromInline
    static func overflow(at offset: Int) -> WireError { WireError(.varintOverflow, at: offset) }

    /// A fixed-width integer.
    @inline(always)
    public mutating func readInteger<Integer: FixedWidthInteger & BitwiseCopyable>(
        _ type: Integer.Type = Integer.self
    ) throws(WireError) -> Integer {
        try require(MemoryLayout<Integer>.size)
        // The guard above is the bounds check.
        let value = unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: Integer.self)
        at &+= MemoryLayout<Integer>.size
        return Integer(bigEndian: value)
    }

    /// The signed value of a zig-zag number.
    @inlinable @inline(always)
    static func signed(_ raw: UInt32) -> Int32 { Int32(bitPattern: raw &>> 1) ^ -Int32(bitPattern: raw & 1) }

    @inlinable @inline(always)
    static func signed(_ raw: UInt64) -> Int64 { Int64(bitPattern: raw &>> 1) ^ -Int64(bitPattern: raw & 1) }

    /// Unsigned LEB128 of 32 bits, at most five bytes.
    @inline(always)
    public mutating func readUnsignedVarint() throws(WireError) -> UInt32 {
        let first = try readInteger(UInt8.self)
        if first < 0x80 { return UInt32(first) }
        // Most lengths and deltas of records take two bytes, and without the loop they cost half.
        let second = try readInteger(UInt8.self)
        var value = UInt32(first & 0x7f) | UInt32(second & 0x7f) &<< 7
        if second < 0x80 { return value }
        var shift: UInt32 = 14
        while true {
            let byte = try readInteger(UInt8.self)
            guard shift < 28 || byte <= 0x0f else { throw Self.overflow(at: offset &- 1) }
            value |= UInt32(byte & 0x7f) &<< shift
            if byte < 0x80 { return value }
            shift &+= 7
        }
    }

    /// A zig-zag varint, as record lengths and offset deltas are written.
    @inline(always)
    public mutating func readVarint() throws(WireError) -> Int32 {
        Self.signed(try readUnsignedVarint())
    }

    /// A zig-zag varint of which two bytes are known to be there, so that most need no bounds
    /// check.
    @inlinable @inline(always)
    mutating func readVarintAhead() throws(WireError) -> Int32 {
        let first = UInt32(unsafe bytes.unsafeLoad(fromUncheckedByteOffset: at, as: UInt8.self))
        let second = UInt32(unsafe bytes.unsafeLoad(fromUncheckedByteOffset: at &+ 1, as: UInt8.self))
        let raw: UInt32
        if first < 0x80 {
            raw = first
            at &+= 1
        } else if second < 0x80 {
            raw = first & 0x7f | second &<< 7
            at &+= 2
        } else {
            // By value: a reader whose address is taken has to be in memory.
            let (value, end) = try Self.longVarint(self)
            at = end
            return value
        }
        return Self.signed(raw)
    }

    /// As `readVarintAhead`, of 64 bits.
    @inlinable @inline(always)
    mutating func readVarlongAhead() throws(WireError) -> Int64 {
        let first = UInt64(unsafe bytes.unsafeLoad(fromUncheckedByteOffset: at, as: UInt8.self))
        guard first >= 0x80 else {
            at &+= 1
            return Self.signed(first)
        }
        return try readVarlong()
    }

    /// Apart from the reading, because few are longer than two bytes.
    @inline(never)
    @usableFromInline
    static func longVarint(_ reader: WireReader) throws(WireError) -> (value: Int32, end: Int) {
        var reader = reader
        return (try reader.readVarint(), reader.at)
    }

    /// A zig-zag varint of 64 bits, as timestamp deltas are written.
    @inline(always)
    public mutating func readVarlong() throws(WireError) -> Int64 {
        Self.signed(try readUnsignedVarlong())
    }

    /// Unsigned LEB128 of 64 bits, at most ten bytes.
    @inline(always)
    public mutating func readUnsignedVarlong() throws(WireError) -> UInt64 {
        let first = try readInteger(UInt8.self)
        if first < 0x80 { return UInt64(first) }
        let second = try readInteger(UInt8.self)
        var value = UInt64(first & 0x7f) | UInt64(second & 0x7f) &<< 7
        if second < 0x80 { return value }
        var shift: UInt64 = 14
        while true {
            let byte = try readInteger(UInt8.self)
            guard shift < 63 || byte <= 1 else { throw Self.overflow(at: offset &- 1) }
            value |= UInt64(byte & 0x7f) &<< shift
            if byte < 0x80 { return value }
            shift &+= 7
        }
    }

    /// The next `count` bytes, in place.
    @inline(always)
    @_lifetime(copy self)
    public mutating func take(_ count: Int) throws(WireError) -> RawSpan {
        try require(count)
        let slice = unsafe bytes.extracting(unchecked: Range(uncheckedBounds: (offset, offset &+ count)))
        at &+= count
        return slice
    }

    /// A varint length followed by that many bytes; −1 is nil, and anything below it an error.
    @inline(always)
    @_lifetime(copy self)
    public mutating func takeVarintPrefixed() throws(WireError) -> RawSpan? {
        let count = Int(try readVarint())
        if count == -1 { return nil }
        return try take(count)
    }
}
