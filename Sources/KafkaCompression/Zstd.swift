import Bytes
import CZstd

/// The library's two values for a frame that states no size, and for bytes that are no frame.
private let unknownSizes = (UInt64.max - 1)...UInt64.max

private func words(_ code: Int) -> String { unsafe String(cString: ZSTD_getErrorName(code)) }

/// Writes one frame at a time, which states its content's size.
@safe final class ZstdCompressor {
    private let context: OpaquePointer

    init(level: Int?) throws(CompressionError) {
        guard let context = unsafe ZSTD_createCCtx() else {
            throw CompressionError(.zstd, .library("no memory for a compressor"))
        }
        unsafe self.context = context
        let result = unsafe ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, Int32(level ?? 3))
        guard ZSTD_isError(result) == 0 else { throw CompressionError(.zstd, .library(words(result))) }
    }

    deinit { unsafe ZSTD_freeCCtx(context) }

    static func roomByteCount(for byteCount: Int) -> Int { ZSTD_compressBound(byteCount) }

    func compress(_ input: RawSpan, into output: ByteBuffer) throws(CompressionError) {
        output.reserve(Self.roomByteCount(for: input.byteCount))
        try unsafe output.fill { room throws(CompressionError) in
            let count = unsafe input.withUnsafeBytes { input in
                unsafe ZSTD_compress2(context, room.baseAddress, room.count, input.baseAddress, input.count)
            }
            guard ZSTD_isError(count) == 0 else { throw CompressionError(.zstd, .library(words(count))) }
            return count
        }
    }
}

/// Reads frames one after the other.
@safe final class ZstdDecompressor {
    private let context: OpaquePointer

    init() throws(CompressionError) {
        guard let context = unsafe ZSTD_createDCtx() else {
            throw CompressionError(.zstd, .library("no memory for a decompressor"))
        }
        unsafe self.context = context
    }

    deinit { unsafe ZSTD_freeDCtx(context) }

    func decompress(_ input: RawSpan, _ bounded: inout BoundedOutput) throws(CompressionError) {
        try reserveStated(input, &bounded)
        bounded.reserveStep()
        if try decompressAtOnce(input, &bounded) { return }
        try decompressInSteps(input, &bounded)
    }

    /// Whether all of it is valid and had room. Most clients' frames state no size; in steps they
    /// would pass through the library's own window.
    private func decompressAtOnce(_ input: RawSpan, _ bounded: inout BoundedOutput) throws(CompressionError) -> Bool {
        // The library accepts empty input as no frames; here it is a stream that ends too early.
        guard input.byteCount > 0 else { return false }
        var isDone = false
        try unsafe bounded.fill { room throws(CompressionError) in
            let count = unsafe input.withUnsafeBytes { input in
                unsafe ZSTD_decompressDCtx(context, room.baseAddress, room.count, input.baseAddress, input.count)
            }
            isDone = ZSTD_isError(count) == 0
            return isDone ? count : 0
        }
        return isDone
    }

    private func decompressInSteps(_ input: RawSpan, _ bounded: inout BoundedOutput) throws(CompressionError) {
        _ = unsafe ZSTD_DCtx_reset(context, ZSTD_reset_session_only)
        var source = unsafe ZSTD_inBuffer()
        unsafe source.size = input.byteCount
        var wanted = 1
        repeat {
            bounded.reserveStep()
            let before = (bounded.byteCount, unsafe source.pos)
            wanted = try unsafe step(input, &source, &bounded)
            // Room was left and the input is used up, so nothing more will come.
            let isStuck = unsafe (bounded.byteCount, source.pos) == before
            guard wanted == 0 || !isStuck else { throw CompressionError(.zstd, .truncated) }
        } while unsafe wanted != 0 || source.pos < source.size
    }

    /// With room for the whole content at once the library decompresses in place, past its own
    /// window.
    private func reserveStated(_ input: RawSpan, _ bounded: inout BoundedOutput) throws(CompressionError) {
        let stated = unsafe input.withUnsafeBytes { input in
            unsafe ZSTD_getFrameContentSize(input.baseAddress, input.count)
        }
        guard stated < unknownSizes.lowerBound else { return }
        guard stated <= UInt64(bounded.allowance) else { throw bounded.tooLarge }
        // A block of 128 KiB takes at least four bytes.
        bounded.reserve(stated: Int(stated), inputByteCount: input.byteCount / 4, ratio: 128 << 10)
    }

    private func step(
        _ input: RawSpan, _ source: inout ZSTD_inBuffer, _ bounded: inout BoundedOutput
    ) throws(CompressionError) -> Int {
        var wanted = 0
        try unsafe bounded.fill { room throws(CompressionError) in
            var target = unsafe ZSTD_outBuffer(dst: room.baseAddress, size: room.count, pos: 0)
            wanted = unsafe input.withUnsafeBytes { input in
                unsafe source.src = input.baseAddress
                return unsafe ZSTD_decompressStream(context, &target, &source)
            }
            guard ZSTD_isError(wanted) == 0 else { throw CompressionError(.zstd, .corrupt(words(wanted))) }
            return unsafe target.pos
        }
        return wanted
    }
}
