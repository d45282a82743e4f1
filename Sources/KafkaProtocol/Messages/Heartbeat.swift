/// Says that a member of a group lives.
public struct HeartbeatRequest: KafkaRequest {
    /// What a broker answers.
    public typealias Response = HeartbeatResponse
    /// The API it belongs to.
    public static var api: Api { .heartbeat }

    /// The group.
    public var groupId = ""
    /// The generation of the group; -1 for none.
    public var generationId: Int32 = 0
    /// The member; empty where it has no id yet.
    public var memberId = ""
    /// The name that a static member keeps through restarts, or null.
    public var groupInstanceId: String?
    /// Tagged fields that no schema known here names.
    public var unknownTaggedFields: [TaggedField] = []

    /// A message with the schema's defaults.
    public init() {}

    /// Codes every field, in the order of the layout.
    public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
        try coder.string(&groupId)
        try coder.integer(&generationId)
        try coder.string(&memberId)
        try coder.nullableString(&groupInstanceId, from: 3, elseNull: true)
        try coder.tags(&unknownTaggedFields)
    }
}

/// Whether the member is one still, and its group as it was.
public struct HeartbeatResponse: KafkaMessage {
    /// The API it belongs to.
    public static var api: Api { .heartbeat }

    /// How long a quota made the broker hold this client back.
    public var throttleTimeMs: Int32 = 0
    /// What went wrong, or `.none`.
    public var errorCode: ErrorCode = .none
    /// Tagged fields that no schema known here names.
    public var unknownTaggedFields: [TaggedField] = []

    /// A message with the schema's defaults.
    public init() {}

    /// Codes every field, in the order of the layout.
    public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
        try coder.integer(&throttleTimeMs, from: 1)
        try coder.integer(&errorCode.rawValue)
        try coder.tags(&unknownTaggedFields)
    }
}
