internal import CDeflate
internal import Foundation

// HdrHistogram's V2 encodings: a header of 40 bytes, then the counts as ZigZag LEB128, runs of
// empty slots as one negative number; compressed: a cookie, a length and the same as a zlib stream.
private let v2Cookie: UInt32 = 0x1c84_9303
private let v2CompressedCookie: UInt32 = 0x1c84_9304
private let wordSizeBits: UInt32 = 0x10
private let headerByteCount = 40

extension HdrHistogram: Codable {
    /// Reads the one string that `encode` writes.
    public init(from decoder: any Decoder) throws {
        try self.init(base64: try decoder.singleValueContainer().decode(String.self))
    }

    /// Writes the V2 compressed encoding in base64, as one string.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(try encodedBase64())
    }
}

extension HdrHistogram {
    /// The V2 compressed encoding in base64, as HdrHistogram's own tools read it.
    public func encodedBase64() throws(HistogramError) -> String {
        let plain = encodedV2()
        guard let compressor = unsafe libdeflate_alloc_compressor(6) else {
            throw HistogramError(.encoding("no memory to compress"))
        }
        defer { unsafe libdeflate_free_compressor(compressor) }
        var zlib = [UInt8](repeating: 0, count: unsafe libdeflate_zlib_compress_bound(compressor, plain.count))
        let byteCount = unsafe libdeflate_zlib_compress(compressor, plain, plain.count, &zlib, zlib.count)
        guard byteCount > 0 else { throw HistogramError(.encoding("the compressor failed")) }
        var encoded: [UInt8] = []
        encoded.appendBigEndian(v2CompressedCookie | wordSizeBits)
        encoded.appendBigEndian(UInt32(byteCount))
        encoded += zlib[..<byteCount]
        return Data(encoded).base64EncodedString()
    }

    /// Reads what `encodedBase64` or HdrHistogram's own tools wrote.
    public init(base64: String) throws(HistogramError) {
        guard let encoded = Data(base64Encoded: base64) else { throw HistogramError(.base64) }
        var reader = EncodingReader(bytes: Array(encoded))
        guard try reader.bigEndian(as: UInt32.self) & ~0xf0 == v2CompressedCookie else {
            throw HistogramError(.encoding("another cookie"))
        }
        let byteCount = Int(try reader.bigEndian(as: UInt32.self))
        guard byteCount == reader.remainingByteCount else {
            throw HistogramError(.encoding("\(reader.remainingByteCount) bytes instead of \(byteCount)"))
        }
        try self.init(v2: inflate(reader.bytes[reader.offset...]))
    }

    private func encodedV2() -> [UInt8] {
        var payload: [UInt8] = []
        let slotCount = (counts.lastIndex { $0 != 0 } ?? 0) + 1
        var index = 0
        while index < slotCount {
            let run = counts[index..<slotCount].prefix { $0 == 0 }.count
            payload.appendZigZag(run > 1 ? -Int64(run) : Int64(counts[index]))
            index += max(run, 1)
        }
        var encoded: [UInt8] = []
        encoded.reserveCapacity(headerByteCount + payload.count)
        encoded.appendBigEndian(v2Cookie | wordSizeBits)
        encoded.appendBigEndian(UInt32(payload.count))
        encoded.appendBigEndian(UInt32(0))
        encoded.appendBigEndian(UInt32(layout.significantDigits))
        encoded.appendBigEndian(layout.lowestDiscernibleValue)
        encoded.appendBigEndian(highestTrackableValue)
        encoded.appendBigEndian((1.0).bitPattern)
        return encoded + payload
    }

    private init(v2 bytes: [UInt8]) throws(HistogramError) {
        var reader = EncodingReader(bytes: bytes)
        guard try reader.bigEndian(as: UInt32.self) & ~0xf0 == v2Cookie else {
            throw HistogramError(.encoding("another inner cookie"))
        }
        let payloadByteCount = Int(try reader.bigEndian(as: UInt32.self))
        guard try reader.bigEndian(as: UInt32.self) == 0 else {
            throw HistogramError(.encoding("shifted slots, which only signed values have"))
        }
        let significantDigits = Int(try reader.bigEndian(as: UInt32.self))
        let lowest = try reader.bigEndian(as: UInt64.self)
        let highest = try reader.bigEndian(as: UInt64.self)
        _ = try reader.bigEndian(as: UInt64.self)
        guard payloadByteCount == reader.remainingByteCount else {
            throw HistogramError(.encoding("\(reader.remainingByteCount) bytes of counts, not \(payloadByteCount)"))
        }
        try self.init(
            lowestDiscernibleValue: lowest, highestTrackableValue: highest, significantDigits: significantDigits)
        try readCounts(&reader)
    }

