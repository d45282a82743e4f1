public import Bytes

/// Decompresses every codec, never beyond a cap; keeps the libraries' contexts from call to call.
public final class Decompressor {
    /// The most that one call may append, in bytes.
    public let byteCountMax: Int
    private var gzip: GzipDecompressor?
    private var lz4: LZ4Decompressor?
    private var zstd: ZstdDecompressor?

    /// A decompressor that lets no stream grow beyond `byteCountMax`.
    public init(byteCountMax: Int) {
        precondition(byteCountMax >= 0)
        self.byteCountMax = byteCountMax
    }

    /// Appends what `input` holds to `output`; `magic` is that of the batch or message it came in.
    ///
    /// The input must be whole streams and nothing else. After an error `output` has the content it
    /// had.
    public func decompress(
        _ input: RawSpan, type: CompressionType, into output: ByteBuffer, magic: Int8 = 2
    ) throws(CompressionError) {
        var bounded = BoundedOutput(output, type: type, byteCountMax: byteCountMax)
        do throws(CompressionError) {
            switch type {
            case .none: try bounded.appendPlain(input)
            case .gzip: try kept(&gzip, GzipDecompressor.init).decompress(input, &bounded)
            case .snappy: try XerialSnappy.decompress(input, &bounded)
            case .lz4: try kept(&lz4, LZ4Decompressor.init).decompress(input, &bounded, magic: magic)
            case .zstd: try kept(&zstd, ZstdDecompressor.init).decompress(input, &bounded)
            }
        } catch {
            bounded.undo()
            throw error
        }
    }

    private func kept<Context>(
        _ context: inout Context?, _ make: () throws(CompressionError) -> Context
    ) throws(CompressionError) -> Context {
        if let context { return context }
        let made = try make()
        context = made
        return made
    }
}
