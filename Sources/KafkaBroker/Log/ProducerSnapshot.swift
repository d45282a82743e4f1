import Bytes
import KafkaProtocol

/// A partition's producers as they stood at an offset, in a file named after it, so that a start
/// replays only the batches after it.
enum ProducerSnapshot {
    private static let magic: UInt32 = 0x5745_5053
    private static let version: UInt32 = 1
    /// The newest is used; if it is damaged, the one before it.
    private static let keptCount = 2
    private static let suffix = ".snapshot"
    /// A bound for reading: the most producers that there can be, with all their batches.
    private static let byteCountMax = 64 + ProducerStates.producerCountMax * (22 + ProducerStates.batchCountMax * 24)

    /// Writes the producers as of `nextOffset`, and removes snapshots that are no longer needed.
    static func write(_ states: ProducerStates, directory: String, nextOffset: Int64) throws(StorageError) {
        let content = ByteBuffer(capacity: 64 + states.producers.count * 64)
        content.appendInteger(magic)
        content.appendInteger(version)
        content.appendInteger(nextOffset)
        content.appendInteger(UInt32(states.producers.count))
        for (producerId, producer) in states.producers {
            content.appendInteger(producerId)
            content.appendInteger(producer.epoch)
            content.appendInteger(producer.lastAppendMs)
            content.appendInteger(UInt32(producer.batches.count))
            for batch in producer.batches {
                content.appendInteger(batch.baseSequence)
                content.appendInteger(batch.recordCount)
                content.appendInteger(batch.baseOffset)
                content.appendInteger(batch.timestamp)
            }
        }
        content.appendInteger(Checksum.crc32c(content.bytes))
        try Files.replace("\(directory)/\(SegmentFiles.name(nextOffset))\(suffix)", with: content)
        for offset in try offsets(in: directory).dropLast(keptCount) {
            try Files.remove("\(directory)/\(SegmentFiles.name(offset))\(suffix)")
        }
    }

    /// The newest readable snapshot that is not beyond `endOffset`, and its offset; without one, no
    /// producers and `startOffset`.
    static func readNewest(
        directory: String, startOffset: Int64, endOffset: Int64
    ) throws(StorageError) -> (ProducerStates, offset: Int64) {
        for offset in try offsets(in: directory).reversed() {
            let path = "\(directory)/\(SegmentFiles.name(offset))\(suffix)"
            if offset <= endOffset, let content = try Files.read(path, byteCountMax: byteCountMax) {
                // A snapshot that cannot be parsed is skipped.
                if let states = try? parse(content, nextOffset: offset) { return (states, max(offset, startOffset)) }
            }
            try Files.remove(path)
        }
        return (ProducerStates(), startOffset)
    }

    private static func offsets(in directory: String) throws(StorageError) -> [Int64] {
        try Files.names(in: directory).compactMap { $0.hasSuffix(suffix) ? Int64($0.dropLast(suffix.count)) : nil }
    }

    private static func parse(_ content: ByteBuffer, nextOffset: Int64) throws(WireError) -> ProducerStates? {
        guard content.count >= 24 else { return nil }
        let body = content.bytes.extracting(0..<(content.count - 4))
        var end = WireReader(content.bytes.extracting((content.count - 4)..<content.count))
        guard try end.readInteger(UInt32.self) == Checksum.crc32c(body) else { return nil }
        var reader = WireReader(body)
        guard try reader.readInteger(UInt32.self) == magic, try reader.readInteger(UInt32.self) == version,
            try reader.readInteger(Int64.self) == nextOffset
        else { return nil }
        var states = ProducerStates()
        for _ in 0..<Int(try reader.readInteger(UInt32.self)) {
            let producerId: Int64 = try reader.readInteger()
            var producer = ProducerStates.Producer(
                epoch: try reader.readInteger(), batches: [], lastAppendMs: try reader.readInteger())
            for _ in 0..<Int(try reader.readInteger(UInt32.self)) {
                producer.batches.append(
                    .init(
                        baseSequence: try reader.readInteger(), recordCount: try reader.readInteger(),
                        baseOffset: try reader.readInteger(), timestamp: try reader.readInteger()))
            }
            states.restore(producerId, producer)
        }
        return states
    }
}
