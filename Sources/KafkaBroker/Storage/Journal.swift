import Bytes
import KafkaProtocol

/// A file of small entries, each with its length and checksum, that grows at the end and is
/// rewritten when too much of it is superseded.
///
/// What `append` returned from survives kill -9: the entries of one call go out in one write, and a
/// torn one at the end is dropped when the file is opened.
final class Journal {
    /// The largest entry; a longer one is damage, or a caller's mistake.
    static let entryByteCountMax = 1 << 20
    private static let magic: UInt64 = 0x5745_4952_4A4E_4C01
    private static let frameByteCount = 8

    let path: String
    private var file: DataFile
    private(set) var byteCount: Int
    /// Entries in the file, superseded ones too.
    private(set) var entryCount: Int
    private let scratch = ByteBuffer(capacity: 4096)

    /// Opens or makes the journal, hands every entry to `replay` in order, and drops a torn tail,
    /// saying so to `log`.
    init(
        path: String, log: (String) -> Void, replay: (inout WireReader) throws(WireError) -> Void
    ) throws(StorageError) {
        self.path = path
        file = try DataFile(path: path, create: true)
        byteCount = 0
        entryCount = 0
        let size = try file.byteCount()
        let content = ByteBuffer(capacity: size)
        try file.read(size, at: 0, into: content)
        if try startsFresh(content) { return }
        byteCount = 8
        while byteCount < content.count {
            guard let body = entry(content, at: byteCount) else {
                try dropTail(content, log)
                return
            }
            var reader = WireReader(content.bytes.extracting(body))
            do {
                try replay(&reader)
            } catch {
                throw corrupt("an entry cannot be read (\(error))", at: byteCount)
            }
            byteCount = body.upperBound
            entryCount += 1
        }
    }

    /// Appends entries in one write: `body` writes each by a call of `add`. On failure none of them
    /// is in the file.
    func append(_ body: (_ add: ((ByteBuffer) -> Void) -> Void) -> Void) throws(StorageError) {
        scratch.removeAll()
        var added = 0
        body { entry in
            Self.frame(entry, into: scratch)
            added += 1
        }
        try file.append(scratch, 0..<scratch.count, at: byteCount)
        byteCount += scratch.count
        entryCount += added
    }

    /// Replaces the content by the entries that `body` writes, by way of a new file, so that the
    /// old one stands until the new one is whole.
    func rewrite(_ body: (_ add: ((ByteBuffer) -> Void) -> Void) -> Void) throws(StorageError) {
        let content = ByteBuffer(capacity: 64 << 10)
        content.appendInteger(Self.magic)
        var added = 0
        body { entry in
            Self.frame(entry, into: content)
            added += 1
        }
        try Files.replace(path, with: content)
        file = try DataFile(path: path, create: false)
        byteCount = content.count
        entryCount = added
    }

    private static func frame(_ entry: (ByteBuffer) -> Void, into buffer: ByteBuffer) {
        let start = buffer.count
        buffer.appendInteger(UInt64(0))
        entry(buffer)
        let body = start + frameByteCount..<buffer.count
        precondition(body.count <= entryByteCountMax, "callers bound what they write")
        buffer.overwrite(UInt32(body.count), at: start)
        buffer.overwrite(Checksum.crc32c(buffer.bytes.extracting(body)), at: start + 4)
    }

    /// Writes the first bytes of a journal that has none, or refuses a file that is no journal.
    private func startsFresh(_ content: ByteBuffer) throws(StorageError) -> Bool {
        if content.count >= 8 {
            var reader = WireReader(content.bytes)
            // Eight bytes are there.
            guard (try? reader.readInteger(UInt64.self)) == Self.magic else {
                throw corrupt("it does not start as a journal does", at: 0)
            }
            return false
        }
        scratch.removeAll()
        scratch.appendInteger(Self.magic)
        try file.truncate(to: 0)
        try file.append(scratch, 0..<8, at: 0)
        byteCount = 8
        return true
    }

    /// Where the body of the entry at `start` is, or nil if it is not whole and sound.
    private func entry(_ content: ByteBuffer, at start: Int) -> Range<Int>? {
        let bodyStart = start + Self.frameByteCount
        guard bodyStart <= content.count else { return nil }
        var reader = WireReader(content.bytes.extracting(start..<bodyStart))
        // Eight bytes are there.
        guard let length = try? reader.readInteger(UInt32.self), let stored = try? reader.readInteger(UInt32.self),
            length <= Self.entryByteCountMax, bodyStart + Int(length) <= content.count
        else { return nil }
        let body = bodyStart..<(bodyStart + Int(length))
        return Checksum.crc32c(content.bytes.extracting(body)) == stored ? body : nil
    }

    /// Cuts one torn write at the end, as kill -9 or a full disk leaves it. Damage with sound
    /// entries after it is an error.
    private func dropTail(_ content: ByteBuffer, _ log: (String) -> Void) throws(StorageError) {
        let torn = byteCount
        var start = torn + 1
        while start < content.count {
            if let body = entry(content, at: start), !body.isEmpty {
                throw corrupt("a damaged entry with sound ones after it", at: torn)
            }
            start += 1
        }
        try file.truncate(to: torn)
        log("\(path): dropped \(content.count - torn) bytes of an unfinished write after byte \(torn)")
    }

    private func corrupt(_ what: String, at byteOffset: Int) -> StorageError {
        StorageError(.corrupt(what, byteOffset: byteOffset), operation: "read", path: path)
    }
}
