import KafkaProtocol

/// Rebuilds a partition's log from its directory, after a clean stop, kill -9 or a full disk.
///
/// Bytes that a summary vouches for are trusted; those after them are read, and each batch's
/// checksum and offsets are checked. The first that fails ends the log: only the last segment may
/// have such a tail, and no byte of it was ever acknowledged.
struct LogRecovery {
    let directory: String
    let limits: PartitionLog.Limits
    let openSegments: OpenSegments
    let log: (String) -> Void

    /// Recovers the log; `logStartOffset` is what was last acknowledged to whoever deleted records.
    func run(logStartOffset: Int64, nowMs: Int64) throws(StorageError) -> PartitionLog {
        let bases = try sweep()
        var segments: [Segment] = []
        for (index, base) in bases.enumerated() {
            let segment = try recoverSegment(base, isLast: index == bases.count - 1)
            if let previous = segments.last, previous.nextOffset != base {
                throw StorageError(
                    .corrupt(
                        "it should end at offset \(base), not \(previous.nextOffset)", byteOffset: previous.byteCount),
                    operation: "recover", path: previous.files.log)
            }
            segments.append(segment)
        }
        while let first = segments.first, first.nextOffset <= logStartOffset || first.byteCount == 0 {
            try first.remove()
            segments.removeFirst()
        }
        let (producers, snapshotOffset) = try recoverProducers(segments, logStartOffset, nowMs)
        return PartitionLog(
            directory: directory, limits: limits, openSegments: openSegments, logStartOffset: logStartOffset,
            segments: segments, producers: producers, snapshotOffset: snapshotOffset)
    }

    /// Removes what an interrupted write left behind, and returns the base offsets of the segments
    /// in order.
    private func sweep() throws(StorageError) -> [Int64] {
        let names = try Files.names(in: directory)
        let bases = Set(names.compactMap { $0.hasSuffix(".log") ? Int64($0.dropLast(4)) : nil })
        for name in names {
            let isIndex = [".index", ".timeindex", ".summary"].contains { name.hasSuffix($0) }
            let isOrphan = isIndex && !bases.contains(Int64(name.prefix { $0 != "." }) ?? -1)
            if isOrphan || name.hasSuffix(".tmp") { try Files.remove("\(directory)/\(name)") }
        }
        return bases.sorted()
    }

    private func recoverSegment(_ baseOffset: Int64, isLast: Bool) throws(StorageError) -> Segment {
        let files = SegmentFiles(directory: directory, baseOffset: baseOffset)
        let file = try DataFile(path: files.log, create: false)
        let byteCount = try file.byteCount()
        let vouched = try files.readSummary()
        if let vouched, vouched.byteCount == byteCount {
            return Segment(
                files: files, summary: vouched, index: nil, isSummaryOnDisk: true, openSegments: openSegments)
        }
        var summary = SegmentSummary(baseOffset: baseOffset)
        var index = SegmentIndex()
        if let vouched, vouched.byteCount < byteCount, let kept = try files.readIndex() {
            summary = vouched
            index = kept
        }
        var walk = BatchWalk(file, from: summary.byteCount, to: byteCount)
        while let step = try walk.nextVerified(expectedOffset: summary.nextOffset) {
            index.noteBatch(
                relativeOffset: step.header.baseOffset - baseOffset, position: step.position,
                maxTimestampBefore: summary.maxTimestamp)
            summary.note(step.header, byteCount: step.header.totalByteCount)
        }
        if let stop = walk.stop { try report(stop, file, byteCount: byteCount, isLast: isLast) }
        // Even without a torn tail: a broker that was killed left reserved blocks behind.
        try file.truncate(to: summary.byteCount)
        return Segment(
            files: files, summary: summary, index: index, isSummaryOnDisk: false, openSegments: openSegments)
    }

    /// Says what will be cut from the last segment; an earlier one is not cut, but refused.
    private func report(
        _ stop: BatchWalk.Stop, _ file: DataFile, byteCount: Int, isLast: Bool
    ) throws(StorageError) {
        guard isLast else {
            // Cutting here would lose every later segment, which only the owner of the data may
            // decide.
            throw StorageError(
                .corrupt(stop.reason, byteOffset: stop.position), operation: "recover", path: file.path)
        }
        log("\(file.path): dropped \(byteCount - stop.position) bytes after byte \(stop.position): \(stop.reason)")
    }

    /// The producers of the newest snapshot, and after it those of the batches that follow; and the
    /// snapshot's offset.
    private func recoverProducers(
        _ segments: [Segment], _ logStartOffset: Int64, _ nowMs: Int64
    ) throws(StorageError) -> (ProducerStates, snapshotOffset: Int64) {
        let start = segments.first?.baseOffset ?? logStartOffset
        let end = max(segments.last?.nextOffset ?? logStartOffset, logStartOffset)
        var (producers, offset) = try ProducerSnapshot.readNewest(
            directory: directory, startOffset: start, endOffset: end)
        let snapshotOffset = offset
        for segment in segments where segment.nextOffset > offset {
            let from = try segment.index().floor(relativeOffset: max(0, offset - segment.baseOffset))
            var walk = BatchWalk(try segment.file(), from: Int(from.position), to: segment.byteCount)
            while let step = try walk.next() {
                guard step.header.baseOffset >= offset, let sequence = ProducerStates.Sequence(step.header) else {
                    continue
                }
                producers.noteAppended(
                    sequence, baseOffset: step.header.baseOffset, timestamp: step.header.maxTimestamp, nowMs: nowMs)
            }
            try segment.refuse(walk.stop)
            offset = segment.nextOffset
        }
        return (producers, snapshotOffset)
    }
}
