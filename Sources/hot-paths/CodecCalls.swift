import Bytes
import CLZ4
import CZstd
import KafkaCompression

extension HotPath {
    /// The codecs as Weir calls them, and as the library is called directly: `Guards/check` holds each beside its direct call.
    static let codecCalls = [CompressionType.lz4, .zstd].flatMap { type in
        [
            HotPath("codec/\(type)/compress", .record, 128, batchCount: 2) { try CompressCall(type, $0) },
            HotPath("codec/\(type)/compress/direct", .record, 128, batchCount: 2) { try DirectCompressCall(type, $0) },
            HotPath("codec/\(type)/decompress", .record, 128, batchCount: 2) { try DecompressCall(type, $0) },
            HotPath("codec/\(type)/decompress/direct", .record, 128, batchCount: 2) {
                try DirectDecompressCall(type, $0)
            },
        ]
    }
}

private let valueByteCount = 1024

/// Compresses a batch's values.
private class CompressCall: CallCourse {
    let values: ByteBuffer
    let output: ByteBuffer
    private let compressor: Compressor

    init(_ type: CompressionType, _ count: Int) throws {
        values = makeValues(count, byteCount: valueByteCount)
        output = ByteBuffer(capacity: 2 * values.count)
        compressor = try Compressor(type: type)
    }

    override func batch() throws {
        let values = values
        output.removeAll()
        try compressor.compress(values.bytes, into: output)
    }
}

/// Decompresses what `CompressCall` makes.
private class DecompressCall: CompressCall {
    let restored: ByteBuffer
    private let type: CompressionType
    private let decompressor = Decompressor(byteCountMax: 128 << 20)

    override init(_ type: CompressionType, _ count: Int) throws {
        self.type = type
        restored = ByteBuffer(capacity: 2 * count * valueByteCount)
        try super.init(type, count)
        try super.batch()
    }

    override func batch() throws {
        let output = output
        restored.removeAll()
        try decompressor.decompress(output.bytes, type: type, into: restored)
        guard restored.count == values.count else { throw Failure("\(type) gave back \(restored.count) bytes") }
    }
}

/// The same as `CompressCall`, by the library alone.
private final class DirectCompressCall: CompressCall {
    private let codec: any DirectCodec

    override init(_ type: CompressionType, _ count: Int) throws {
        codec = try directCodec(type)
        try super.init(type, count)
    }

    override func batch() throws {
        let values = values
        output.removeAll()
        try unsafe output.fill { room in
            try unsafe values.bytes.withUnsafeBytes { try unsafe codec.compress($0, into: room) }
        }
    }
}

/// The same as `DecompressCall`, by the library alone.
private final class DirectDecompressCall: DecompressCall {
    private let codec: any DirectCodec

    override init(_ type: CompressionType, _ count: Int) throws {
        codec = try directCodec(type)
        try super.init(type, count)
    }

    override func batch() throws {
        let output = output
        restored.removeAll()
        try unsafe restored.fill { room in
            try unsafe output.bytes.withUnsafeBytes { try unsafe codec.decompress($0, into: room) }
        }
        guard restored.count == values.count else { throw Failure("the library gave back \(restored.count) bytes") }
    }
}

/// A library's own calls on contexts that are kept, each with all the room it can need.
private protocol DirectCodec {
    func compress(_ input: UnsafeRawBufferPointer, into room: UnsafeMutableRawBufferPointer) throws -> Int
    func decompress(_ input: UnsafeRawBufferPointer, into room: UnsafeMutableRawBufferPointer) throws -> Int
}

private func directCodec(_ type: CompressionType) throws -> any DirectCodec {
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
