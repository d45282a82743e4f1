import Glibc

/// Reads files and streams whose length is not known before reading.
public enum BoundedRead {
    private static let chunkByteCount = 1 << 16
    /// How long bytes of a file may take to come: only those of a pipe do.
    public static let waitMsMax = 30_000

    /// The bytes of a file; one more than the bound where it has more, by which the caller sees
    /// that.
    ///
    /// - Throws: ETIMEDOUT of a pipe into which nobody writes for `waitMs`.
    public static func file(_ path: String, byteCountMax: Int, waitMs: Int = waitMsMax) throws(Errno) -> [UInt8] {
        // Opening a pipe that nobody writes to would wait for a writer.
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw Errno.last }
        defer { close(descriptor) }
        return try stream(descriptor, byteCountMax: byteCountMax, waitMs: waitMs)
    }

    /// What comes up to the end of an open descriptor; one byte more than the bound where there is
    /// more. Without `waitMs` it is waited for without end.
    public static func stream(
        _ descriptor: Int32, byteCountMax: Int, waitMs: Int? = nil
    ) throws(Errno) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: min(chunkByteCount, byteCountMax + 1))
        while bytes.count <= byteCountMax {
            if let waitMs { try awaitBytes(descriptor, waitMs) }
            let count = unsafe read(descriptor, &chunk, min(chunk.count, byteCountMax + 1 - bytes.count))
            if count < 0, errno == EINTR || (errno == EAGAIN && waitMs != nil) { continue }
            guard count >= 0 else { throw Errno.last }
            if count == 0 { break }
            bytes += chunk[..<count]
        }
        return bytes
    }

    private static func awaitBytes(_ descriptor: Int32, _ waitMs: Int) throws(Errno) {
        var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        let count = unsafe poll(&wait, 1, Int32(clamping: waitMs))
        if count == 0 { throw Errno(ETIMEDOUT) }
        if count < 0, errno != EINTR { throw Errno.last }
    }
}
