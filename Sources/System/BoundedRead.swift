import Glibc

/// Reads files and streams whose length is not known before reading.
public enum BoundedRead {
    private static let chunkByteCount = 1 << 16

    /// The bytes of a file; one more than the bound where it has more, by which the caller sees
    /// that.
    public static func file(_ path: String, byteCountMax: Int) throws(Errno) -> [UInt8] {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Errno.last }
        defer { close(descriptor) }
        return try stream(descriptor, byteCountMax: byteCountMax)
    }

    /// What comes up to the end of an open descriptor; one byte more than the bound where there is
    /// more.
    public static func stream(_ descriptor: Int32, byteCountMax: Int) throws(Errno) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: min(chunkByteCount, byteCountMax + 1))
        while bytes.count <= byteCountMax {
            let count = unsafe read(descriptor, &chunk, min(chunk.count, byteCountMax + 1 - bytes.count))
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw Errno.last }
            if count == 0 { break }
            bytes += chunk[..<count]
        }
        return bytes
    }
}
