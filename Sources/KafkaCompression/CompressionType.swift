/// A codec that Kafka knows, with its number in the attributes of batches and messages.
public enum CompressionType: UInt8, CaseIterable, Hashable, Sendable, CustomStringConvertible {
    case none = 0
    case gzip = 1
    case snappy = 2
    case lz4 = 3
    case zstd = 4

    /// The codec of a value of `compression.type`; nil for `producer`, `uncompressed` and what
    /// Kafka does not know.
    public init?(name: String) {
        guard let type = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = type
    }

    /// The value of `compression.type` that stands for this codec.
    public var name: String {
        switch self {
        case .none: "none"
        case .gzip: "gzip"
        case .snappy: "snappy"
        case .lz4: "lz4"
        case .zstd: "zstd"
        }
    }

    public var description: String { name }

    /// The levels that `compression.<name>.level` may have (KIP-390); nil where there are none.
    public var levels: ClosedRange<Int>? {
        switch self {
        case .none, .snappy: nil
        case .gzip: 1...9
        case .lz4: 1...17
        case .zstd: -131_072...22
        }
    }

    /// Kafka's default level; for gzip it is −1, zlib's own choice.
    public var defaultLevel: Int? {
        switch self {
        case .none, .snappy: nil
        case .gzip: -1
        case .lz4: 9
        case .zstd: 3
        }
    }
}
