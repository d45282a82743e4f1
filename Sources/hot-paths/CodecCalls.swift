import Bytes
import CLZ4
import CZstd
import KafkaCompression

extension HotPath {
    /// The codecs as Weir calls them, and the libraries called directly: `Guards/check` compares
    /// the two.
    static let codecCalls = [CompressionType.lz4, .zstd].flatMap { type in
        [
            path("codec/\(type)/compress") { try CompressCall(WeirCodec(type), $0) },
            path("codec/\(type)/compress/direct") { try CompressCall(directCodec(type), $0) },
            path("codec/\(type)/decompress") { try DecompressCall(WeirCodec(type), $0) },
            path("codec/\(type)/decompress/direct") { try DecompressCall(directCodec(type), $0) },
        ]
    }

    private static func path(_ name: String, _ prepare: @escaping @Sendable (Int) throws -> any Course) -> HotPath {
        HotPath(name, .record, 128, batchCount: 2, prepare: prepare)
    }
}

private let valueByteCount = 1024

/// A codec on contexts that are kept: Weir's, or a library alone.
private protocol BatchCodec {
    func compress(_ input: RawSpan, into output: ByteBuffer) throws
    func decompress(_ input: RawSpan, into output: ByteBuffer) throws
}

/// Compresses a batch's values.
private final class CompressCall: CallCourse {
    private let codec: any BatchCodec
    private let values: ByteBuffer
    private let output: ByteBuffer

    init(_ codec: any BatchCodec, _ count: Int) {
        self.codec = codec
        values = makeValues(count, byteCount: valueByteCount)
        output = ByteBuffer(capacity: 2 * values.count)
    }

    override func batch() throws {
        let values = values
        output.removeAll()
        try codec.compress(values.bytes, into: output)
    }
}

/// Decompresses what the same codec makes of a batch's values.
private final class DecompressCall: CallCourse {
    private let codec: any BatchCodec
    private let compressed: ByteBuffer
    private let restored: ByteBuffer
    private let byteCount: Int

    init(_ codec: any BatchCodec, _ count: Int) throws {
        self.codec = codec
        let values = makeValues(count, byteCount: valueByteCount)
        byteCount = values.count
        compressed = ByteBuffer(capacity: 2 * byteCount)
        restored = ByteBuffer(capacity: 2 * byteCount)
        try codec.compress(values.bytes, into: compressed)
    }

    override func batch() throws {
        let compressed = compressed
        restored.removeAll()
        try codec.decompress(compressed.bytes, into: restored)
        guard restored.count == byteCount else { throw Failure("\(restored.count) bytes came back of \(byteCount)") }
    }
}

/// The codecs of clients and the broker.
private final class WeirCodec: BatchCodec {
    private let compressor: Compressor
    private let decompressor = Decompressor(byteCountMax: 128 << 20)

    init(_ type: CompressionType) throws { compressor = try Compressor(type: type) }

    func compress(_ input: RawSpan, into output: ByteBuffer) throws { try compressor.compress(input, into: output) }

    func decompress(_ input: RawSpan, into output: ByteBuffer) throws {
        try decompressor.decompress(input, type: compressor.type, into: output)
    }
}

/// A library's own calls, each with all the room it can need.
private protocol DirectCodec: BatchCodec {
    func compress(_ input: UnsafeRawBufferPointer, into room: UnsafeMutableRawBufferPointer) throws -> Int
    func decompress(_ input: UnsafeRawBufferPointer, into room: UnsafeMutableRawBufferPointer) throws -> Int
}

extension DirectCodec {
    func compress(_ input: RawSpan, into output: ByteBuffer) throws {
        try unsafe output.fill { room in
            try unsafe input.withUnsafeBytes { try unsafe compress($0, into: room) }
        }
    }

    func decompress(_ input: RawSpan, into output: ByteBuffer) throws {
        try unsafe output.fill { room in
            try unsafe input.withUnsafeBytes { try unsafe decompress($0, into: room) }
        }
    }
}

private func directCodec(_ type: CompressionType) throws -> any BatchCodec {
    switch type {
    case .lz4: try DirectLZ4()
    case .zstd: try DirectZstd()
    default: throw Failure("there is no direct call of \(type)")
    }
}

/// With the settings of the frames that Kafka's clients write.
@safe private final class DirectLZ4: DirectCodec {
    private var compressor: OpaquePointer?
    private var decompressor: OpaquePointer?
    private var preferences = LZ4F_preferences_t()

    init() throws {
        _ = try checked(unsafe LZ4F_createCompressionContext(&compressor, UInt32(LZ4F_VERSION)))
        _ = try checked(unsafe LZ4F_createDecompressionContext(&decompressor, UInt32(LZ4F_VERSION)))
        preferences.frameInfo.blockSizeID = LZ4F_max64KB
        preferences.frameInfo.blockMode = LZ4F_blockIndependent
        preferences.autoFlush = 1
    }

    deinit {
        unsafe LZ4F_freeCompressionContext(compressor)
        unsafe LZ4F_freeDecompressionContext(decompressor)
    }

    func compress(_ input: UnsafeRawBufferPointer, into room: UnsafeMutableRawBufferPointer) throws -> Int {
        let (to, size) = (room.baseAddress!, room.count)
        var at = try checked(unsafe LZ4F_compressBegin(compressor, to, size, &preferences))
        at += try checked(
            unsafe LZ4F_compressUpdate(compressor, to + at, size - at, input.baseAddress, input.count, nil))
        return at + (try checked(unsafe LZ4F_compressEnd(compressor, to + at, size - at, nil)))
    }

    func decompress(_ input: UnsafeRawBufferPointer, into room: UnsafeMutableRawBufferPointer) throws -> Int {
        var (used, written) = (input.count, room.count)
        _ = try checked(
            unsafe LZ4F_decompress(decompressor, room.baseAddress, &written, input.baseAddress, &used, nil))
        return written
    }

    private func checked(_ result: Int) throws -> Int {
        guard LZ4F_isError(result) == 0 else { throw Failure(unsafe String(cString: LZ4F_getErrorName(result))) }
        return result
    }
}

/// At Kafka's default level.
@safe private final class DirectZstd: DirectCodec {
    private let compressor = unsafe ZSTD_createCCtx()
    private let decompressor = unsafe ZSTD_createDCtx()

    init() throws {
        _ = try checked(unsafe ZSTD_CCtx_setParameter(compressor, ZSTD_c_compressionLevel, 3))
    }

    deinit {
        unsafe ZSTD_freeCCtx(compressor)
        unsafe ZSTD_freeDCtx(decompressor)
    }

    func compress(_ input: UnsafeRawBufferPointer, into room: UnsafeMutableRawBufferPointer) throws -> Int {
        try checked(unsafe ZSTD_compress2(compressor, room.baseAddress, room.count, input.baseAddress, input.count))
    }

    func decompress(_ input: UnsafeRawBufferPointer, into room: UnsafeMutableRawBufferPointer) throws -> Int {
        try checked(
            unsafe ZSTD_decompressDCtx(decompressor, room.baseAddress, room.count, input.baseAddress, input.count))
    }

    private func checked(_ result: Int) throws -> Int {
        guard ZSTD_isError(result) == 0 else { throw Failure(unsafe String(cString: ZSTD_getErrorName(result))) }
        return result
    }
}
