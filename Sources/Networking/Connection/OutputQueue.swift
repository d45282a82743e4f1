import Bytes
import Glibc

/// What waits to be written, in order.
struct OutputQueue {
    private struct Entry {
        var part: OutputPart
        var onSent: (() -> Void)?
    }

    /// Entries before `head` are sent and empty; they are dropped in bulk.
    private var entries: [Entry?] = []
    private var head = 0
    /// Bytes of the first entry that are sent already.
    private var headByteCount = 0
    /// Bytes not yet handed to the kernel.
    private(set) var byteCount = 0

    var isEmpty: Bool { head == entries.count }

    mutating func append(_ parts: [OutputPart], onSent: (() -> Void)?) {
        let last = parts.count - 1
        for (index, part) in parts.enumerated() { append(part, onSent: index == last ? onSent : nil) }
        if parts.isEmpty, let onSent { append(.buffer(ByteBuffer(capacity: 0), 0..<0), onSent: onSent) }
    }

    mutating func append(_ part: OutputPart, onSent: (() -> Void)?) {
        if case .buffer(let buffer, let range) = part {
            precondition(range.lowerBound >= 0 && range.upperBound <= buffer.count, "a part beyond its buffer")
        }
        byteCount += part.byteCount
        entries.append(Entry(part: part, onSent: onSent))
    }

    /// The file bytes that come next, if it is a file's turn.
    var nextFile: (file: SharedFile, offset: Int64, byteCount: Int)? {
        guard head < entries.count, case .file(let region)? = entries[head]?.part else { return nil }
        return (region.file, region.offset + Int64(headByteCount), region.byteCount - headByteCount)
    }

    /// Points `vectors` at the bytes that come next, up to the first file, and says how many
    /// vectors that took and whether a file follows.
    ///
    /// The pointers are good for as long as the queue is not changed, because it holds the buffers
    /// and nobody grows a buffer that is queued.
    func gather(
        into vectors: UnsafeMutableBufferPointer<iovec>, byteCountMax: Int
    ) -> (vectorCount: Int, byteCount: Int, isFileNext: Bool) {
        var vectorCount = 0
        var gathered = 0
        var skipped = headByteCount
        for index in head..<entries.count {
            guard case .buffer(let buffer, let range)? = entries[index]?.part else {
                return (vectorCount, gathered, true)
            }
            guard vectorCount < vectors.count, gathered < byteCountMax else { break }
            let start = range.lowerBound + skipped
            let byteCount = min(range.upperBound - start, byteCountMax - gathered)
            skipped = 0
            guard byteCount > 0 else { continue }
            unsafe buffer.withUnsafeBytes { bytes in
                let base = unsafe UnsafeMutableRawPointer(mutating: bytes.baseAddress)
                unsafe vectors[vectorCount] = unsafe iovec(
                    iov_base: base.map { unsafe $0 + start }, iov_len: byteCount)
            }
            vectorCount += 1
            gathered += byteCount
        }
        return (vectorCount, gathered, false)
    }

    /// Forgets the first `sentByteCount` bytes, lets go of the parts that are sent, and collects
    /// the calls that this brings due.
    mutating func drop(_ sentByteCount: Int, _ due: inout [() -> Void]) {
        byteCount -= sentByteCount
        headByteCount += sentByteCount
        while head < entries.count, let entry = entries[head], entry.part.byteCount <= headByteCount {
            headByteCount -= entry.part.byteCount
            if let onSent = entry.onSent { due.append(onSent) }
            entries[head] = nil
            head += 1
        }
        guard head == entries.count || head > 256 && head * 2 > entries.count else { return }
        entries.removeFirst(head)
        head = 0
    }

    mutating func removeAll() {
        entries = []
        head = 0
        headByteCount = 0
        byteCount = 0
    }
}
