import Bytes

/// Writes a message's fields to the end of a buffer.
public struct FieldWriter: FieldCoder {
    private var buffer: ByteBuffer
    /// The version of the API whose layout is followed.
    public var version: Int16
    /// Whether lengths are compact and structs carry tagged fields.
    public var isFlexible: Bool
    /// Where records are to be sent, in the order of the fields.
    private(set) var splices: [Splice] = []

    init(_ buffer: ByteBuffer, version: Int16, isFlexible: Bool) {
        self.buffer = buffer
        self.version = version
        self.isFlexible = isFlexible
    }

    /// The next byte to write.
    public var offset: Int { buffer.count }

    /// A boolean: one byte.
    @inline(__always)
    public mutating func code(_ value: inout Bool) throws(WireError) { put(value ? 1 as UInt8 : 0) }

    /// An integer, big-endian.
    @inline(__always)
    public mutating func code<Integer: FixedWidthInteger & BitwiseCopyable>(
        _ value: inout Integer
    ) throws(WireError) {
        put(value)
    }

    /// A UUID: 16 bytes.
    public mutating func code(_ value: inout KafkaUUID) throws(WireError) {
        put(value.high)
        put(value.low)
    }

    /// UTF-8 after its length.
    public mutating func code(_ value: inout String) throws(WireError) {
        try putStringLength(value.utf8.count)
        unsafe buffer.append(value.utf8Span.span.bytes)
    }

    /// UTF-8 after its length, or null.
    public mutating func code(_ value: inout String?) throws(WireError) {
        guard var text = value else { return try putStringLength(nil) }
        try code(&text)
    }

    /// The length of the records, and a splice where they go.
    public mutating func code(_ value: inout RecordsField?) throws(WireError) {
        try putLength(value?.byteCount)
        if let value { splices.append(Splice(offset: offset, byteCount: value.byteCount)) }
    }

    /// Bytes after their length.
    public mutating func code(_ value: inout [UInt8]) throws(WireError) {
        try putLength(value.count)
        unsafe buffer.append(value.span.bytes)
    }

    /// Bytes after their length, or null.
    public mutating func code(_ value: inout [UInt8]?) throws(WireError) {
        guard var bytes = value else { return try putLength(nil) }
        try code(&bytes)
    }

    /// Integers after their count.
    public mutating func code(_ value: inout [Int32]) throws(WireError) { try putIntegers(value) }

    /// Integers after their count.
    public mutating func code(_ value: inout [Int64]) throws(WireError) { try putIntegers(value) }

    /// Strings after their count.
    public mutating func code(_ value: inout [String]) throws(WireError) {
        try putLength(value.count)
        for text in value {
            var text = text
            try code(&text)
        }
    }

    /// Strings after their count, or null.
    public mutating func code(_ value: inout [String]?) throws(WireError) {
        guard var strings = value else { return try putLength(nil) }
        try code(&strings)
    }

    /// Structs after their count.
    public mutating func code<Element: WireStruct>(_ value: inout [Element]) throws(WireError) {
        try putLength(value.count)
        // A copy of each, because coding in place would copy the array.
        for element in value {
            var element = element
            try element.code(with: &self)
        }
    }

    /// Structs after their count, or null.
    public mutating func code<Element: WireStruct>(_ value: inout [Element]?) throws(WireError) {
        guard var elements = value else { return try putLength(nil) }
        try code(&elements)
    }

    @inline(__always)
    private func put<Integer: FixedWidthInteger & BitwiseCopyable>(_ value: Integer) {
        buffer.reserve(MemoryLayout<Integer>.size)
        buffer.append { unsafe $0.append(value.bigEndian, as: Integer.self) }
    }

    @inline(__always)
    private func putIntegers<Integer: FixedWidthInteger & BitwiseCopyable>(_ values: [Integer]) throws(WireError) {
        try putLength(values.count)
        for integer in values { put(integer) }
    }

    private func putUnsignedVarint(_ value: UInt32) {
        var rest = value
        while rest >= 0x80 {
            put(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        put(UInt8(rest))
    }

    private func putLength(_ length: Int?) throws(WireError) {
        let length = try bounded(length, Int(Int32.max) - 1)
        if isFlexible { return putUnsignedVarint(UInt32(length + 1)) }
        put(Int32(length))
    }

    private func putStringLength(_ length: Int?) throws(WireError) {
        // Kafka does not read longer strings in flexible versions either.
        let length = try bounded(length, Int(Int16.max))
        if isFlexible { return putUnsignedVarint(UInt32(length + 1)) }
        put(Int16(length))
    }

    private func bounded(_ length: Int?, _ limit: Int) throws(WireError) -> Int {
        let length = length ?? -1
        guard length <= limit else { throw WireError(.tooLarge(length, limit: limit), at: offset) }
        return length
    }
}

extension FieldWriter {
    /// Leaves a byte for the count of a struct's tagged fields.
    public mutating func beginTags() throws(WireError) -> TagSection {
        var section = TagSection()
        guard isFlexible else { return section }
        section.start = offset
        put(0 as UInt8)
        return section
    }

    /// Switches to another buffer for the content, because its size comes first on the wire; a
    /// default is left out.
    public mutating func openTag(
        _ tag: UInt32, in section: inout TagSection, isDefault: Bool
    ) throws(WireError) -> Bool {
        guard isFlexible, !isDefault else { return false }
        section.count += 1
        section.tag = tag
        section.outer = buffer
        buffer = ByteBuffer(capacity: 64)
        return true
    }

    /// Writes tag, size and content of the open tagged field.
    public mutating func closeTag(in section: inout TagSection) throws(WireError) {
        guard let outer = section.outer else { return }
        let content = buffer
        buffer = outer
        section.outer = nil
        putUnsignedVarint(section.tag)
        putUnsignedVarint(UInt32(content.count))
        buffer.append(content.bytes)
    }

    /// Writes the tagged fields that were kept, and the count of all.
    public mutating func endTags(
        _ section: inout TagSection, unknown: inout [TaggedField]
    ) throws(WireError) {
        guard isFlexible else { return }
        let count = section.count + unknown.count
        guard count <= TagSection.countMax else {
            throw WireError(.tooLarge(count, limit: TagSection.countMax), at: offset)
        }
        for field in unknown {
            putUnsignedVarint(field.tag)
            putUnsignedVarint(UInt32(field.content.count))
            unsafe buffer.append(field.content.span.bytes)
        }
        if count > 0 { buffer.overwrite(UInt8(count), at: section.start) }
    }
}
