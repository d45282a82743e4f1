/// Why bytes are not a well-formed Kafka message, and where.
public struct WireError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What is wrong.
    public enum Code: Equatable, Sendable {
        /// More bytes are wanted than there are.
        case truncated(needed: Int, available: Int)
        /// A varint runs beyond the bits of its type.
        case varintOverflow
        /// A length below what its field may have.
        case negativeLength(Int)
        /// A length or count beyond the bound.
        case tooLarge(Int, limit: Int)
        /// A null where the schema allows none.
        case unexpectedNull
        /// Bytes that should be UTF-8 and are not.
        case invalidUTF8
        /// A tagged field whose content is shorter or longer than it says.
        case wrongTagSize(tag: Int)
        /// The same tag twice in one struct.
        case duplicateTag(Int)
        /// A value that must not be lost, in a version whose layout has no place for it.
        case notInVersion(Int16)
        /// A version of an API that this code does not know.
        case unsupportedVersion(apiKey: Int16, version: Int16)
        /// A record batch that contradicts itself.
        case invalidBatch(String)
        /// A checksum that does not match.
        case wrongChecksum(stored: UInt32, computed: UInt32)
    }

    /// What is wrong.
    public let code: Code
    /// Where, in bytes from the start of what was being read.
    public let byteOffset: Int

    /// An error at a place.
    public init(_ code: Code, at byteOffset: Int) {
        self.code = code
        self.byteOffset = byteOffset
    }

    /// What is wrong and where, in words.
    public var description: String { "\(code) at byte \(byteOffset)" }
}
