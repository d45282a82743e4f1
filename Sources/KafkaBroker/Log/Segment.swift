import Bytes
import KafkaProtocol
import Networking

/// A run of a partition's batches in one file, the last of a partition being the one that grows.
final class Segment {
    let files: SegmentFiles
    private(set) var summary: SegmentSummary
    /// What the summary file vouches for; what lies beyond it is only in memory.
    private var summaryOnDisk: SegmentSummary?
    private var loadedIndex: SegmentIndex?
    private var openFile: DataFile?
    private let openSegments: OpenSegments
    var lastUse: UInt64 = 0
    var isCounted = false

    var baseOffset: Int64 { files.baseOffset }
    var nextOffset: Int64 { summary.nextOffset }
    var byteCount: Int { summary.byteCount }

    /// A new segment without batches; its file is made with the first.
    init(directory: String, baseOffset: Int64, openSegments: OpenSegments) {
        files = SegmentFiles(directory: directory, baseOffset: baseOffset)
        summary = SegmentSummary(baseOffset: baseOffset)
        loadedIndex = SegmentIndex()
        self.openSegments = openSegments
    }

    /// A segment found on disk, with what is known of it.
    init(
        files: SegmentFiles, summary: SegmentSummary, index: SegmentIndex?, isSummaryOnDisk: Bool,
        openSegments: OpenSegments
    ) {
        self.files = files
        self.summary = summary
        summaryOnDisk = isSummaryOnDisk ? summary : nil
        loadedIndex = index
        self.openSegments = openSegments
    }

    /// Appends one batch that lies in `range` of `buffer`, its base offset already in place.
    func append(_ buffer: ByteBuffer, _ range: Range<Int>, _ header: RecordBatchHeader) throws(StorageError) {
        // The index is loaded first: a batch that is in the log must be noted.
        var index = try index()
        loadedIndex = nil
        defer { loadedIndex = index }
        let file = try file(create: true)
        file.reserve(range.count, at: byteCount)
        try file.append(buffer, range, at: byteCount)
        index.noteBatch(
            relativeOffset: header.baseOffset - baseOffset, position: byteCount,
            maxTimestampBefore: summary.maxTimestamp)
        summary.note(header, byteCount: range.count)
    }

    /// Writes the indexes and the summary, so that the next start need not read the log, and gives
    /// back the blocks that the log did not need.
    func checkpoint() throws(StorageError) {
        guard summaryOnDisk != summary, byteCount > 0 else { return }
        try file().truncate(to: byteCount)
        try files.write(try index(), summary)
        summaryOnDisk = summary
    }

    /// Closes the file, and drops an index that can be read again.
    func release() {
        openFile = nil
        if summaryOnDisk == summary { loadedIndex = nil }
    }

    /// Removes the files; responses that still send from the log keep its content.
    func remove() throws(StorageError) {
        openSegments.forget(self)
        openFile = nil
        // The log goes last: files without a log are removed at the next start.
        for path in files.all.reversed() { try Files.remove(path) }
    }

    /// The log, opened if it was not.
    func file(create: Bool = false) throws(StorageError) -> DataFile {
        openSegments.use(self)
        if let openFile { return openFile }
        let file = try DataFile(path: files.log, create: create)
        openFile = file
        return file
    }

    /// The index, read from its file or, if the file is missing or damaged, from the log's headers.
    func index() throws(StorageError) -> SegmentIndex {
        openSegments.use(self)
        if let loadedIndex { return loadedIndex }
        let index: SegmentIndex
        if let kept = try files.readIndex() { index = kept } else { index = try rebuiltIndex() }
        loadedIndex = index
        return index
    }

    private func rebuiltIndex() throws(StorageError) -> SegmentIndex {
        var index = SegmentIndex()
        var seen = SegmentSummary(baseOffset: baseOffset)
        var walk = BatchWalk(try file(), from: 0, to: byteCount)
        while let step = try walk.next() {
            index.noteBatch(
                relativeOffset: step.header.baseOffset - baseOffset, position: step.position,
                maxTimestampBefore: seen.maxTimestamp)
            seen.note(step.header, byteCount: step.header.totalByteCount)
        }
        try refuse(walk.stop)
        return index
    }

    /// Turns a walk that stopped inside the sound part of the log into an error.
    func refuse(_ stop: BatchWalk.Stop?) throws(StorageError) {
        guard let stop else { return }
        throw StorageError(.corrupt(stop.reason, byteOffset: stop.position), operation: "read", path: files.log)
    }
}
