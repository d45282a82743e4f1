/// Asks for what the leader gives to a member; the leader says what it gives to each.
public struct SyncGroupRequest: KafkaRequest {
    /// What a broker answers.
    public typealias Response = SyncGroupResponse
    /// The API it belongs to.
    public static var api: Api { .syncGroup }

    /// The group.
    public var groupId = ""
    /// The generation of the group; -1 for none.
    public var generationId: Int32 = 0
    /// The member; empty where it has no id yet.
    public var memberId = ""
    /// The name that a static member keeps through restarts, or null.
    public var groupInstanceId: String?
    /// What kind of group it is: consumers' is "consumer".
    public var protocolType: String?
    /// The assignor that all members can do with.
    public var protocolName: String?
    /// What each member is given; empty but from the leader.
    public var assignments: [SyncGroupRequestAssignment] = []
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
        try coder.nullableString(&protocolType, from: 5)
        try coder.nullableString(&protocolName, from: 5)
        try coder.array(&assignments)
        try coder.tags(&unknownTaggedFields)
    }

    /// What a member is given.
    public struct SyncGroupRequestAssignment: WireStruct {
        /// The member; empty where it has no id yet.
        public var memberId = ""
        /// What it is given.
        public var assignment: [UInt8] = []
        /// Tagged fields that no schema known here names.
        public var unknownTaggedFields: [TaggedField] = []

        /// A value with the schema's defaults.
        public init() {}

        /// Codes every field, in the order of the layout.
        public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
            try coder.string(&memberId)
            try coder.bytes(&assignment)
            try coder.tags(&unknownTaggedFields)
        }
    }
}

/// What the member is given.
public struct SyncGroupResponse: KafkaMessage {
    /// The API it belongs to.
    public static var api: Api { .syncGroup }

    /// How long a quota made the broker hold this client back.
    public var throttleTimeMs: Int32 = 0
    /// What went wrong, or `.none`.
    public var errorCode: ErrorCode = .none
    /// What kind of group it is: consumers' is "consumer".
    public var protocolType: String?
    /// The assignor that all members can do with.
    public var protocolName: String?
    /// What it is given.
    public var assignment: [UInt8] = []
    /// Tagged fields that no schema known here names.
    public var unknownTaggedFields: [TaggedField] = []

    /// A message with the schema's defaults.
    public init() {}

    /// Codes every field, in the order of the layout.
    public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
        try coder.integer(&throttleTimeMs, from: 1)
        try coder.integer(&errorCode.rawValue)
        try coder.nullableString(&protocolType, from: 5)
        try coder.nullableString(&protocolName, from: 5)
        try coder.bytes(&assignment)
        try coder.tags(&unknownTaggedFields)
    }
}
