public import KafkaCompression
public import KafkaProtocol

/// A batch as a consumer hands it out: its records lie in the buffer they were received in, or that
/// they were decompressed to, and are read in place.
///
/// It ends with the call that it is handed to.
public struct FetchedBatch: ~Escapable {
    /// The partition.
    public let topicPartition: TopicPartition
    /// The batch's header as it is stored.
    public let header: RecordBatchHeader
    /// The codec it is stored in.
    public let compression: CompressionType
    /// How many records are handed out, all from `firstOffset` on, by the batch's header; a cursor
    /// that gets to its end has found as many.
    public let recordCount: Int
    /// The first offset handed out; records before it were skipped, as they come before the
    /// position.
    public let firstOffset: Int64
    /// The end of the partition's log, as far as consumers may read, when the broker answered.
    public let highWatermark: Int64
    /// When the answer was read, on the monotonic clock.
    public let receivedNs: UInt64
    let records: RawSpan

    @_lifetime(copy records)
    init(
        _ origin: BatchOrigin, header: RecordBatchHeader, compression: CompressionType, from position: Int64,
        records: RawSpan
    ) throws(WireError) {
        topicPartition = origin.topicPartition
        highWatermark = origin.highWatermark
        receivedNs = origin.receivedNs
        self.header = header
        self.compression = compression
        self.records = records
        firstOffset = max(header.baseOffset, position)
        try Self.checkCount(records, header)
        recordCount =
            Int(header.recordCount)
            - (position > header.baseOffset ? try Self.count(records, header, before: position) : 0)
    }

    /// The offset of the first record stored, which may lie before `firstOffset`.
    public var baseOffset: Int64 { header.baseOffset }
    /// The offset of the last record.
    public var lastOffset: Int64 { header.nextOffset - 1 }
    /// The bytes it takes in the log and on the wire.
    public var byteCount: Int { header.totalByteCount }
    /// The bytes of its records, decompressed.
    public var recordByteCount: Int { records.byteCount }

    /// A cursor over the records handed out.
    @_lifetime(copy self)
    public func makeCursor() -> FetchedRecordCursor { FetchedRecordCursor(records, header, from: firstOffset) }

    /// Throws unless there is room for as many records as the header says, of seven bytes at least;
    /// whether they are there is for the walk to say.
    private static func checkCount(_ records: RawSpan, _ header: RecordBatchHeader) throws(WireError) {
        guard Int(header.recordCount) <= records.byteCount / 7 else {
            throw WireError(.invalidBatch("\(header.recordCount) records in \(records.byteCount) bytes"), at: 57)
        }
    }

    private static func count(
        _ records: RawSpan, _ header: RecordBatchHeader, before position: Int64
    ) throws(WireError) -> Int {
        var cursor = RecordCursor(records: records, header: header)
        var count = 0
        while let record = try cursor.nextFields(), header.baseOffset &+ Int64(record.offsetDelta) < position {
            count += 1
        }
        return count
    }
}

/// Walks the records of a fetched batch, in place, from its `firstOffset` on.
public struct FetchedRecordCursor: ~Escapable {
    @usableFromInline var cursor: RecordCursor
    @usableFromInline var last: Int32 = -1
    @usableFromInline let end: Int32
    @usableFromInline let first: Int64
    /// The batch's header, for `offset(_:)` and `timestampMs(_:)` of a record.
    public let header: RecordBatchHeader

    @_lifetime(copy records)
    init(_ records: RawSpan, _ header: RecordBatchHeader, from first: Int64) {
        cursor = RecordCursor(records: records, header: header)
        end = header.lastOffsetDelta
        self.first = first &- header.baseOffset
        self.header = header
    }

    /// The next record; nil after the last. A record whose offset is not between its neighbours' is
    /// an error.
    @inline(always)
    @_lifetime(copy self)
    public mutating func next() throws(WireError) -> RecordView? {
        while let record = try cursor.next() {
            if try isHandedOut(record.offsetDelta) { return record }
        }
        return nil
    }

    /// As `next`, without lending the record: for callers that count and check.
    @inline(always)
    public mutating func nextFields() throws(WireError) -> RecordFields? {
        while let record = try cursor.nextFields() {
            if try isHandedOut(record.offsetDelta) { return record }
        }
        return nil
    }

    @inlinable @inline(always)
    mutating func isHandedOut(_ offsetDelta: Int32) throws(WireError) -> Bool {
        guard offsetDelta > last, offsetDelta <= end else { throw Self.disorder(offsetDelta, after: last, of: end) }
        last = offsetDelta
        return Int64(offsetDelta) >= first
    }

    /// Apart from the walking, which is inlined everywhere.
    @inline(never)
    @usableFromInline
    static func disorder(_ delta: Int32, after last: Int32, of end: Int32) -> WireError {
        WireError(.invalidBatch("offset delta \(delta) after \(last) of \(end)"), at: 0)
    }
}

/// What is known of a batch from the answer that it came in.
struct BatchOrigin {
    let topicPartition: TopicPartition
    let highWatermark: Int64
    let receivedNs: UInt64
}
