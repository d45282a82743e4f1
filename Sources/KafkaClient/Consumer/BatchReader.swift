import Bytes
import KafkaCompression
import KafkaProtocol

/// Reads the batches of fetch answers: checks, decompresses and hands them out, one at a time and
/// in place.
final class BatchReader {
    /// Memory kept from one batch to the next.
    private static let keptByteCountMax = 16 << 20

    private let checksChecksums: Bool
    private let isCommittedOnly: Bool
    private let decompressor: Decompressor
    private var arena = ByteBuffer(capacity: 0)
    /// Why a batch is too large, in words.
    private let boundWords: String

    init(_ configuration: ConsumerConfiguration) {
        checksChecksums = configuration.checksChecksums
        isCommittedOnly = configuration.isolationLevel == .readCommitted
        decompressor = Decompressor(byteCountMax: configuration.decompressedByteCountMax)
        boundWords =
            "\(ConsumerConfiguration.decompressedRatioMax) times max.partition.fetch.bytes "
            + "(\(configuration.partitionFetchMaxByteCount)): raise that if such batches are meant to be"
    }

    /// The offset after the last whole batch of `records`, by the headers alone; at least one batch
    /// must reach beyond `fetchOffset`.
    static func nextOffset(_ records: RawSpan, fetchOffset: Int64) throws(WireError) -> Int64 {
        var scanner = BatchScanner(records)
        var next = fetchOffset
        while let entry = try scanner.next() { next = max(next, try entry.makeBatch().header.nextOffset) }
        guard next == fetchOffset, records.byteCount > 0 else { return next }
        if scanner.truncatedByteCount == records.byteCount {
            throw WireError(
                .truncated(
                    needed: scanner.truncatedEntryByteCount ?? RecordBatchHeader.byteCount,
                    available: records.byteCount), at: 0)
        }
        throw WireError(.invalidBatch("no record at or after offset \(fetchOffset), which was asked for"), at: 0)
    }

    /// Hands out every batch that reaches beyond `position`; `delivered` is told how far each, or
    /// what is left out, has brought it.
    ///
    /// The error says at which offset the bad batch lies.
    func read(
        _ records: RawSpan, _ origin: BatchOrigin, from position: Int64, aborted: AbortedTransactions,
        _ handler: (borrowing FetchedBatch) throws(WireError) -> Void, delivered: (Int64) -> Bool
    ) throws(ClientError) {
        var aborted = aborted
        var position = position
        var offset = position
        do throws(WireError) {
            var scanner = BatchScanner(records)
            while let entry = try scanner.next() {
                offset = entry.offset
                let batch = try entry.makeBatch()
                guard batch.header.nextOffset > position else { continue }
                if checksChecksums { try batch.verifyChecksum() }
                let isLeftOut = isCommittedOnly && aborted.leavesOut(batch.header)
                if !isLeftOut, !batch.header.attributes.isControl, batch.header.recordCount > 0 {
                    try hand(batch, origin, from: position, handler)
                }
                position = batch.header.nextOffset
                guard delivered(position) else { return }
            }
        } catch {
            throw ClientError(
                taken(error), api: .fetch, topicPartition: origin.topicPartition, offset: offset)
        }
    }

    /// Why decompression failed, beside the place in the `WireError` that ends the walk.
    private var codecError: CompressionError?

    private func taken(_ error: WireError) -> ClientError.Code {
        defer { codecError = nil }
        if let codecError { return .undecompressable(words(codecError)) }
        return .corruptBatch("a record batch is broken: \(error)")
    }

    private func words(_ error: CompressionError) -> String {
        guard case .tooLarge(let limit) = error.code else { return "a batch does not decompress: \(error)" }
        return "a batch in \(error.type.name) decompresses to more than \(limit) bytes, \(boundWords)"
    }

    private func hand(
        _ batch: borrowing RecordBatchView, _ origin: BatchOrigin, from position: Int64,
        _ handler: (borrowing FetchedBatch) throws(WireError) -> Void
    ) throws(WireError) {
        let id = batch.header.attributes.compressionId
        guard let type = CompressionType(rawValue: id) else {
            throw WireError(.invalidBatch("its codec is number \(id), which there is not"), at: 21)
        }
        guard type != .none else {
            let fetched = try FetchedBatch(
                origin, header: batch.header, compression: type, from: position, records: batch.recordsBytes)
            return try handler(fetched)
        }
        if arena.capacity > Self.keptByteCountMax { arena = ByteBuffer(capacity: 0) }
        let arena = arena
        arena.removeAll()
        do throws(CompressionError) {
            try decompressor.decompress(batch.recordsBytes, type: type, into: arena)
        } catch {
            codecError = error
            if arena.capacity > Self.keptByteCountMax { self.arena = ByteBuffer(capacity: 0) }
            throw WireError(.invalidBatch("\(type.name)"), at: RecordBatchHeader.byteCount)
        }
        let fetched = try FetchedBatch(
            origin, header: batch.header, compression: type, from: position, records: arena.bytes)
        try handler(fetched)
    }
}
