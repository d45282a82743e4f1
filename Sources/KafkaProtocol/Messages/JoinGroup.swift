/// Asks to be a member of a group, and says what with; it is answered when the group is complete.
public struct JoinGroupRequest: KafkaRequest {
    /// What a broker answers.
    public typealias Response = JoinGroupResponse
    /// The API it belongs to.
    public static var api: Api { .joinGroup }

    /// The group.
    public var groupId = ""
    /// After how long without a heartbeat the member counts as dead.
    public var sessionTimeoutMs: Int32 = 0
    /// How long a rebalance waits for the member; -1 for the session timeout.
    public var rebalanceTimeoutMs: Int32 = -1
    /// The member; empty where it has no id yet.
    public var memberId = ""
    /// The name that a static member keeps through restarts, or null.
    public var groupInstanceId: String?
    /// What kind of group it is: consumers' is "consumer".
    public var protocolType = ""
    /// The assignors, the preferred one first.
    public var protocols: [JoinGroupRequestProtocol] = []
    /// Why, in words, or null.
    public var reason: String?
    /// Tagged fields that no schema known here names.
    public var unknownTaggedFields: [TaggedField] = []

    /// A message with the schema's defaults.
    public init() {}

    /// Codes every field, in the order of the layout.
    public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
        try coder.string(&groupId)
        try coder.integer(&sessionTimeoutMs)
        try coder.integer(&rebalanceTimeoutMs, from: 1)
        try coder.string(&memberId)
        try coder.nullableString(&groupInstanceId, from: 5, elseNull: true)
        try coder.string(&protocolType)
        try coder.array(&protocols)
        try coder.nullableString(&reason, from: 8)
        try coder.tags(&unknownTaggedFields)
    }

    /// An assignor that the member can do with, and what it would tell it.
    public struct JoinGroupRequestProtocol: WireStruct {
        /// The name of the assignor.
        public var name = ""
        /// What the assignor is told; for consumers the subscription.
        public var metadata: [UInt8] = []
        /// Tagged fields that no schema known here names.
        public var unknownTaggedFields: [TaggedField] = []

        /// A value with the schema's defaults.
        public init() {}

        /// Codes every field, in the order of the layout.
        public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
            try coder.string(&name)
            try coder.bytes(&metadata)
            try coder.tags(&unknownTaggedFields)
        }
    }
}

/// Who a member is in the new generation of its group; the leader is told of all members.
public struct JoinGroupResponse: KafkaMessage {
    /// The API it belongs to.
    public static var api: Api { .joinGroup }

    /// How long a quota made the broker hold this client back.
    public var throttleTimeMs: Int32 = 0
    /// What went wrong, or `.none`.
    public var errorCode: ErrorCode = .none
    /// The generation of the group; -1 for none.
    public var generationId: Int32 = -1
    /// What kind of group it is: consumers' is "consumer".
    public var protocolType: String?
    /// The assignor that all members can do with.
    public var protocolName: String?
    /// The member that shares out.
    public var leader = ""
    /// Whether the leader leaves the assignment as it is.
    public var skipAssignment = false
    /// The member; empty where it has no id yet.
    public var memberId = ""
    /// The members.
    public var members: [JoinGroupResponseMember] = []
    /// Tagged fields that no schema known here names.
    public var unknownTaggedFields: [TaggedField] = []

    /// A message with the schema's defaults.
    public init() {}

    /// Codes every field, in the order of the layout.
    public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
        try coder.integer(&throttleTimeMs, from: 2)
        try coder.integer(&errorCode.rawValue)
        try coder.integer(&generationId)
        try coder.nullableString(&protocolType, from: 7)
        try coder.nullableString(&protocolName, nullableFrom: 7)
        try coder.string(&leader)
        try coder.bool(&skipAssignment, from: 9)
        try coder.string(&memberId)
        try coder.array(&members)
        try coder.tags(&unknownTaggedFields)
    }

    /// A member, as the leader is told of it.
    public struct JoinGroupResponseMember: WireStruct {
        /// The member; empty where it has no id yet.
        public var memberId = ""
        /// The name that a static member keeps through restarts, or null.
        public var groupInstanceId: String?
        /// What the assignor is told; for consumers the subscription.
        public var metadata: [UInt8] = []
        /// Tagged fields that no schema known here names.
        public var unknownTaggedFields: [TaggedField] = []

        /// A value with the schema's defaults.
        public init() {}

        /// Codes every field, in the order of the layout.
        public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
            try coder.string(&memberId)
            try coder.nullableString(&groupInstanceId, from: 5, elseNull: true)
            try coder.bytes(&metadata)
            try coder.tags(&unknownTaggedFields)
        }
    }
}
