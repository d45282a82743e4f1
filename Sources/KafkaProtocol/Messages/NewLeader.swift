// What responses of Produce and Fetch say of partitions that are led by another broker (KIP-951).

/// Who leads a partition.
public struct LeaderIdAndEpoch: WireStruct {
    /// The broker that leads the partition; -1 for none.
    public var leaderId: Int32 = -1
    /// The term of that leader; -1 if unknown.
    public var leaderEpoch: Int32 = -1
    /// Tagged fields that no schema known here names.
    public var unknownTaggedFields: [TaggedField] = []

    /// A value with the schema's defaults.
    public init() {}

    /// Codes every field, in the order of the layout.
    public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
        try coder.integer(&leaderId)
        try coder.integer(&leaderEpoch)
        try coder.tags(&unknownTaggedFields)
    }
}

/// Where a broker listens.
public struct NodeEndpoint: WireStruct {
    /// The id of the broker.
    public var nodeId: Int32 = 0
    /// Where it listens.
    public var host = ""
    /// The port it listens on.
    public var port: Int32 = 0
    /// Where the broker stands, if it says so.
    public var rack: String?
    /// Tagged fields that no schema known here names.
    public var unknownTaggedFields: [TaggedField] = []

    /// A value with the schema's defaults.
    public init() {}

    /// Codes every field, in the order of the layout.
    public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
        try coder.integer(&nodeId)
        try coder.string(&host)
        try coder.integer(&port)
        try coder.nullableString(&rack)
        try coder.tags(&unknownTaggedFields)
    }
}
