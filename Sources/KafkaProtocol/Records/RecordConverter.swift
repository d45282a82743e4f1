public import Bytes

/// Why records could not be converted to another format.
public enum RecordConversionError<CodecError: Error>: Error {
    /// The bytes are not what their format says.
    case malformed(WireError)
    /// The codec failed.
    case codec(CodecError)
    /// A codec for which the older format has no number, such as zstd; Kafka answers
    /// UNSUPPORTED_COMPRESSION_TYPE.
    case unsupportedCompression(UInt8)
}

extension RecordConversionError: Equatable where CodecError: Equatable {}
extension RecordConversionError: Sendable where CodecError: Sendable {}

/// Converts old clients' message sets to v2 records at append, and v2 batches to message sets for
/// old clients' fetches.
///
/// It keeps its buffers from call to call and, like them, is used by one thread at a time.
public final class RecordConverter<CodecError: Error> {
    /// Appends what a codec makes of `input` to `output`.
    public typealias Codec = (
        _ input: RawSpan, _ compressionId: UInt8, _ magic: Int8, _ output: ByteBuffer
    ) throws(CodecError) -> Void

    /// The most that a call may make of its input, in bytes.
    let byteCountMax: Int
    private let decompress: Codec
    private let compress: Codec
    /// Decompressed records.
    let arena = ByteBuffer(capacity: 0)
    /// The set that goes into a wrapper.
    let inner = ByteBuffer(capacity: 0)
    /// Why the codec failed; the `WireError` that ends the walk has only the place.
    private var failure: RecordConversionError<CodecError>?

    /// A converter that makes at most `byteCountMax` bytes in each call; codecs must check their
    /// own bound.
    public init(byteCountMax: Int, decompress: @escaping Codec, compress: @escaping Codec) {
        self.byteCountMax = byteCountMax
        self.decompress = decompress
        self.compress = compress
    }

    /// Appends the records of a whole v0 or v1 set to `builder`, and returns the codec of its first
    /// wrapper, or 0.
    ///
    /// Offsets are as the builder counts them, whatever the set says; timestamps stay, and are −1
    /// from magic 0.
    public func up(
        _ set: RawSpan, to builder: inout RecordBatchBuilder
    ) throws(RecordConversionError<CodecError>) -> UInt8 {
        do throws(WireError) {
            return try appendRecords(of: set, to: &builder)
        } catch {
            throw taken(error)
        }
    }

    /// Appends the records of v2 `batches` from `firstOffset` on to `output`, as a set of the older
    /// `magic`.
    ///
    /// A batch stays compressed in its codec; control batches, headers and a cut-off last batch are
    /// left out. It stops after the batch that reaches the converter's bound, and before one that
    /// cannot be converted: that is an error only where nothing comes before it, as with Kafka's
    /// `LazyDownConversionRecords`.
    public func down(
        _ batches: RawSpan, toMagic magic: Int8, from firstOffset: Int64, into output: ByteBuffer
    ) throws(RecordConversionError<CodecError>) {
        precondition(magic == 0 || magic == 1)
        let start = output.count
        var end = start
        do throws(WireError) {
            var scanner = BatchScanner(batches)
            while end - start < byteCountMax, let entry = try scanner.next() {
                try appendEntry(entry, magic: magic, from: firstOffset, to: output)
                end = output.count
            }
        } catch {
            output.truncate(to: end)
            let cause = taken(error)
            if end == start { throw cause }
        }
    }

    private func taken(_ error: WireError) -> RecordConversionError<CodecError> {
        defer { failure = nil }
        return failure ?? .malformed(error)
    }

    func refuse(compressionId: UInt8, at place: Int) -> WireError {
        failure = .unsupportedCompression(compressionId)
        return WireError(.invalidBatch("codec \(compressionId) in an old format"), at: place)
    }

    func decompress(
        _ input: RawSpan, _ compressionId: UInt8, magic: Int8, into output: ByteBuffer, at place: Int
    ) throws(WireError) {
        do throws(CodecError) {
            try decompress(input, compressionId, magic, output)
        } catch {
            failure = .codec(error)
            throw WireError(.invalidBatch("compressed records"), at: place)
        }
    }

    func compress(
        _ input: RawSpan, _ compressionId: UInt8, magic: Int8, into output: ByteBuffer
    ) throws(WireError) {
        do throws(CodecError) {
            try compress(input, compressionId, magic, output)
        } catch {
            failure = .codec(error)
            throw WireError(.invalidBatch("records to compress"), at: 0)
        }
    }
}
