internal import Glibc
internal import System

/// The few calls that writing and reading a result takes, with the system's refusals as errors.
enum FileSystem {
    /// Makes a folder and those above it.
    static func makeFolder(_ path: String) throws(Errno) {
        guard let refused = makeOneFolder(path) else { return }
        let parent = folder(of: path)
        guard refused.number == ENOENT, parent != path else { throw refused }
        try makeFolder(parent)
        if let refused = makeOneFolder(path) { throw refused }
    }

    /// Makes a folder in one that is there; nil when it is there now.
    private static func makeOneFolder(_ path: String) -> Errno? {
        if unsafe mkdir(path, 0o777) == 0 { return nil }
        // Looking for the folder changes `errno`.
        let number = errno
        return isFolder(path) ? nil : Errno(number)
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

    /// Makes a file that must not exist yet.
    static func createNew(_ path: String) throws(Errno) {
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw Errno.last }
        close(descriptor)
    }

    /// Puts bytes in a file's place, whole or not at all: beside it first, onto the disk, then
    /// renamed.
    static func replace(_ path: String, with bytes: [UInt8]) throws(Errno) {
        let folder = folder(of: path)
        let temporary = "\(folder)/.\(path.split(separator: "/").last ?? "result").\(getpid()).tmp"
        do throws(Errno) {
            try write(bytes, to: temporary)
            guard unsafe rename(temporary, path) == 0 else { throw Errno.last }
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

    private static func write(_ bytes: [UInt8], to path: String) throws(Errno) {
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o666)
        guard descriptor >= 0 else { throw Errno.last }
        defer { close(descriptor) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw count < 0 ? Errno.last : Errno(EIO) }
            rest = rest.dropFirst(count)
        }
        guard fsync(descriptor) == 0 else { throw Errno.last }
    }

    /// The names of what is in a folder.
    static func names(in path: String) throws(Errno) -> [String] {
        guard let stream = unsafe opendir(path) else { throw Errno.last }
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
}
