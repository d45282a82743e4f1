/// Reads a message's fields from borrowed bytes.
public struct FieldReader: FieldCoder, ~Escapable {
    var wire: WireReader
    /// The version of the API whose layout is followed.
    public var version: Int16
    /// Whether lengths are compact and structs carry tagged fields.
    public var isFlexible: Bool
    /// Structs and strings that arrays of this message may still hold.
    private var elementCountLeft = FieldReader.elementCountMax
    /// The last array of integers. A partition's replicas mostly equal its in-sync replicas and the
    /// partition before's, and equal arrays share their memory.
    private var lastIntegers: [Int32] = []

    /// A struct takes up to forty times its bytes on the wire, so arrays are bounded by count as
    /// well as by bytes.
    static let elementCountMax = 1_000_000
    /// Room taken before the first element is read; beyond it an array grows with the elements that
    /// are there.
    static let reservedCountMax = 256

    @_lifetime(copy wire)
    init(_ wire: WireReader, version: Int16, isFlexible: Bool) {
        self.wire = wire
        self.version = version
        self.isFlexible = isFlexible
    }

    /// The next byte to read.
    public var offset: Int { wire.offset }

    /// A boolean: any byte but zero is true.
    @inline(__always)
    public mutating func code(_ value: inout Bool) throws(WireError) {
        value = try wire.readInteger(UInt8.self) != 0
    }

    /// An integer, big-endian.
    @inline(__always)
    public mutating func code<Integer: FixedWidthInteger & BitwiseCopyable>(
        _ value: inout Integer
    ) throws(WireError) {
        value = try wire.readInteger()
    }

    /// A UUID: 16 bytes.
    public mutating func code(_ value: inout KafkaUUID) throws(WireError) {
        value = KafkaUUID(high: try wire.readInteger(), low: try wire.readInteger())
    }

    /// UTF-8 after its length.
    public mutating func code(_ value: inout String) throws(WireError) {
        guard let count = try stringLength() else { throw WireError(.unexpectedNull, at: offset) }
        value = try text(count)
    }

    /// UTF-8 after its length, or null.
    public mutating func code(_ value: inout String?) throws(WireError) {
        value = nil
        if let count = try stringLength() { value = try text(count) }
    }

    /// Notes where the records are, and skips them.
    public mutating func code(_ value: inout RecordsField?) throws(WireError) {
        guard let count = try length() else { return value = nil }
        let start = offset
        _ = try wire.take(count)
        value = RecordsField(byteRange: start..<offset)
    }

    /// Bytes after their length, copied.
    public mutating func code(_ value: inout [UInt8]) throws(WireError) {
        guard let count = try length() else { throw WireError(.unexpectedNull, at: offset) }
        value = unsafe try wire.take(count).withUnsafeBytes { unsafe Array($0) }
    }

    /// Bytes after their length, copied, or null.
    public mutating func code(_ value: inout [UInt8]?) throws(WireError) {
        value = nil
        if let count = try length() { value = unsafe try wire.take(count).withUnsafeBytes { unsafe Array($0) } }
    }

    /// Integers after their count, which is checked against the bytes that are there.
    public mutating func code(_ value: inout [Int32]) throws(WireError) {
        let count = try integerCount(of: MemoryLayout<Int32>.size)
        if try !isLastIntegers(count) { lastIntegers = try integers(count) }
        value = lastIntegers
    }

    /// Integers after their count, which is checked against the bytes that are there.
    public mutating func code(_ value: inout [Int64]) throws(WireError) {
        value = try integers(try integerCount(of: MemoryLayout<Int64>.size))
    }

    private mutating func integerCount(of byteCount: Int) throws(WireError) -> Int {
        guard let count = try length() else { throw WireError(.unexpectedNull, at: offset) }
        try wire.require(count * byteCount)
        return count
    }

    private mutating func integers<Integer: FixedWidthInteger & BitwiseCopyable>(
        _ count: Int
    ) throws(WireError) -> [Integer] {
        var integers: [Integer] = []
        integers.reserveCapacity(count)
        for _ in 0..<count { integers.append(try wire.readInteger()) }
        return integers
    }

    /// Passes over the next integers if they equal the last array; else reads nothing.
    private mutating func isLastIntegers(_ count: Int) throws(WireError) -> Bool {
        guard count == lastIntegers.count else { return false }
        let start = wire.at
        for at in 0..<count where try wire.readInteger() != lastIntegers[at] {
            wire.at = start
            return false
        }
        return true
    }

    /// Strings after their count.
    public mutating func code(_ value: inout [String]) throws(WireError) {
        guard let count = try elementCount() else { throw WireError(.unexpectedNull, at: offset) }
        value = try strings(count)
    }

    /// Strings after their count, or null.
    public mutating func code(_ value: inout [String]?) throws(WireError) {
        value = nil
        if let count = try elementCount() { value = try strings(count) }
    }

