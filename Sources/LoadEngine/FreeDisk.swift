import System

/// The room on the disk under a folder.
enum FreeDisk {
    /// The bytes that an unprivileged process may still write there; nil where the folder cannot be
    /// asked.
    static func byteCount(at folder: String) -> Int? { DiskSpace.freeByteCount(at: folder).map { Int(clamping: $0) } }

    /// The share of the free disk that one repeat may write: its records are deleted before the
    /// next begins.
    static let usableShare = 0.5

    /// A disk with less than this, the size of one request, is full.
    static let byteCountMin = 1 << 20
}
