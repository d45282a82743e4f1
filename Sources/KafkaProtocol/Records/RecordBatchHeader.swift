/// The 61 bytes in front of a v2 batch's records.
public struct RecordBatchHeader: Hashable, Sendable {
    /// The bytes that the header takes.
    public static var byteCount: Int { 61 }
    /// The bytes in front of those that `batchLength` counts.
    public static var lengthEnd: Int { 12 }
    /// Where the bytes begin that the checksum covers.
    public static var checksumStart: Int { 21 }

    /// The offset of the first record.
    public var baseOffset: Int64
    /// The bytes after the length field itself.
    public var batchLength: Int32
    /// The leader epoch that the broker sets; −1 from a producer.
    public var partitionLeaderEpoch: Int32
    /// The format, always 2.
    public var magic: Int8
    /// CRC-32C of everything after it.
    public var crc: UInt32
    /// Codec, timestamp type, transactional and control bits.
    public var attributes: RecordBatchAttributes
    /// The last record's offset less the first's.
    public var lastOffsetDelta: Int32
    /// What the records' timestamp deltas count from, in ms.
    public var baseTimestamp: Int64
    /// The largest timestamp, in ms, or the broker's under log-append time.
    public var maxTimestamp: Int64
    /// The producer's id; −1 without idempotence.
    public var producerId: Int64
    /// The producer's epoch; −1 without idempotence.
    public var producerEpoch: Int16
    /// The sequence number of the first record; −1 without idempotence.
    public var baseSequence: Int32
    /// How many records follow; 0 only after compaction.
    public var recordCount: Int32

    /// The offset after the batch's last.
    public var nextOffset: Int64 { baseOffset &+ Int64(lastOffsetDelta) &+ 1 }

    /// The bytes of the whole batch.
    public var totalByteCount: Int { Self.lengthEnd + Int(batchLength) }

    /// The sequence number of the last record, wrapping to 0 after 2³¹ − 1 as Kafka's do.
    public var lastSequence: Int32 {
        baseSequence < 0
            ? baseSequence : Int32(truncatingIfNeeded: (Int64(baseSequence) + Int64(lastOffsetDelta)) & 0x7fff_ffff)
    }

    /// Parses the header at the front of `bytes`; its own figures are checked, what follows it is
    /// not.
    public init(parsing bytes: RawSpan) throws(WireError) {
        var reader = WireReader(bytes)
        try reader.require(Self.byteCount)
        baseOffset = try reader.readInteger()
        batchLength = try reader.readInteger()
        partitionLeaderEpoch = try reader.readInteger()
        magic = try reader.readInteger()
        guard magic == 2 else { throw WireError(.invalidBatch("magic \(magic) instead of 2"), at: 16) }
        crc = try reader.readInteger()
        attributes = RecordBatchAttributes(rawValue: try reader.readInteger())
        lastOffsetDelta = try reader.readInteger()
        baseTimestamp = try reader.readInteger()
        maxTimestamp = try reader.readInteger()
        producerId = try reader.readInteger()
        producerEpoch = try reader.readInteger()
        baseSequence = try reader.readInteger()
        recordCount = try reader.readInteger()
        try check()
    }

    private func check() throws(WireError) {
        guard batchLength >= Self.byteCount - Self.lengthEnd else {
            throw WireError(.invalidBatch("length \(batchLength) is less than the header's own"), at: 8)
        }
        guard lastOffsetDelta >= 0 else {
            throw WireError(.invalidBatch("last offset delta \(lastOffsetDelta)"), at: 23)
        }
        guard recordCount >= 0 else { throw WireError(.invalidBatch("record count \(recordCount)"), at: 57) }
    }

    /// The timestamp of a record, in ms.
    @inline(always)
    public func timestampMs(_ record: borrowing RecordView) -> Int64 {
        attributes.rawValue & 8 == 0 ? baseTimestamp &+ record.timestampDelta : maxTimestamp
    }

    /// The offset of a record.
    @inline(always)
    public func offset(_ record: borrowing RecordView) -> Int64 { baseOffset &+ Int64(record.offsetDelta) }
}
