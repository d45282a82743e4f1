import Foundation
import Glibc
import Results

/// A temporary folder that its maker holds by a lock, so that what a killed one left is known and
/// removed by the next.
final class KeptFolder: Sendable {
    private static let lockName = ".lock"
    private static let attemptCountMax = 10

    let path: String
    private let lock: FileLock

    /// Makes a folder, and removes those of the same `prefix` whose makers are gone.
    init(prefix: String) throws(EngineError) {
        Self.removeLeft(prefix: prefix)
        for _ in 0..<Self.attemptCountMax {
            let path = try TemporaryFolder.make(prefix: prefix)
            // Nil where another took the new folder for one that was left.
            guard let lock = try Self.lock(path) else { continue }
            (self.path, self.lock) = (path, lock)
            return
        }
        throw EngineError("no temporary folder '\(prefix)' can be kept (TMPDIR says where): others remove it")
    }

    /// Removes it.
    func remove() throws(EngineError) { try TemporaryFolder.remove(path) }

    private static func lock(_ folder: String) throws(EngineError) -> FileLock? {
        do throws(SavedCommitsError) {
            return try FileLock.take(.exclusive, path: "\(folder)/\(lockName)")
        } catch {
            throw EngineError("\(error)")
        }
    }

    /// Removes folders that nobody holds. What cannot be read or removed, such as somebody else's,
    /// is left alone.
    private static func removeLeft(prefix: String) {
        let manager = FileManager.default
        let parent = manager.temporaryDirectory.path
        for name in (try? manager.contentsOfDirectory(atPath: parent)) ?? [] where name.hasPrefix("\(prefix)-") {
            let folder = "\(parent)/\(name)"
            guard isOwnFolder(folder), manager.fileExists(atPath: "\(folder)/\(lockName)"),
                let held = try? lock(folder)
            else { continue }
            try? manager.removeItem(atPath: folder)
            withExtendedLifetime(held) {}
        }
    }

    /// Whether it is a folder, not a link to one, and this user's.
    private static func isOwnFolder(_ path: String) -> Bool {
        var status = stat()
        return unsafe lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR && status.st_uid == geteuid()
    }
}
