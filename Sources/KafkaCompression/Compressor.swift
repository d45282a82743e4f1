public import Bytes

/// Compresses with one codec at one level, keeping the library's context from call to call.
public final class Compressor {
    private enum Implementation {
        case none
        case gzip(GzipCompressor)
        case snappy
        case lz4(LZ4Compressor)
        case zstd(ZstdCompressor)
    }

    /// The codec.
    public let type: CompressionType
    private let implementation: Implementation

    /// A compressor of `type`; without a level it uses Kafka's default.
    public init(type: CompressionType, level: Int? = nil) throws(CompressionError) {
        if let level, level != type.defaultLevel {
            guard let allowed = type.levels, allowed.contains(level) else {
                throw CompressionError(type, .levelNotAllowed(level, allowed: type.levels))
            }
        }
        self.type = type
        implementation =
            switch type {
            case .none: .none
            case .gzip: .gzip(try GzipCompressor(level: level))
            case .snappy: .snappy
            case .lz4: .lz4(try LZ4Compressor(level: level))
            case .zstd: .zstd(try ZstdCompressor(level: level))
            }
    }

    /// The most bytes that the compressed form of `byteCount` bytes can take, so that the output
    /// need not grow.
    public func roomByteCount(for byteCount: Int) -> Int {
        switch implementation {
        case .none: byteCount
        case .gzip(let gzip): gzip.roomByteCount(for: byteCount)
        case .snappy: XerialSnappy.roomByteCount(for: byteCount)
        case .lz4(let lz4): lz4.roomByteCount(for: byteCount)
        case .zstd: ZstdCompressor.roomByteCount(for: byteCount)
        }
    }

    /// Appends the compressed form of `input` to `output`; `magic` is that of the batch or message
    /// it goes into.
    ///
    /// After an error `output` is as it was.
    public func compress(
        _ input: RawSpan, into output: ByteBuffer, magic: Int8 = 2
    ) throws(CompressionError) {
        let start = output.count
        do throws(CompressionError) {
            switch implementation {
            case .none: output.append(input)
            case .gzip(let gzip): try gzip.compress(input, into: output)
            case .snappy: try XerialSnappy.compress(input, into: output)
            case .lz4(let lz4): try lz4.compress(input, into: output, magic: magic)
            case .zstd(let zstd): try zstd.compress(input, into: output)
            }
        } catch {
            output.truncate(to: start)
            throw error
        }
    }
}
