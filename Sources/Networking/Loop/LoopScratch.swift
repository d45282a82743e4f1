import Bytes
import Glibc

/// Memory that a loop lends to one system call after another, so that a connection at rest holds
/// none.
@safe final class LoopScratch {
    /// `IOV_MAX`.
    static let vectorCountMax = 1024

    /// Large enough for many small frames in one read.
    let readAhead = ByteBuffer(capacity: 64 << 10)
    let vectors = UnsafeMutableBufferPointer<iovec>.allocate(capacity: vectorCountMax)

    deinit { unsafe vectors.deallocate() }
}
