import Bytes
import CDeflate

/// Writes one gzip member at a time.
@safe final class GzipCompressor {
    private let compressor: OpaquePointer

    init(level: Int?) throws(CompressionError) {
        let level = level ?? -1
        // zlib's level −1 stands for its level 6; libdeflate's level 6 corresponds to it.
        guard let compressor = unsafe libdeflate_alloc_compressor(level == -1 ? 6 : Int32(level)) else {
            throw CompressionError(.gzip, .library("no memory for a compressor"))
        }
        unsafe self.compressor = compressor
    }

    deinit { unsafe libdeflate_free_compressor(compressor) }

    func roomByteCount(for byteCount: Int) -> Int { unsafe libdeflate_gzip_compress_bound(compressor, byteCount) }

    func compress(_ input: RawSpan, into output: ByteBuffer) throws(CompressionError) {
        output.reserve(roomByteCount(for: input.byteCount))
        try unsafe output.fill { room throws(CompressionError) in
            let count = unsafe input.withUnsafeBytes { input in
                unsafe libdeflate_gzip_compress(
                    compressor, input.baseAddress, input.count, room.baseAddress, room.count)
            }
            guard count > 0 else { throw CompressionError(.gzip, .library("the bound was too small")) }
            return count
        }
    }
}

/// Reads gzip members one after the other.
@safe final class GzipDecompressor {
    /// The most bytes that deflate can make of one.
    private static let ratioMax = 1032
    private let decompressor: OpaquePointer

    init() throws(CompressionError) {
        guard let decompressor = unsafe libdeflate_alloc_decompressor() else {
            throw CompressionError(.gzip, .library("no memory for a decompressor"))
        }
        unsafe self.decompressor = decompressor
    }

    deinit { unsafe libdeflate_free_decompressor(decompressor) }

    func decompress(_ input: RawSpan, _ bounded: inout BoundedOutput) throws(CompressionError) {
        var rest = input
        repeat {
            let used = try member(rest, &bounded)
            rest = rest.extracting(used...)
        } while !rest.isEmpty
    }

    /// Decompresses the member that `input` begins with and returns its length.
    private func member(_ input: RawSpan, _ bounded: inout BoundedOutput) throws(CompressionError) -> Int {
        // Header and trailer take 18 bytes; the library cannot tell less from damage.
        guard input.byteCount >= 18 else { throw CompressionError(.gzip, .truncated) }
        let size = unsafe UInt32(
            littleEndian: input.unsafeLoadUnaligned(fromByteOffset: input.byteCount - 4, as: UInt32.self))
        // The last four bytes state the size if this is the only member and the size is true; if
        // not, the room grows in steps.
        bounded.reserve(stated: Int(size), inputByteCount: input.byteCount, ratio: Self.ratioMax)
        while true {
            if let used = try attempt(input, &bounded) { return used }
            // libdeflate begins a member again each time, so the room doubles up to the cap: at
            // most twice the work.
            guard bounded.output.freeCapacity <= bounded.allowance else { throw bounded.tooLarge }
            bounded.reserve(min(max(bounded.output.freeCapacity * 2, 64 << 10), bounded.allowance + 1))
        }
    }

    /// One attempt in the room there is; nil when it is too small.
    private func attempt(_ input: RawSpan, _ bounded: inout BoundedOutput) throws(CompressionError) -> Int? {
        var used: Int?
        try unsafe bounded.fill { room throws(CompressionError) in
            var consumed = 0
            var produced = 0
            let result = unsafe input.withUnsafeBytes { input in
                unsafe libdeflate_gzip_decompress_ex(
                    decompressor, input.baseAddress, input.count, room.baseAddress, room.count, &consumed, &produced)
            }
            switch result {
            case LIBDEFLATE_SUCCESS:
                used = consumed
                return produced
            case LIBDEFLATE_INSUFFICIENT_SPACE: return 0
            default: throw CompressionError(.gzip, .corrupt("bad header, data or checksum"))
            }
        }
        return used
    }
}
