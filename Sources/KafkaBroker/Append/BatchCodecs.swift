import Bytes
import KafkaCompression
import KafkaProtocol

/// The codecs of a broker, made when first needed and kept: for conversions between message
/// formats, and to look into batches.
final class BatchCodecs {
    /// What one batch may grow to when it is decompressed.
    let byteCountMax: Int
    let decompressor: Decompressor
    private var compressors: [CompressionType: Compressor] = [:]

    init(byteCountMax: Int) {
        self.byteCountMax = byteCountMax
        decompressor = Decompressor(byteCountMax: byteCountMax)
    }

    /// A converter between message formats with these codecs.
    func makeConverter(byteCountMax: Int) -> RecordConverter<CompressionError> {
        RecordConverter(
            byteCountMax: byteCountMax,
            decompress: { [unowned self] (input, id, magic, output) throws(CompressionError) in
                try decompress(input, id, magic, output)
            },
            compress: { [unowned self] (input, id, magic, output) throws(CompressionError) in
                try compress(input, id, magic, output)
            })
    }

    func decompress(
        _ input: RawSpan, _ compressionId: UInt8, _ magic: Int8, _ output: ByteBuffer
    ) throws(CompressionError) {
        try decompressor.decompress(input, type: Self.type(compressionId), into: output, magic: magic)
    }

    func compress(
        _ input: RawSpan, _ compressionId: UInt8, _ magic: Int8, _ output: ByteBuffer
    ) throws(CompressionError) {
        let type = try Self.type(compressionId)
        if let kept = compressors[type] { return try kept.compress(input, into: output, magic: magic) }
        let made = try Compressor(type: type)
        compressors[type] = made
        try made.compress(input, into: output, magic: magic)
    }

    private static func type(_ compressionId: UInt8) throws(CompressionError) -> CompressionType {
        guard let type = CompressionType(rawValue: compressionId) else {
            throw CompressionError(.none, .corrupt("codec \(compressionId) is none"))
        }
        return type
    }
}
