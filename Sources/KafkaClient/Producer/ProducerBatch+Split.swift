import Bytes
import KafkaCompression
import KafkaProtocol

extension ProducerBatch {
    /// Which bytes of records the batches are made of that this one is split into (KIP-126):
    /// `batch.size`; half of what was refused where that is no less, or where it comes of a split
    /// itself.
    func splitByteCount(batchByteCount: Int) -> Int {
        isOfSplit || plainByteCount <= batchByteCount ? byteCount / 2 : batchByteCount
    }

    /// Its records in batches of about `byteCount` bytes before compression, one record at least,
    /// in order.
    func split(
        byteCount: Int, _ compressor: Compressor?, _ pool: BufferPool
    ) throws(ClientError) -> [ProducerBatch] {
        do throws(WireError) {
            let sent = buffer
            let view = try RecordBatchView(sent.bytes.extracting(range))
            let type = CompressionType(rawValue: view.header.attributes.compressionId) ?? .none
            guard type != .none else {
                return try split(view.recordsBytes, view.header, byteCount, compressor, pool)
            }
            let plain = pool.take(plainByteCount)
            defer { pool.give(plain) }
            try decompress(view.recordsBytes, type, into: plain)
            return try split(plain.bytes, view.header, byteCount, compressor, pool)
        } catch {
            throw ClientError(.invalidArgument("a batch that was too large cannot be split: \(error)"))
        }
    }

    private func decompress(_ bytes: RawSpan, _ type: CompressionType, into plain: ByteBuffer) throws(WireError) {
        do throws(CompressionError) {
            try Decompressor(byteCountMax: plainByteCount).decompress(bytes, type: type, into: plain)
        } catch {
            throw WireError(.invalidBatch("\(error)"), at: RecordBatchHeader.byteCount)
        }
    }

    private func split(
        _ records: RawSpan, _ header: RecordBatchHeader, _ byteCount: Int, _ compressor: Compressor?,
        _ pool: BufferPool
    ) throws(WireError) -> [ProducerBatch] {
        var parts: [ProducerBatch] = []
        var cursor = RecordCursor(records: records, header: header)
        var ordinal = self.ordinal
        while let record = try cursor.next() {
            let headers = try record.copiedHeaders()
            let timestampMs = header.baseTimestamp + record.timestampDelta
            let fits = parts.last?.append(
                key: record.key, value: record.value, headers: headers, timestampMs: timestampMs)
            if fits != true {
                let least =
                    RecordBatchHeader.byteCount
                    + RecordEncoding.recordByteCountMax(
                        keyByteCount: record.key?.byteCount, valueByteCount: record.value?.byteCount, headers: headers)
                let part = part(at: ordinal, byteCountMax: max(byteCount, least), pool)
                _ = part.append(key: record.key, value: record.value, headers: headers, timestampMs: timestampMs)
                parts.append(part)
            }
            ordinal += 1
        }
        try seal(parts, compressor, pool)
        return parts
    }

    private func part(at ordinal: UInt64, byteCountMax: Int, _ pool: BufferPool) -> ProducerBatch {
        let part = ProducerBatch(
            partition: partition, serial: serial, ordinal: ordinal, createdNs: createdNs, deadlineNs: deadlineNs,
            buffer: pool.take(byteCountMax), recordByteCountMax: byteCountMax)
        part.isOfSplit = true
        return part
    }

    private func seal(
        _ parts: [ProducerBatch], _ compressor: Compressor?, _ pool: BufferPool
    ) throws(WireError) {
        do throws(CompressionError) {
            for part in parts { try part.seal(compressor, pool) }
        } catch {
            throw WireError(.invalidBatch("\(error)"), at: RecordBatchHeader.byteCount)
        }
    }
}

extension RecordView {
    fileprivate func copiedHeaders() throws(WireError) -> [RecordHeader] {
        guard hasHeaders else { return [] }
        var all: [RecordHeader] = []
        var cursor = headers
        while let header = try cursor.next() {
            all.append(
                RecordHeader(
                    key: String(decoding: copy(header.key), as: UTF8.self), value: copied(header.value)))
        }
        return all
    }
}
