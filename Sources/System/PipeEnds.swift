import CLinux
import Glibc

/// The two ends of a pipe, which no child inherits unless it is given one; whoever holds them
/// closes them.
public struct PipeEnds: Sendable {
    /// Where what was written comes out.
    public let readEnd: Int32
    /// Where it is put in.
    public let writeEnd: Int32

    /// A new pipe.
    public init() throws(Errno) {
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe2(&ends, O_CLOEXEC) == 0 else { throw Errno.last }
        (readEnd, writeEnd) = (ends[0], ends[1])
    }
}
