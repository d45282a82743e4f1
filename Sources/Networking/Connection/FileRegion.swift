import Glibc

/// An open file that is closed when its last user lets go of it.
public final class SharedFile: Sendable {
    /// The open descriptor; it must not be closed by anyone else.
    public let descriptor: Int32

    /// Takes over an open descriptor.
    public init(takingOver descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }
}

/// A run of bytes in an open file, to be sent without passing through user space.
public struct FileRegion: Sendable {
    /// The file, kept open for as long as the region is held.
    public let file: SharedFile
    /// Where the bytes start.
    public let offset: Int64
    /// How many bytes there are.
    public let byteCount: Int

    /// A region of `file`, which must be that long when it is sent.
    public init(file: SharedFile, offset: Int64, byteCount: Int) {
        precondition(offset >= 0 && byteCount >= 0)
        self.file = file
        self.offset = offset
        self.byteCount = byteCount
    }
}