    private mutating func readCounts(_ reader: inout EncodingReader) throws(HistogramError) {
        var index = 0
        while reader.remainingByteCount > 0 {
            let number = try reader.zigZag()
            guard number.magnitude <= UInt64(Int64.max), number >= 0 || -number <= counts.count - index,
                index < counts.count
            else { throw HistogramError(.encoding("counts beyond the last slot")) }
            if number >= 0 { addRead(UInt64(number), at: index) }
            index += number < 0 ? Int(-number) : 1
        }
    }
}

/// Decompresses zlib in bounded steps, because the stream does not state its size.
private func inflate(_ zlib: ArraySlice<UInt8>) throws(HistogramError) -> [UInt8] {
    guard let decompressor = unsafe libdeflate_alloc_decompressor() else {
        throw HistogramError(.encoding("no memory to decompress"))
    }
    defer { unsafe libdeflate_free_decompressor(decompressor) }
    // A slot takes at most nine bytes.
    let byteCountMax = headerByteCount + 9 * HdrHistogram.slotCountMax
    var capacity = 1 << 16
    while true {
        var plain = [UInt8](repeating: 0, count: min(capacity, byteCountMax))
        var byteCount = 0
        let result = unsafe zlib.withUnsafeBytes { input in
            unsafe libdeflate_zlib_decompress(
                decompressor, input.baseAddress, input.count, &plain, plain.count, &byteCount)
        }
        switch result {
        case LIBDEFLATE_SUCCESS: return Array(plain[..<byteCount])
        case LIBDEFLATE_INSUFFICIENT_SPACE where capacity < byteCountMax: capacity *= 4
        case LIBDEFLATE_INSUFFICIENT_SPACE: throw HistogramError(.tooLarge(HdrHistogram.slotCountMax + 1))
        default: throw HistogramError(.encoding("a damaged zlib stream"))
        }
    }
}

/// A cursor over encoded bytes.
private struct EncodingReader {
    let bytes: [UInt8]
    var offset = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    var remainingByteCount: Int { bytes.count - offset }

    mutating func byte() throws(HistogramError) -> UInt8 {
        guard offset < bytes.count else { throw HistogramError(.encoding("it ends at byte \(offset)")) }
        defer { offset += 1 }
        return bytes[offset]
    }

    mutating func bigEndian<T: FixedWidthInteger>(as type: T.Type) throws(HistogramError) -> T {
        var value: T = 0
        for _ in 0..<T.bitWidth / 8 { value = value << 8 | T(try byte()) }
        return value
    }

    /// LEB128 of at most nine bytes: the ninth carries eight bits.
    mutating func zigZag() throws(HistogramError) -> Int64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), through: 56, by: 7) {
            let byte = UInt64(try byte())
            value |= (shift == 56 ? byte : byte & 0x7f) << shift
            if byte & 0x80 == 0 { break }
        }
        return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }
}

extension [UInt8] {
    fileprivate mutating func appendBigEndian<T: FixedWidthInteger>(_ value: T) {
        for shift in stride(from: T.bitWidth - 8, through: 0, by: -8) {
            append(UInt8(truncatingIfNeeded: value >> T(shift)))
        }
    }

    fileprivate mutating func appendZigZag(_ number: Int64) {
        var value = UInt64(bitPattern: number << 1 ^ number >> 63)
        var byteCount = 1
        while value > 0x7f && byteCount < 9 {
            append(UInt8(truncatingIfNeeded: value) | 0x80)
            value >>= 7
            byteCount += 1
        }
        append(UInt8(truncatingIfNeeded: value))
    }
}
