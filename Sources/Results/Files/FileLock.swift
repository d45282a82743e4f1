internal import Glibc
internal import System

/// A lock on a file, held while this object lives. The system frees it however the process ends.
public final class FileLock: Sendable {
    /// Who else may hold it at the same time.
    public enum Kind: Sendable { case shared, exclusive }

    private let descriptor: Int32

    private init(_ descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    /// Takes the lock without waiting, and makes its file if it is not there; nil while somebody
    /// else holds it.
    public static func take(_ kind: Kind, path: String) throws(SavedCommitsError) -> FileLock? {
        do throws(Errno) {
            try FileSystem.makeFolder(FileSystem.folder(of: path))
        } catch {
            throw SavedCommitsError(.unwritable(errno: error.number), path: path)
        }
        let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw SavedCommitsError(.unwritable(errno: errno), path: path) }
        let lock = FileLock(descriptor)
        while flock(descriptor, (kind == .shared ? LOCK_SH : LOCK_EX) | LOCK_NB) < 0 {
            if errno == EINTR { continue }
            guard errno == EWOULDBLOCK else { throw SavedCommitsError(.unwritable(errno: errno), path: path) }
            return nil
        }
        return lock
    }
}
