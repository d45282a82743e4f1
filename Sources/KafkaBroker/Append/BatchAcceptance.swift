import Bytes
import KafkaCompression
import KafkaProtocol

/// One batch of magic 2 that may be appended: where it lies, and its header.
struct AcceptedBatch {
    var buffer: ByteBuffer
    var range: Range<Int>
    var header: RecordBatchHeader
}

/// Checks the records that a producer sent, and makes one batch of magic 2 of an old client's
/// message set.
///
/// Every batch's checksum, header and counts are checked. The records of an uncompressed batch are
/// walked too, to the last header; those of a compressed one are not, as every batch would have to
/// be decompressed. Wrong records in it harm only its readers, and readers check.
final class BatchAcceptance {
    private let converter: RecordConverter<CompressionError>
    private let codecs: BatchCodecs
    private let plain = ByteBuffer(capacity: 0)
    private let packed = ByteBuffer(capacity: 0)

    init(codecs: BatchCodecs) {
        self.codecs = codecs
        converter = codecs.makeConverter(byteCountMax: codecs.byteCountMax)
    }

    /// The batch to append for `range` of a request of Produce `version`; nil for an old client's
    /// empty set.
    ///
    /// A batch made of a message set is valid until the next call.
    func accept(
        _ frame: ByteBuffer, _ range: Range<Int>, version: Int16, byteCountMax: Int
    ) throws(AppendRefusal) -> AcceptedBatch? {
        if range.isEmpty, version < 3 { return nil }
        let bytes = frame.bytes.extracting(range)
        guard bytes.byteCount > 16 else {
            throw AppendRefusal(range.isEmpty ? .invalidRecord : .corruptMessage, "There is no record batch.")
        }
        let magic = unsafe bytes.unsafeLoad(fromByteOffset: 16, as: Int8.self)
        guard magic == 2 || version < 3 else {
            throw AppendRefusal(.invalidRecord, "Produce \(version) takes batches of magic 2, not \(magic).")
        }
        if magic == 2 {
            let header = try Self.check(bytes, version: version, byteCountMax: byteCountMax)
            return AcceptedBatch(buffer: frame, range: range, header: header)
        }
        let batch = try convert(bytes)
        try Self.checkSize(batch.range.count, byteCountMax)
        return batch
    }

    private static func check(
        _ bytes: RawSpan, version: Int16, byteCountMax: Int
    ) throws(AppendRefusal) -> RecordBatchHeader {
        let header: RecordBatchHeader
        do throws(WireError) {
            header = try RecordBatchHeader(parsing: bytes)
        } catch {
            throw AppendRefusal(.corruptMessage, error.description)
        }
        guard header.totalByteCount >= bytes.byteCount else {
            throw AppendRefusal(.invalidRecord, "There must be exactly one batch for a partition.")
        }
        try checkSize(header.totalByteCount, byteCountMax)
        guard header.attributes.compressionId <= CompressionType.zstd.rawValue else {
            throw AppendRefusal(.unsupportedCompressionType, "Codec \(header.attributes.compressionId) is none.")
        }
        guard header.attributes.compressionId != CompressionType.zstd.rawValue || version >= 7 else {
            throw AppendRefusal(.unsupportedCompressionType, "Produce \(version) takes no zstd, only 7 and later.")
        }
        guard header.attributes.timestampType == .createTime else {
            throw AppendRefusal(.invalidTimestamp, "A producer may not set log-append time.")
        }
        guard !header.attributes.isTransactional else {
            throw AppendRefusal(.invalidTxnState, "This broker has no transactions.")
        }
        do throws(WireError) {
            let batch = try RecordBatchView(bytes)
            try batch.validateForAppend()
            if header.attributes.compressionId == 0 { try batch.validateRecords(batch.recordsBytes) }
        } catch {
            throw AppendRefusal(error)
        }
        return header
    }

    private static func checkSize(_ byteCount: Int, _ byteCountMax: Int) throws(AppendRefusal) {
        guard byteCount <= byteCountMax else {
            throw AppendRefusal(.messageTooLarge, "A batch of \(byteCount) bytes; at most \(byteCountMax) are taken.")
        }
    }

    /// A batch in the set's own codec; the offsets that the set claims do not matter.
    private func convert(_ set: RawSpan) throws(AppendRefusal) -> AcceptedBatch {
        plain.removeAll()
        packed.removeAll()
        var builder = RecordBatchBuilder(buffer: plain)
        do throws(RecordConversionError<CompressionError>) {
            let codec = try converter.up(set, to: &builder)
            guard builder.recordCount > 0 else {
                throw RecordConversionError<CompressionError>.malformed(
                    WireError(.invalidBatch("a set without messages"), at: 0))
            }
            if codec == 0 { return try accepted(plain, builder.finish()) }
            let range: Range<Int>
            do throws(CompressionError) {
                range = try builder.finish(compressionId: codec, into: packed) {
                    (records, output) throws(CompressionError) in
                    try codecs.compress(records, codec, 2, output)
                }
            } catch {
                throw RecordConversionError<CompressionError>.codec(error)
            }
            return try accepted(packed, range)
        } catch {
            throw AppendRefusal(error)
        }
    }

    private func accepted(
        _ buffer: ByteBuffer, _ range: Range<Int>
    ) throws(RecordConversionError<CompressionError>) -> AcceptedBatch {
        do throws(WireError) {
            let header = try RecordBatchHeader(parsing: buffer.bytes.extracting(range))
            return AcceptedBatch(buffer: buffer, range: range, header: header)
        } catch {
            throw RecordConversionError<CompressionError>.malformed(error)
        }
    }
}
