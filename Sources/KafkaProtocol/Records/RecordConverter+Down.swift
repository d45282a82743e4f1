import Bytes

extension RecordConverter {
    func appendEntry(
        _ entry: borrowing BatchEntry, magic: Int8, from firstOffset: Int64, to output: ByteBuffer
    ) throws(WireError) {
        guard entry.magic == 2 else {
            guard entry.magic <= magic else {
                throw WireError(.invalidBatch("magic \(entry.magic) is not converted down"), at: entry.place + 16)
            }
            return output.append(entry.bytes)
        }
        let batch = try entry.makeBatch()
        if batch.header.attributes.isControl { return }
        let compressionId = batch.header.attributes.compressionId
        guard compressionId != 0 else {
            return try appendMessages(
                batch.recordsBytes, batch.header, magic: magic, from: firstOffset, relativeTo: 0, to: output)
        }
        guard compressionId <= 3 else { throw refuse(compressionId: compressionId, at: entry.place + 21) }
        arena.removeAll()
        try decompress(batch.recordsBytes, compressionId, magic: 2, into: arena, at: entry.place)
        try appendWrapper(batch.header, magic: magic, from: firstOffset, to: output)
    }

    /// Appends the arena's records as one compressed message.
    private func appendWrapper(
        _ header: RecordBatchHeader, magic: Int8, from firstOffset: Int64, to output: ByteBuffer
    ) throws(WireError) {
        guard let (first, last) = try offsets(header, from: firstOffset) else { return }
        let (arena, inner) = (arena, inner)
        inner.removeAll()
        // Only magic 1 counts the offsets within a wrapper from its first.
        try appendMessages(
            arena.bytes, header, magic: magic, from: firstOffset, relativeTo: magic == 0 ? 0 : first, to: inner)
        let compressionId = header.attributes.compressionId
        let attributes = RecordBatchAttributes(
            compressionId: compressionId, timestampType: magic == 0 ? .createTime : header.attributes.timestampType)
        try MessageSetWriter.appendWrapper(
            of: inner.bytes, magic: magic, lastOffset: last, timestampMs: header.maxTimestamp,
            attributes: attributes, to: output
        ) { (set, output) throws(WireError) in try compress(set, compressionId, magic: magic, into: output) }
    }

    /// The first and last offset to keep of the decompressed records; nil when there is none.
    private func offsets(
        _ header: RecordBatchHeader, from firstOffset: Int64
    ) throws(WireError) -> (first: Int64, last: Int64)? {
        var kept: (first: Int64, last: Int64)?
        let arena = arena
        var cursor = RecordCursor(records: arena.bytes, header: header)
        while let record = try cursor.next() {
            let offset = header.offset(record)
            if offset >= firstOffset { kept = (kept?.first ?? offset, offset) }
        }
        return kept
    }

    private func appendMessages(
        _ records: RawSpan, _ header: RecordBatchHeader, magic: Int8, from firstOffset: Int64,
        relativeTo base: Int64, to output: ByteBuffer
    ) throws(WireError) {
        var cursor = RecordCursor(records: records, header: header)
        while let record = try cursor.next() {
            let offset = header.offset(record)
            guard offset >= firstOffset else { continue }
            MessageSetWriter.append(
                magic: magic, offset: offset &- base, timestampMs: header.timestampMs(record),
                timestampType: header.attributes.timestampType, key: record.key, value: record.value, to: output)
        }
    }
}