    private mutating func strings(_ count: Int) throws(WireError) -> [String] {
        var strings: [String] = []
        strings.reserveCapacity(min(count, Self.reservedCountMax))
        for _ in 0..<count {
            var element = ""
            try code(&element)
            strings.append(element)
        }
        return strings
    }

    /// Structs after their count.
    public mutating func code<Element: WireStruct>(_ value: inout [Element]) throws(WireError) {
        guard let count = try elementCount() else { throw WireError(.unexpectedNull, at: offset) }
        value = try elements(count)
    }

    /// Structs after their count, or null.
    public mutating func code<Element: WireStruct>(_ value: inout [Element]?) throws(WireError) {
        value = nil
        if let count = try elementCount() { value = try elements(count) }
    }

    private mutating func elements<Element: WireStruct>(_ count: Int) throws(WireError) -> [Element] {
        var elements: [Element] = []
        elements.reserveCapacity(min(count, Self.reservedCountMax))
        for _ in 0..<count {
            var element = Element()
            try element.code(with: &self)
            elements.append(consume element)
        }
        return elements
    }

    /// The count of an array whose elements take at least a byte, or nil for null.
    private mutating func elementCount() throws(WireError) -> Int? {
        guard let count = try length() else { return nil }
        try wire.require(count)
        guard count <= elementCountLeft else {
            throw WireError(.tooLarge(count, limit: elementCountLeft), at: offset)
        }
        elementCountLeft -= count
        return count
    }

    @inline(__always)
    private mutating func length() throws(WireError) -> Int? {
        if isFlexible { return try compactLength() }
        let start = offset
        return try checked(Int(try wire.readInteger(Int32.self)), at: start)
    }

    @inline(__always)
    private mutating func stringLength() throws(WireError) -> Int? {
        if isFlexible { return try compactLength() }
        let start = offset
        return try checked(Int(try wire.readInteger(Int16.self)), at: start)
    }

    @inline(__always)
    private mutating func compactLength() throws(WireError) -> Int? {
        let raw = try wire.readUnsignedVarint()
        return raw == 0 ? nil : Int(raw) - 1
    }

    @inline(__always)
    private func checked(_ length: Int, at start: Int) throws(WireError) -> Int? {
        guard length >= -1 else { throw WireError(.negativeLength(length), at: start) }
        return length == -1 ? nil : length
    }

    private mutating func text(_ count: Int) throws(WireError) -> String {
        let start = offset
        let bytes = try wire.take(count)
        do throws(UTF8.ValidationError) {
            // By a span: `String(validating:as:)` looks up its generic types anew for each string,
            // four times the instructions.
            return String(copying: try UTF8Span(validating: Span(_bytes: bytes)))
        } catch {
            throw WireError(.invalidUTF8, at: start)
        }
    }
}

extension FieldReader {
    /// Reads the count of a struct's tagged fields.
    public mutating func beginTags() throws(WireError) -> TagSection {
        var section = TagSection()
        guard isFlexible else { return section }
        let count = Int(try wire.readUnsignedVarint())
        guard count <= TagSection.countMax else {
            throw WireError(.tooLarge(count, limit: TagSection.countMax), at: offset)
        }
        section.count = count
        section.start = offset
        return section
    }

    /// Finds the tagged field, in whatever order they came, and stops at its content.
    public mutating func openTag(
        _ tag: UInt32, in section: inout TagSection, isDefault: Bool
    ) throws(WireError) -> Bool {
        if section.count == 0 { return false }
        wire.at = section.start
        for _ in 0..<section.count {
            let found = try wire.readUnsignedVarint()
            let size = Int(try wire.readUnsignedVarint())
            if found == tag {
                try wire.require(size)
                section.tag = tag
                section.end = offset + size
                section.opened |= 1 << UInt64(tag)
                return true
            }
            _ = try wire.take(size)
        }
        return false
    }

    /// Checks that the content was as long as was stated.
    public mutating func closeTag(in section: inout TagSection) throws(WireError) {
        if offset != section.end { throw WireError(.wrongTagSize(tag: Int(section.tag)), at: offset) }
    }

    /// Keeps the tagged fields that were not opened, and stops behind the last.
    public mutating func endTags(
        _ section: inout TagSection, unknown: inout [TaggedField]
    ) throws(WireError) {
        if section.count == 0 { return }
        wire.at = section.start
        var seen: UInt64 = 0
        for _ in 0..<section.count {
            let tag = try wire.readUnsignedVarint()
            let content = try wire.take(Int(try wire.readUnsignedVarint()))
            let bit: UInt64 = tag < 64 ? 1 << UInt64(tag) : 0
            let isRepeated = bit != 0 ? seen & bit != 0 : unknown.contains { $0.tag == tag }
            if isRepeated { throw WireError(.duplicateTag(Int(tag)), at: offset) }
            seen |= bit
            if section.opened & bit == 0 {
                unknown.append(TaggedField(tag: tag, content: unsafe content.withUnsafeBytes { unsafe Array($0) }))
            }
        }
    }
}
