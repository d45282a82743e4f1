import Bytes
import KafkaCompression
import KafkaProtocol
import Networking

/// Message sets of magic 0 and 1 for old clients. Only here do records pass through the broker's
/// memory.
final class DownConversion {
    private let converter: RecordConverter<CompressionError>

    /// Converts at most about `byteCountMax` bytes for one partition, beyond the first batch.
    init(codecs: BatchCodecs, byteCountMax: Int) { converter = codecs.makeConverter(byteCountMax: byteCountMax) }

    /// The records of a slice from `offset` on in the older format; nil when the format has no
    /// place for their codec.
    func convert(
        _ slice: LogSlice, toMagic magic: Int8, from offset: Int64
    ) throws(StorageError) -> Result<OutputPart, RecordConversionError<CompressionError>> {
        let batches = ByteBuffer(capacity: slice.byteCount)
        try slice.file.read(slice.byteCount, at: slice.position, into: batches)
        let set = ByteBuffer(capacity: 2 * slice.byteCount)
        do throws(RecordConversionError<CompressionError>) {
            try converter.down(batches.bytes, toMagic: magic, from: offset, into: set)
            return .success(.buffer(set))
        } catch {
            return .failure(error)
        }
    }
}
