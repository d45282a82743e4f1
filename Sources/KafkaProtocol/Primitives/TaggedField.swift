/// A tagged field that is not in the schema, kept as it came so that it can be passed on.
public struct TaggedField: Hashable, Sendable {
    /// Its number in the struct.
    public var tag: UInt32
    /// Its content, without its size.
    public var content: [UInt8]

    /// A tagged field with a content that is already encoded.
    public init(tag: UInt32, content: [UInt8]) {
        self.tag = tag
        self.content = content
    }
}
