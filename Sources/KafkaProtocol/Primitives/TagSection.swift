import Bytes

/// Where a coder is in the tagged fields of one struct.
public struct TagSection {
    /// How many tagged fields there are, or were written so far.
    var count = 0
    /// Reading: the first byte after the count. Writing: the byte of the count.
    var start = 0
    /// The tags that were opened, a bit each.
    var opened: UInt64 = 0
    /// The tag that is open.
    var tag: UInt32 = 0
    /// Reading: where the content of the open tag ends.
    var end = 0
    /// Writing: the buffer to return to when the open tag is closed.
    var outer: ByteBuffer?

    /// One byte holds this count; no schema has more than five.
    static let countMax = 127
}
