import Bytes
import KafkaProtocol

/// Walks the batches of a log file by their headers, reading a window of the file at a time.
struct BatchWalk {
    /// A batch and where it starts.
    struct Step {
        var header: RecordBatchHeader
        var position: Int
        var end: Int { position + header.totalByteCount }
    }

    /// Why a walk stopped before the end it was given.
    struct Stop: Equatable {
        var position: Int
        var reason: String
    }

    private static let windowByteCount = 64 << 10

    private let file: DataFile
    private let end: Int
    private let window: ByteBuffer
    private var windowStart = 0
    private(set) var position: Int
    /// Set when the bytes at `position` are no whole, sound batch.
    private(set) var stop: Stop?

    /// A walk from a batch's start to `end`.
    init(_ file: DataFile, from position: Int, to end: Int, windowByteCount: Int = BatchWalk.windowByteCount) {
        self.file = file
        self.position = position
        self.end = end
        window = ByteBuffer(capacity: min(windowByteCount, max(end - position, RecordBatchHeader.byteCount)))
    }

    /// The next batch by its header alone, or nil at the end or at a stop.
    mutating func next() throws(StorageError) -> Step? {
        guard position < end, stop == nil else { return nil }
        guard end - position >= RecordBatchHeader.byteCount else { return halt("a batch header is cut short") }
        let at = try load(RecordBatchHeader.byteCount)
        let header: RecordBatchHeader
        do {
            header = try RecordBatchHeader(parsing: window.bytes.extracting(at..<(at + RecordBatchHeader.byteCount)))
        } catch {
            return halt("\(error)")
        }
        guard header.totalByteCount <= end - position else { return halt("a batch is cut short") }
        let step = Step(header: header, position: position)
        position = step.end
        return step
    }

    /// The next batch after checking its checksum and that its offsets continue from
    /// `expectedOffset`.
    mutating func nextVerified(expectedOffset: Int64) throws(StorageError) -> Step? {
        let start = position
        guard let step = try next() else { return nil }
        position = start
        guard step.header.baseOffset == expectedOffset else {
            return halt("offset \(step.header.baseOffset) where \(expectedOffset) follows")
        }
        let at = try load(step.header.totalByteCount)
        do {
            try RecordBatchView(window.bytes.extracting(at..<(at + step.header.totalByteCount))).verifyChecksum()
        } catch {
            return halt("\(error)")
        }
        position = step.end
        return step
    }

    /// The bytes of a batch that this walk returned, lent from its window.
    mutating func withBatch<Result>(
        _ step: Step, _ body: (RawSpan) throws(StorageError) -> Result
    ) throws(StorageError) -> Result {
        let resume = position
        position = step.position
        defer { position = resume }
        let at = try load(step.header.totalByteCount)
        return try body(window.bytes.extracting(at..<(at + step.header.totalByteCount)))
    }

    private mutating func halt(_ reason: String) -> Step? {
        stop = Stop(position: position, reason: reason)
        return nil
    }

    /// Brings `count` bytes at `position` into the window and says where they are in it.
    private mutating func load(_ count: Int) throws(StorageError) -> Int {
        if position < windowStart || position + count > windowStart + window.count {
            window.removeAll()
            windowStart = position
            try file.read(min(max(count, window.capacity), end - position), at: position, into: window)
            guard window.count >= count else {
                throw StorageError(
                    .corrupt("the file ends early", byteOffset: position + window.count), operation: "read",
                    path: file.path)
            }
        }
        return position - windowStart
    }
}
