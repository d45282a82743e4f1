import KafkaProtocol
import Networking

/// Whole batches of a partition, as they lie in one file.
struct LogSlice {
    var file: DataFile
    var position: Int
    var byteCount: Int

    /// The same as a part of a response.
    var region: FileRegion { FileRegion(file: file.shared, offset: Int64(position), byteCount: byteCount) }
}

extension Segment {
    /// The batches from the one that holds `offset` on, as many as fit into `byteCountMax`, cut
    /// where a batch ends.
    ///
    /// Nil when not one fits, unless `isFirstWhole` grants the first whatever its size. The cut is
    /// at an index entry where one helps: then no header is read.
    func slice(from offset: Int64, byteCountMax: Int, isFirstWhole: Bool) throws(StorageError) -> LogSlice? {
        let start = try locate(offset)
        let limit = start.position + byteCountMax
        if limit >= byteCount { return try slice(start.position, byteCount) }
        let entry = Int(try index().floor(position: limit).position)
        if entry > start.position { return try slice(start.position, entry) }
        var walk = BatchWalk(try file(), from: start.position, to: byteCount, windowByteCount: 4096)
        var end = start.position
        while let step = try walk.next(), step.end <= limit || (end == start.position && isFirstWhole) {
            end = step.end
        }
        try refuse(walk.stop)
        return end > start.position ? try slice(start.position, end) : nil
    }

    private func slice(_ start: Int, _ end: Int) throws(StorageError) -> LogSlice {
        LogSlice(file: try file(), position: start, byteCount: end - start)
    }

    /// Where the batch that holds `offset` starts.
    private func locate(_ offset: Int64) throws(StorageError) -> (position: Int, isExact: Bool) {
        let place = try index().floor(relativeOffset: offset - baseOffset)
        if Int64(place.relativeOffset) == offset - baseOffset { return (Int(place.position), true) }
        var walk = BatchWalk(try file(), from: Int(place.position), to: byteCount, windowByteCount: 8192)
        while let step = try walk.next() {
            if step.header.nextOffset > offset { return (step.position, step.header.baseOffset == offset) }
        }
        try refuse(walk.stop)
        throw StorageError(
            .corrupt("no batch holds offset \(offset)", byteOffset: byteCount), operation: "read", path: files.log)
    }

    /// The batches that may hold a record of `timestamp` or later, in order, until `body` says it
    /// has found what it wants.
    func search(
        timestamp: Int64, _ body: (RecordBatchHeader, RawSpan) throws(StorageError) -> Bool
    ) throws(StorageError) -> Bool {
        guard summary.maxTimestamp >= timestamp else { return false }
        let place = try index().floor(timestamp: timestamp)
        var walk = BatchWalk(try file(), from: Int(place.position), to: byteCount)
        while let step = try walk.next() {
            guard step.header.maxTimestamp >= timestamp else { continue }
            let found = try walk.withBatch(step) { (batch) throws(StorageError) in try body(step.header, batch) }
            if found { return true }
        }
        try refuse(walk.stop)
        return false
    }
}
