import Bytes
import CLinux
import Glibc
import Networking

/// An open file, read and written at explicit positions.
///
/// A response that still sends a range of it shares its descriptor and so keeps it open, also after
/// the file was unlinked.
final class DataFile {
    let shared: SharedFile
    let path: String
    private var descriptor: Int32 { shared.descriptor }
    /// The end of the reserved blocks; `.max` once the file system has refused.
    private var reservedEnd = 0

    /// Nothing is reserved before a file has so many bytes, and never more than
    /// `reservedByteCountMax`.
    private static let reservedByteCountMin = 1 << 20
    private static let reservedByteCountMax = 16 << 20

    /// Opens the file for reading and writing, making it if `create` says so.
    init(path: String, create: Bool) throws(StorageError) {
        let flags = O_RDWR | O_CLOEXEC | (create ? O_CREAT : 0)
        let descriptor = unsafe Glibc.open(path, flags, 0o644)
        guard descriptor >= 0 else { throw StorageError(errno: errno, operation: "open", path: path) }
        shared = SharedFile(takingOver: descriptor)
        self.path = path
    }

    /// The file's length.
    func byteCount() throws(StorageError) -> Int {
        let end = lseek(descriptor, 0, SEEK_END)
        guard end >= 0 else { throw StorageError(errno: errno, operation: "measure", path: path) }
        return end
    }

    /// Reserves blocks for an append at `position` and for as many bytes again as the file has, so
    /// that the file system does not allocate page by page.
    ///
    /// The file's length stays. If the file system refuses, nothing is reserved and the append goes
    /// on without.
    func reserve(_ byteCount: Int, at position: Int) {
        guard position >= Self.reservedByteCountMin, position + byteCount > reservedEnd else { return }
        let ahead = max(byteCount, min(position, Self.reservedByteCountMax))
        let isTaken = fallocate(descriptor, FALLOC_FL_KEEP_SIZE, position, ahead) == 0
        reservedEnd = isTaken ? position + ahead : .max
    }

    /// Writes all of `bytes` at `position`, the present end; on failure the file is cut back to it,
    /// so that no part of them stays.
    ///
    /// Should the cut fail too, nothing is lost: the next write starts at the same position, and
    /// recovery drops a torn tail.
    func append(_ bytes: UnsafeRawBufferPointer, at position: Int) throws(StorageError) {
        var written = 0
        while written < bytes.count {
            let left = unsafe UnsafeRawBufferPointer(rebasing: bytes[written...])
            let count = unsafe pwrite(descriptor, left.baseAddress, left.count, position + written)
            if count > 0 {
                written += count
            } else if count < 0, errno == EINTR {
                continue
            } else {
                let failure = StorageError(errno: count == 0 ? EIO : errno, operation: "write", path: path)
                _ = ftruncate(descriptor, position)
                throw failure
            }
        }
    }

    /// Appends a range of `buffer` at `position`.
    func append(_ buffer: ByteBuffer, _ range: Range<Int>, at position: Int) throws(StorageError) {
        try unsafe buffer.withUnsafeBytes { (bytes) throws(StorageError) in
            try unsafe append(UnsafeRawBufferPointer(rebasing: bytes[range]), at: position)
        }
    }

    /// Reads up to `count` bytes at `position` to the end of `buffer`; fewer means the end of the
    /// file.
    func read(_ count: Int, at position: Int, into buffer: ByteBuffer) throws(StorageError) {
        buffer.reserve(count)
        let start = buffer.count
        var isAtEnd = false
        while buffer.count - start < count, !isAtEnd {
            let done = buffer.count - start
            try unsafe buffer.fill { (room) throws(StorageError) in
                let got = unsafe pread(descriptor, room.baseAddress, min(count - done, room.count), position + done)
                guard got >= 0 || errno == EINTR else {
                    throw StorageError(errno: errno, operation: "read", path: path)
                }
                isAtEnd = got == 0
                return max(0, got)
            }
        }
    }

    /// Cuts the file to `byteCount`, and gives back what was reserved beyond.
    func truncate(to byteCount: Int) throws(StorageError) {
        guard ftruncate(descriptor, byteCount) == 0 else {
            throw StorageError(errno: errno, operation: "truncate", path: path)
        }
        reservedEnd = 0
    }
}
