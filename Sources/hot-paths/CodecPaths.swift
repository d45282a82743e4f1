import Bytes
import CHotPaths
import KafkaCompression
import KafkaProtocol

extension HotPath {
    static let codecs = [CompressionType.lz4, .zstd, .snappy, .gzip].flatMap { type in
        [
            HotPath("compress/\(type)/100B", .record, 128, batchCount: 4) { try CompressCourse(type, 100, $0) },
            HotPath("decompress/\(type)/100B", .record, 128, batchCount: 4) { try DecompressCourse(type, 100, $0) },
        ]
    }
}

/// Compresses the records of a batch into the batch that is sent, as a producer does when it seals
/// one.
private final class CompressCourse: CallCourse {
    private let compressor: Compressor
    private let builder: RecordBatchBuilder
    private let output: ByteBuffer

    init(_ type: CompressionType, _ valueByteCount: Int, _ recordCount: Int) throws {
        compressor = try Compressor(type: type)
        let values = makeValues(recordCount, byteCount: valueByteCount)
        var builder = RecordBatchBuilder(
            buffer: ByteBuffer(capacity: byteCountMax(valueByteCount, recordCount)))
        for index in 0..<recordCount {
            let at = index * valueByteCount
            builder.append(
                key: nil, value: values.bytes.extracting(at..<(at + valueByteCount)), timestampMs: timestampMs)
        }
        self.builder = builder
        output = ByteBuffer(capacity: 2 * builder.byteCount)
    }

    override func batch() throws {
        output.removeAll()
        _ = try builder.finish(compressionId: compressor.type.rawValue, into: output) {
            (records, output) throws(CompressionError) in
            try compressor.compress(records, into: output)
        }
    }

    /// The batch that the last call made.
    func takeOutput() -> ByteBuffer { output }
}

/// Checks, decompresses and walks a compressed batch, as a consumer does.
private final class DecompressCourse: CallCourse {
    private let type: CompressionType
    private let fetched: ByteBuffer
    private let decompressor = Decompressor(byteCountMax: 128 << 20)
    private let arena = ByteBuffer(capacity: 0)

    init(_ type: CompressionType, _ valueByteCount: Int, _ recordCount: Int) throws {
        self.type = type
        let compressing = try CompressCourse(type, valueByteCount, recordCount)
        try compressing.batch()
        fetched = compressing.takeOutput()
    }

    override func batch() throws {
        let (fetched, arena) = (fetched, arena)
        let batch = try RecordBatchView(fetched.bytes)
        try batch.verifyChecksum()
        arena.removeAll()
        try decompressor.decompress(batch.recordsBytes, type: type, into: arena)
        hot_paths_keep(try touch(RecordCursor(records: arena.bytes, header: batch.header), batch.header))
    }
}
