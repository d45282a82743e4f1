import Bytes

extension RecordConverter {
    func appendRecords(of set: RawSpan, to builder: inout RecordBatchBuilder) throws(WireError) -> UInt8 {
        var codec: UInt8 = 0
        var scanner = BatchScanner(set)
        while let entry = try scanner.next() {
            let message = try entry.makeVerifiedMessage()
            let compressionId = message.attributes.compressionId
            if compressionId == 0 {
                try append(message, to: &builder, at: entry.place)
            } else {
                try unwrap(message, to: &builder, at: entry.place)
                if codec == 0 { codec = compressionId }
            }
        }
        guard scanner.truncatedByteCount == 0 else {
            let needed = scanner.truncatedEntryByteCount ?? MessageView.byteCountMin(magic: 0)
            throw WireError(
                .truncated(needed: needed, available: scanner.truncatedByteCount), at: scanner.scannedByteCount)
        }
        return codec
    }

    private func unwrap(
        _ wrapper: borrowing MessageView, to builder: inout RecordBatchBuilder, at place: Int
    ) throws(WireError) {
        let compressionId = wrapper.attributes.compressionId
        // gzip, snappy and lz4 are all that these formats ever had.
        guard compressionId <= 3 else { throw refuse(compressionId: compressionId, at: place + 17) }
        guard let value = wrapper.value else { throw WireError(.unexpectedNull, at: place) }
        let arena = arena
        arena.removeAll()
        try decompress(value, compressionId, magic: wrapper.magic, into: arena, at: place)
        var cursor = try InnerMessageCursor(arena.bytes, of: wrapper)
        while let message = try cursor.next() { try append(message, to: &builder, at: place) }
    }

    private func append(
        _ message: borrowing MessageView, to builder: inout RecordBatchBuilder, at place: Int
    ) throws(WireError) {
        let most = RecordEncoding.recordByteCountMax(
            keyByteCount: message.key?.byteCount, valueByteCount: message.value?.byteCount)
        guard builder.byteCount + most <= byteCountMax else {
            throw WireError(.tooLarge(builder.byteCount + most, limit: byteCountMax), at: place)
        }
        builder.append(key: message.key, value: message.value, timestampMs: message.timestampMs)
    }
}
