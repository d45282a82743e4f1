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
    public var description: String { "\(code), at byte \(byteOffset)" }
}

extension WireError.Code: CustomStringConvertible {
    /// What is wrong, in words.
    public var description: String {
        switch self {
        case .truncated(let needed, let available): "\(Self.count(needed, "byte")) due and \(available) left"
        case .varintOverflow: "a variable-length integer runs beyond its type"
        case .negativeLength(let length): "a length of \(length)"
        case .tooLarge(let size, let limit): "a length or count of \(size), beyond the bound of \(limit)"
        case .unexpectedNull: "a null where none may be"
        case .invalidUTF8: "a string that is not UTF-8"
        case .wrongTagSize(let tag): "tagged field \(tag) is shorter or longer than it says"
        case .duplicateTag(let tag): "tagged field \(tag) twice"
        case .notInVersion(let version): "version \(version) has no place for a value that must not be lost"
        case .unsupportedVersion(let api, let version):
            "version \(version) of \(ApiKey(rawValue: api).name) is not known here"
        case .invalidBatch(let text): text
        case .wrongChecksum(let stored, let computed):
            "the checksum is \(String(stored, radix: 16)), and the content gives \(String(computed, radix: 16))"
        }
    }

    private static func count(_ count: Int, _ what: String) -> String {
        count == 1 ? "1 \(what) is" : "\(count) \(what)s are"
    }
}
