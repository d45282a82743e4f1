import Bytes
import KafkaCompression
import KafkaProtocol
import Testing

/// Reads a whole records field of any magic, checksums verified, to what Kafka's classes would say
/// of it.
func readContent(_ bytes: RawSpan, isWhole: Bool = true) throws -> [BatchContent] {
    var contents: [BatchContent] = []
    var scanner = BatchScanner(bytes)
    while let entry = try scanner.next() {
        contents.append(entry.magic == 2 ? try readBatch(entry) : try readMessage(entry))
    }
    guard !isWhole || scanner.truncatedByteCount == 0 else {
        throw WireError(.truncated(needed: 0, available: scanner.truncatedByteCount), at: scanner.scannedByteCount)
    }
    return contents
}

/// The same of an array.
func readContent(_ bytes: [UInt8]) throws -> [BatchContent] { try readContent(bytes.span.bytes) }

private func readBatch(_ entry: borrowing BatchEntry) throws -> BatchContent {
    let batch = try entry.makeBatch()
    try batch.verifyChecksum()
    let header = batch.header
    let type = try type(header.attributes.compressionId)
    var content = BatchContent(
        magic: 2, compression: type.name,
        timestampType: header.attributes.timestampType == .createTime ? "CreateTime" : "LogAppendTime",
        baseOffset: header.baseOffset, lastOffset: header.nextOffset - 1, maxTimestamp: header.maxTimestamp,
        leaderEpoch: header.partitionLeaderEpoch, producerId: header.producerId,
        producerEpoch: header.producerEpoch, baseSequence: header.baseSequence,
        transactional: header.attributes.isTransactional, control: header.attributes.isControl, records: [])
    let arena = ByteBuffer(capacity: 0)
    try Decompressor(byteCountMax: 1 << 20).decompress(batch.recordsBytes, type: type, into: arena)
    var cursor = RecordCursor(records: arena.bytes, header: header)
    while let record = try cursor.next() {
        var headers: [[String?]] = []
        var walk = record.headers
        while let next = try walk.next() {
            headers.append([String(decoding: next.key.array, as: UTF8.self), next.value?.array.hex])
        }
        content.records.append(
            RecordContent(
                offset: header.offset(record), timestamp: header.timestampMs(record), key: record.key?.array.hex,
                value: record.value?.array.hex, headers: headers))
    }
    return content
}

private func readMessage(_ entry: borrowing BatchEntry) throws -> BatchContent {
    let message = try entry.makeVerifiedMessage()
    let type = try type(message.attributes.compressionId)
    let timestampType: TimestampType = message.attributes.timestampType
    var content = BatchContent(
        magic: message.magic, compression: type.name,
        timestampType: message.magic == 0
            ? "NoTimestampType" : timestampType == .createTime ? "CreateTime" : "LogAppendTime",
        baseOffset: nil, lastOffset: message.offset, maxTimestamp: message.timestampMs, leaderEpoch: -1,
        producerId: -1, producerEpoch: -1, baseSequence: -1, transactional: false, control: false, records: [])
    if type == .none {
        content.records = [RecordContent(message)]
        return content
    }
    let arena = ByteBuffer(capacity: 0)
    let wrapped = message.value?.array
    let value = try #require(wrapped)
    try Decompressor(byteCountMax: 1 << 20).decompress(
        value.span.bytes, type: type, into: arena, magic: message.magic)
    var cursor = try InnerMessageCursor(arena.bytes, of: message)
    while let inner = try cursor.next() { content.records.append(RecordContent(inner)) }
    return content
}

private func type(_ compressionId: UInt8) throws -> CompressionType {
    try #require(CompressionType(rawValue: compressionId))
}

extension RecordContent {
    fileprivate init(_ message: borrowing MessageView) {
        self.init(
            offset: message.offset, timestamp: message.timestampMs, key: message.key?.array.hex,
            value: message.value?.array.hex)
    }
}
