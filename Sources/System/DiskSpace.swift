import Glibc

/// The room on a disk.
public enum DiskSpace {
    /// The bytes that an unprivileged process may still write under a path; nil where the system
    /// does not tell.
    public static func freeByteCount(at path: String) -> UInt64? {
        var status = statvfs()
        guard unsafe statvfs(path, &status) == 0 else { return nil }
        return UInt64(status.f_bavail) * UInt64(status.f_frsize)
    }
}
