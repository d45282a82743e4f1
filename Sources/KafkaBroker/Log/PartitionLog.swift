import Bytes
import KafkaProtocol
import Networking

/// The log of one partition: segments in the order of their offsets, the last one growing.
///
/// A batch is acknowledged once it is written to the file, which survives the end of the process
/// (kill -9) because the system holds it; nothing is synced to the disk, so that a loss of power
/// may cost the last seconds. As there is one replica, the high watermark is the end of the log.
final class PartitionLog {
    /// What a log is bounded by.
    struct Limits {
        var segmentByteCount = 1 << 30
        var producerExpirationMs: Int64 = 86_400_000
    }

    let directory: String
    var limits: Limits
    let openSegments: OpenSegments
    /// The first offset that can be read.
    private(set) var logStartOffset: Int64
    /// The offset of the next record: the end of the log, and its high watermark.
    private(set) var nextOffset: Int64
    @safe @exclusivity(unchecked) private(set) var segments: [Segment]
    @safe @exclusivity(unchecked) private(set) var producers: ProducerStates
    private var lastAppendMs: Int64 = 0
    /// The end of the log when producers were last written to a snapshot.
    private var snapshotOffset: Int64?

    /// A log put together by recovery, or an empty one.
    init(
        directory: String, limits: Limits, openSegments: OpenSegments, logStartOffset: Int64 = 0,
        segments: [Segment] = [], producers: ProducerStates = ProducerStates(), snapshotOffset: Int64? = nil
    ) {
        self.snapshotOffset = snapshotOffset
        self.directory = directory
        self.limits = limits
        self.openSegments = openSegments
        self.segments = segments
        self.producers = producers
        nextOffset = max(segments.last?.nextOffset ?? 0, logStartOffset)
        self.logStartOffset = max(logStartOffset, segments.first?.baseOffset ?? logStartOffset)
    }

    /// The bytes of all segments.
    var byteCount: Int { segments.reduce(0) { $0 + $1.byteCount } }

    /// Appends a batch whose offset and epoch were patched to follow the log, and returns nothing:
    /// `nextOffset` has moved past it.
    func append(
        _ buffer: ByteBuffer, _ range: Range<Int>, _ header: RecordBatchHeader, nowMs: Int64
    ) throws(StorageError) {
        let segment = try segmentForAppend(range.count, lastOffset: header.nextOffset - 1)
        try segment.append(buffer, range, header)
        if let sequence = ProducerStates.Sequence(header) {
            producers.noteAppended(
                sequence, baseOffset: header.baseOffset, timestamp: header.maxTimestamp, nowMs: nowMs)
        }
        nextOffset = header.nextOffset
        lastAppendMs = nowMs
    }

    /// The last segment, or a new one when that has no room left.
    private func segmentForAppend(_ byteCount: Int, lastOffset: Int64) throws(StorageError) -> Segment {
        if let last = segments.last {
            let isRoom = last.byteCount == 0 || last.byteCount + byteCount <= limits.segmentByteCount
            if isRoom, lastOffset - last.baseOffset <= Int64(Int32.max) { return last }
            try last.checkpoint()
            try writeSnapshot()
        }
        let segment = Segment(directory: directory, baseOffset: nextOffset, openSegments: openSegments)
        segments.append(segment)
        return segment
    }

    /// Batches from `offset` on, or nil at the end of the log and where `byteCountMax` has no room
    /// for one.
    func slice(from offset: Int64, byteCountMax: Int, isFirstWhole: Bool) throws(StorageError) -> LogSlice? {
        guard offset < nextOffset, let segment = segment(holding: offset) else { return nil }
        return try segment.slice(from: offset, byteCountMax: byteCountMax, isFirstWhole: isFirstWhole)
    }

    private func segment(holding offset: Int64) -> Segment? {
        if let last = segments.last, offset >= last.baseOffset { return last }
        let after = segments.partitioningIndex { $0.baseOffset > offset }
        return after == 0 ? nil : segments[after - 1]
    }

    /// Moves the start of the log up, and removes the segments that lie wholly before it.
    ///
    /// When nothing is left the growing segment goes too, so that its space is free; the producers
    /// are kept in a snapshot.
    func advanceStart(to offset: Int64) throws(StorageError) {
        precondition(offset <= nextOffset)
        guard offset > logStartOffset else { return }
        if offset == nextOffset { try writeSnapshot() }
        logStartOffset = offset
        while let first = segments.first, first.nextOffset <= offset, first.byteCount > 0 {
            try first.remove()
            segments.removeFirst()
        }
    }

    /// Leaves on disk what makes the next start quick.
    func checkpoint() throws(StorageError) {
        guard let last = segments.last else { return }
        try last.checkpoint()
        try writeSnapshot()
    }

    /// Closes every file.
    func close() {
        for segment in segments {
            openSegments.forget(segment)
            segment.release()
        }
    }

    private func writeSnapshot() throws(StorageError) {
        guard snapshotOffset != nextOffset else { return }
        producers.expire(before: lastAppendMs - limits.producerExpirationMs)
        try ProducerSnapshot.write(producers, directory: directory, nextOffset: nextOffset)
        snapshotOffset = nextOffset
    }
}

extension ProducerStates.Sequence {
    /// The sequence of an idempotent producer's batch; nil for any other batch.
    init?(_ header: RecordBatchHeader) {
        guard header.producerId >= 0 else { return nil }
        self.init(
            producerId: header.producerId, epoch: header.producerEpoch, baseSequence: header.baseSequence,
            recordCount: header.recordCount)
    }
}
