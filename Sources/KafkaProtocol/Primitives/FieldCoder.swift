/// Reads or writes a message's fields: each struct declares its fields once, a line each, and the
/// coder decides the direction.
///
/// A reader and a writer differ in the methods without versions; messages use those of the
/// extension.
public protocol FieldCoder: ~Copyable, ~Escapable {
    /// The version of the API whose layout is followed.
    var version: Int16 { get set }
    /// Whether lengths are compact and structs carry tagged fields (KIP-482).
    var isFlexible: Bool { get set }

    /// A boolean: one byte.
    mutating func code(_ value: inout Bool) throws(WireError)
    /// An integer, big-endian.
    mutating func code<Integer: FixedWidthInteger & BitwiseCopyable>(_ value: inout Integer) throws(WireError)
    /// A UUID: 16 bytes.
    mutating func code(_ value: inout KafkaUUID) throws(WireError)
    /// UTF-8 after its length.
    mutating func code(_ value: inout String) throws(WireError)
    /// UTF-8 after its length, or null.
    mutating func code(_ value: inout String?) throws(WireError)
    /// Records after their length, or null.
    mutating func code(_ value: inout RecordsField?) throws(WireError)
    /// Bytes after their length.
    mutating func code(_ value: inout [UInt8]) throws(WireError)
    /// Bytes after their length, or null.
    mutating func code(_ value: inout [UInt8]?) throws(WireError)
    /// Integers after their count.
    mutating func code(_ value: inout [Int32]) throws(WireError)
    /// Integers after their count.
    mutating func code(_ value: inout [Int64]) throws(WireError)
    /// Strings after their count.
    mutating func code(_ value: inout [String]) throws(WireError)
    /// Codes strings after their count, or null.
    mutating func code(_ value: inout [String]?) throws(WireError)
    /// Structs after their count.
    mutating func code<Element: WireStruct>(_ value: inout [Element]) throws(WireError)
    /// Structs after their count, or null.
    mutating func code<Element: WireStruct>(_ value: inout [Element]?) throws(WireError)

    /// Begins the tagged fields that end a struct of a flexible version; in other versions the
    /// section stays empty.
    mutating func beginTags() throws(WireError) -> TagSection
    /// True when the tagged field must be coded now; then its content and `closeTag` follow.
    mutating func openTag(_ tag: UInt32, in section: inout TagSection, isDefault: Bool) throws(WireError) -> Bool
    /// Ends the content of the tagged field that was opened last.
    mutating func closeTag(in section: inout TagSection) throws(WireError)
    /// Ends the tagged fields, with those that no `openTag` asked for.
    mutating func endTags(_ section: inout TagSection, unknown: inout [TaggedField]) throws(WireError)
    /// The place of an error.
    var offset: Int { get }
}

/// A part of a message that has fields of its own; all of them have the schema's default in a new
/// value.
public protocol WireStruct: Equatable, Sendable {
    /// A value with the schema's defaults.
    init()
    /// Codes every field, in the order of the layout.
    mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError)
}

/// Codes a message's fields, each in the versions that have it (`from` and `to` inclusive).
///
/// `elseOnly` marks a field that must not be lost: in a version without it, any other value is an
/// error.
extension FieldCoder where Self: ~Copyable & ~Escapable {
    /// Continues in the layout of version 0.
    mutating func useVersion0() {
        version = 0
        isFlexible = false
    }

    @inline(__always)
    func has(_ from: Int16, _ to: Int16) -> Bool { version >= from && version <= to }

    @inline(__always)
    func demand(_ isLossless: Bool) throws(WireError) {
        if !isLossless { throw WireError(.notInVersion(version), at: offset) }
    }

    @inline(__always)
    mutating func bool(
        _ value: inout Bool, from: Int16 = 0, to: Int16 = .max, elseOnly: Bool? = nil
    ) throws(WireError) {
        if has(from, to) { return try code(&value) }
        if let elseOnly { try demand(value == elseOnly) }
    }

    @inline(__always)
    mutating func integer<Integer: FixedWidthInteger & BitwiseCopyable>(
        _ value: inout Integer, from: Int16 = 0, to: Int16 = .max, elseOnly: Integer? = nil
    ) throws(WireError) {
        if has(from, to) { return try code(&value) }
        if let elseOnly { try demand(value == elseOnly) }
    }

    @inline(__always)
    mutating func uuid(_ value: inout KafkaUUID, from: Int16 = 0, to: Int16 = .max) throws(WireError) {
        if has(from, to) { try code(&value) }
    }

    @inline(__always)
    mutating func string(
        _ value: inout String, from: Int16 = 0, to: Int16 = .max, elseOnly: String? = nil
    ) throws(WireError) {
        if has(from, to) { return try code(&value) }
        if let elseOnly { try demand(value == elseOnly) }
    }

    @inline(__always)
    mutating func nullableString(
        _ value: inout String?, from: Int16 = 0, to: Int16 = .max, nullableFrom: Int16 = 0, elseNull: Bool = false
    ) throws(WireError) {
        guard has(from, to) else {
            if elseNull { try demand(value == nil) }
            return
        }
        try code(&value)
        if value == nil, version < nullableFrom { throw WireError(.unexpectedNull, at: offset) }
    }

    @inline(__always)
    mutating func records(_ value: inout RecordsField?) throws(WireError) { try code(&value) }

    @inline(__always)
    mutating func bytes(_ value: inout [UInt8]) throws(WireError) { try code(&value) }

    @inline(__always)
    mutating func nullableBytes(_ value: inout [UInt8]?) throws(WireError) { try code(&value) }

    @inline(__always)
    mutating func integers(_ value: inout [Int32], from: Int16 = 0, to: Int16 = .max) throws(WireError) {
        if has(from, to) { try code(&value) }
    }

    @inline(__always)
    mutating func integers(_ value: inout [Int64], from: Int16 = 0, to: Int16 = .max) throws(WireError) {
        if has(from, to) { try code(&value) }
    }

    @inline(__always)
    mutating func strings(
        _ value: inout [String], from: Int16 = 0, to: Int16 = .max, elseOnly: [String]? = nil
    ) throws(WireError) {
        if has(from, to) { return try code(&value) }
        if let elseOnly { try demand(value == elseOnly) }
    }

    @inline(__always)
    mutating func array<Element: WireStruct>(
        _ value: inout [Element], from: Int16 = 0, to: Int16 = .max, elseOnly: [Element]? = nil
    ) throws(WireError) {
        if has(from, to) { return try code(&value) }
        if let elseOnly { try demand(value == elseOnly) }
    }

    @inline(__always)
    mutating func nullableArray<Element: WireStruct>(
        _ value: inout [Element]?, from: Int16 = 0, to: Int16 = .max, nullableFrom: Int16 = 0,
        elseOnly: [Element]? = nil
    ) throws(WireError) {
        guard has(from, to) else {
            if let elseOnly { try demand(value == elseOnly) }
            return
        }
        try code(&value)
        if value == nil, version < nullableFrom { throw WireError(.unexpectedNull, at: offset) }
    }

    /// Opens a tagged field in the versions that have it.
    @inline(__always)
    mutating func tag(
        _ number: UInt32, from: Int16, in section: inout TagSection, isDefault: Bool
    ) throws(WireError) -> Bool {
        version >= from ? try openTag(number, in: &section, isDefault: isDefault) : false
    }

    /// The tagged fields of a struct whose schema has none.
    @inline(__always)
    mutating func tags(_ unknown: inout [TaggedField]) throws(WireError) {
        guard isFlexible else { return }
        var section = try beginTags()
        try endTags(&section, unknown: &unknown)
    }
}
