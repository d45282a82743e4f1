internal import Glibc

/// The few calls that writing and reading a result takes, with the system's refusals as errors.
enum FileSystem {
    /// A refusal of the system's.
    struct Refusal: Error {
        let errno: Int32
    }

    /// Makes a folder and those above it.
    static func makeFolder(_ path: String) throws(Refusal) {
        guard let refused = makeOneFolder(path) else { return }
        let parent = folder(of: path)
        guard refused.errno == ENOENT, parent != path else { throw refused }
        try makeFolder(parent)
        if let refused = makeOneFolder(path) { throw refused }
    }

    /// Makes a folder in one that is there; nil when it is there now.
    private static func makeOneFolder(_ path: String) -> Refusal? {
        if unsafe mkdir(path, 0o777) == 0 { return nil }
        // Looking for the folder sets it anew.
        let number = errno
        return isFolder(path) ? nil : Refusal(errno: number)
    }

    /// The folder that a path lies in.
    static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// The bytes that may still be written to a path's disk; nil where the system does not tell.
    static func freeBytes(_ path: String) -> UInt64? {
        var status = statvfs()
        guard unsafe statvfs(path, &status) == 0 else { return nil }
        return UInt64(status.f_bavail) * UInt64(status.f_frsize)
    }

    /// Makes a file that must not exist yet.
    static func createNew(_ path: String) throws(Refusal) {
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw Refusal(errno: errno) }
        close(descriptor)
    }

    /// Puts bytes in a file's place, whole or not at all: beside it first, onto the disk, then
    /// renamed.
    static func replace(_ path: String, with bytes: [UInt8]) throws(Refusal) {
        let folder = folder(of: path)
        let temporary = "\(folder)/.\(path.split(separator: "/").last ?? "result").\(getpid()).tmp"
        do throws(Refusal) {
            try write(bytes, to: temporary)
            guard unsafe rename(temporary, path) == 0 else { throw Refusal(errno: errno) }
        } catch {
            _ = unsafe unlink(temporary)
            throw error
        }
        // The rename itself must survive a power cut too; a folder that can't be synced is no
        // reason to stop.
        let descriptor = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if descriptor >= 0 {
            fsync(descriptor)
            close(descriptor)
        }
    }

    static func remove(_ path: String) { _ = unsafe unlink(path) }

    private static func write(_ bytes: [UInt8], to path: String) throws(Refusal) {
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o666)
        guard descriptor >= 0 else { throw Refusal(errno: errno) }
        defer { close(descriptor) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw Refusal(errno: count < 0 ? errno : EIO) }
            rest = rest.dropFirst(count)
        }
        guard fsync(descriptor) == 0 else { throw Refusal(errno: errno) }
    }

    /// The names of what is in a folder.
    static func names(in path: String) throws(Refusal) -> [String] {
        guard let stream = unsafe opendir(path) else { throw Refusal(errno: errno) }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while let entry = unsafe readdir(stream) {
            names.append(
                unsafe withUnsafeBytes(of: entry.pointee.d_name) {
                    unsafe String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
                })
        }
        return names
    }

    /// The bytes of a file up to one more than the limit, by which the reader sees that there are
    /// too many.
    static func read(_ path: String, limit: Int) throws(Refusal) -> [UInt8] {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Refusal(errno: errno) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while bytes.count <= limit {
            let count = unsafe Glibc.read(descriptor, &chunk, min(chunk.count, limit + 1 - bytes.count))
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw Refusal(errno: errno) }
            if count == 0 { break }
            bytes += chunk[..<count]
        }
        return bytes
    }
}
