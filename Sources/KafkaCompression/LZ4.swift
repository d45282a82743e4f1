import Bytes
import CLZ4

private func words(_ code: Int) -> String { unsafe String(cString: LZ4F_getErrorName(code)) }

/// Writes frames as Java does: independent blocks of 64 KiB, without content size or checksums of
/// the content.
@safe final class LZ4Compressor {
    private let context: OpaquePointer
    private var preferences = LZ4F_preferences_t()
    /// Below this level the library would use its fast compressor.
    private static let highLevelMin = 3

    init(level: Int?) throws(CompressionError) {
        var made: OpaquePointer?
        let result = unsafe LZ4F_createCompressionContext(&made, UInt32(LZ4F_VERSION))
        guard LZ4F_isError(result) == 0, let made = unsafe made else {
            throw CompressionError(.lz4, .library(words(result)))
        }
        unsafe context = made
        preferences.frameInfo.blockSizeID = LZ4F_max64KB
        preferences.frameInfo.blockMode = LZ4F_blockIndependent
        preferences.autoFlush = 1
        // As in Kafka, the default level is the fast compressor and every other the high one.
        let level = level ?? 9
        preferences.compressionLevel = level == 9 ? 0 : Int32(max(level, Self.highLevelMin))
    }

    deinit { unsafe LZ4F_freeCompressionContext(context) }

    func roomByteCount(for byteCount: Int) -> Int {
        unsafe LZ4F_compressBound(byteCount, &preferences) + Int(LZ4F_HEADER_SIZE_MAX)
    }

    func compress(_ input: RawSpan, into output: ByteBuffer, magic: Int8) throws(CompressionError) {
        let start = output.count
        output.reserve(roomByteCount(for: input.byteCount))
        try unsafe step(output) { room in unsafe LZ4F_compressBegin(context, room.baseAddress, room.count, &preferences)
        }
        if magic == 0 { writeCustomaryChecksum(output, at: start) }
        try unsafe step(output) { room in
            unsafe input.withUnsafeBytes { input in
                unsafe LZ4F_compressUpdate(context, room.baseAddress, room.count, input.baseAddress, input.count, nil)
            }
        }
        try unsafe step(output) { room in unsafe LZ4F_compressEnd(context, room.baseAddress, room.count, nil) }
    }

    private func step(
        _ output: ByteBuffer, _ body: (UnsafeMutableRawBufferPointer) -> Int
    ) throws(CompressionError) {
        try unsafe output.fill { room throws(CompressionError) in
            let written = unsafe body(room)
            guard LZ4F_isError(written) == 0 else { throw CompressionError(.lz4, .library(words(written))) }
            return written
        }
    }

    private func writeCustomaryChecksum(_ output: ByteBuffer, at start: Int) {
        let checksum = LZ4Header.customaryChecksum(output.bytes.extracting(start...))
        output.overwrite(checksum, at: output.count - 1)
    }
}

/// Reads frames one after the other.
@safe final class LZ4Decompressor {
    private let context: OpaquePointer

    init() throws(CompressionError) {
        var made: OpaquePointer?
        let result = unsafe LZ4F_createDecompressionContext(&made, UInt32(LZ4F_VERSION))
        guard LZ4F_isError(result) == 0, let made = unsafe made else {
            throw CompressionError(.lz4, .library(words(result)))
        }
        unsafe context = made
    }

    deinit { unsafe LZ4F_freeDecompressionContext(context) }

    func decompress(_ input: RawSpan, _ bounded: inout BoundedOutput, magic: Int8) throws(CompressionError) {
        unsafe LZ4F_resetDecompressionContext(context)
        var at = 0
        var wanted = 1
        if magic == 0, let mended = mendedHeader(input) {
            wanted = try unsafe consume(mended.span.bytes, &bounded).wanted
            at = mended.count
        }
        while at < input.byteCount {
            let (used, next) = try consume(input.extracting(at...), &bounded)
            at += used
            wanted = next
        }
        // All input is read; what is left of the output stays in the library's context until there
        // is room.
        while wanted != 0 {
            let before = bounded.byteCount
            wanted = try consume(input.extracting(at...), &bounded).wanted
            guard bounded.byteCount > before else { throw CompressionError(.lz4, .truncated) }
        }
    }

    /// The header with the checksum that the library wants, when it has the one of magic 0.
    private func mendedHeader(_ input: RawSpan) -> [UInt8]? {
        guard let count = LZ4Header.byteCount(input) else { return nil }
        let header = input.extracting(..<count)
        let stored = unsafe header.unsafeLoad(fromByteOffset: count - 1, as: UInt8.self)
        let right = LZ4Header.checksum(header)
        guard stored != right, stored == LZ4Header.customaryChecksum(header) else { return nil }
        return (0..<(count - 1)).map { unsafe header.unsafeLoad(fromByteOffset: $0, as: UInt8.self) } + [right]
    }

    /// One step: how many bytes of `input` were used, and how many more the library would like (0
    /// at a frame's end).
    private func consume(
        _ input: RawSpan, _ bounded: inout BoundedOutput
    ) throws(CompressionError) -> (used: Int, wanted: Int) {
        bounded.reserveStep()
        var used = input.byteCount
        var wanted = 0
        try unsafe bounded.fill { room throws(CompressionError) in
            var produced = room.count
            wanted = unsafe input.withUnsafeBytes { input in
                unsafe LZ4F_decompress(context, room.baseAddress, &produced, input.baseAddress, &used, nil)
            }
            guard LZ4F_isError(wanted) == 0 else { throw CompressionError(.lz4, .corrupt(words(wanted))) }
            return produced
        }
        return (used, wanted)
    }
}
