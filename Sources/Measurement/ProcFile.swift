internal import Glibc
internal import System

/// Reads the kernel's small text files, whose size is not known before reading.
enum ProcFile {
    private static let byteCountMax = 1 << 20

    /// The text of a file, cut at 1 MiB; nil when it can't be read.
    static func text(_ path: String) -> String? {
        guard let bytes = try? BoundedRead.file(path, byteCountMax: byteCountMax) else { return nil }
        return String(decoding: bytes.prefix(byteCountMax), as: UTF8.self)
    }

    /// Writes a short text to a file of the kernel's; false when it refuses.
    static func write(_ text: String, to path: String) -> Bool {
        let descriptor = unsafe open(path, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        let bytes = Array(text.utf8)
        return unsafe Glibc.write(descriptor, bytes, bytes.count) == bytes.count
    }
}
