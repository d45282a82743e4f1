import Bytes
import Glibc

/// The few operations on directories and small files that the log needs, with typed errors.
enum Files {
    /// Makes a directory; one that exists already is fine.
    static func makeDirectory(_ path: String) throws(StorageError) {
        guard unsafe mkdir(path, 0o755) == 0 || errno == EEXIST else {
            throw StorageError(errno: errno, operation: "make directory", path: path)
        }
    }

    /// Makes a directory and whatever is missing above it.
    static func makeDirectories(_ path: String) throws(StorageError) {
        if unsafe mkdir(path, 0o755) == 0 || errno == EEXIST { return }
        guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex else {
            throw StorageError(errno: errno, operation: "make directory", path: path)
        }
        try makeDirectories(String(path[..<slash]))
        try makeDirectory(path)
    }

    /// The names in a directory, in order; none if there is no such directory.
    static func names(in path: String) throws(StorageError) -> [String] {
        guard let directory = unsafe opendir(path) else {
            if errno == ENOENT { return [] }
            throw StorageError(errno: errno, operation: "list", path: path)
        }
        defer { unsafe closedir(directory) }
        var names: [String] = []
        while let entry = unsafe readdir(directory) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
                unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Removes a file; one that is not there is fine.
    static func remove(_ path: String) throws(StorageError) {
        guard unsafe unlink(path) == 0 || errno == ENOENT else {
            throw StorageError(errno: errno, operation: "remove", path: path)
        }
    }

    /// Removes an empty directory; one that is not there is fine.
    static func removeDirectory(_ path: String) throws(StorageError) {
        guard unsafe rmdir(path) == 0 || errno == ENOENT else {
            throw StorageError(errno: errno, operation: "remove", path: path)
        }
    }

    /// Renames within one file system, replacing what stood there.
    static func rename(_ from: String, to: String) throws(StorageError) {
        guard unsafe Glibc.rename(from, to) == 0 else {
            throw StorageError(errno: errno, operation: "rename", path: from)
        }
    }

    /// Writes a whole small file so that it is either the old or the new one, never a part.
    static func replace(_ path: String, with content: ByteBuffer) throws(StorageError) {
        let temporary = path + ".tmp"
        try remove(temporary)
        let file = try DataFile(path: temporary, create: true)
        try file.append(content, 0..<content.count, at: 0)
        try rename(temporary, to: path)
    }

    /// Reads a whole file of at most `byteCountMax`, or nil if there is none.
    static func read(_ path: String, byteCountMax: Int) throws(StorageError) -> ByteBuffer? {
        guard unsafe access(path, F_OK) == 0 else { return nil }
        let file = try DataFile(path: path, create: false)
        let byteCount = try file.byteCount()
        guard byteCount <= byteCountMax else {
            throw StorageError(
                .corrupt("\(byteCount) bytes where at most \(byteCountMax) can be", byteOffset: byteCountMax),
                operation: "read", path: path)
        }
        let content = ByteBuffer(capacity: byteCount)
        try file.read(byteCount, at: 0, into: content)
        return content
    }
}
