/// Takes members out of a group.
public struct LeaveGroupRequest: KafkaRequest {
    /// What a broker answers.
    public typealias Response = LeaveGroupResponse
    /// The API it belongs to.
    public static var api: Api { .leaveGroup }

    /// The group.
    public var groupId = ""
    /// The member; empty where it has no id yet.
    public var memberId = ""
    /// The members.
    public var members: [MemberIdentity] = []
    /// Tagged fields that no schema known here names.
    public var unknownTaggedFields: [TaggedField] = []

    /// A message with the schema's defaults.
    public init() {}

    /// Codes every field, in the order of the layout.
    public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
        try coder.string(&groupId)
        try coder.string(&memberId, to: 2, elseOnly: "")
        try coder.array(&members, from: 3, elseOnly: [])
        try coder.tags(&unknownTaggedFields)
    }

    /// A member to be taken out.
    public struct MemberIdentity: WireStruct {
        /// The member; empty where it has no id yet.
        public var memberId = ""
        /// The name that a static member keeps through restarts, or null.
        public var groupInstanceId: String?
        /// Why, in words, or null.
        public var reason: String?
        /// Tagged fields that no schema known here names.
        public var unknownTaggedFields: [TaggedField] = []

        /// A value with the schema's defaults.
        public init() {}

        /// Codes every field, in the order of the layout.
        public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
            try coder.string(&memberId)
            try coder.nullableString(&groupInstanceId)
            try coder.nullableString(&reason, from: 5)
            try coder.tags(&unknownTaggedFields)
        }
    }
}

/// Whether they are out.
public struct LeaveGroupResponse: KafkaMessage {
    /// The API it belongs to.
    public static var api: Api { .leaveGroup }

    /// How long a quota made the broker hold this client back.
    public var throttleTimeMs: Int32 = 0
    /// What went wrong, or `.none`.
    public var errorCode: ErrorCode = .none
    /// The members.
    public var members: [MemberResponse] = []
    /// Tagged fields that no schema known here names.
    public var unknownTaggedFields: [TaggedField] = []

    /// A message with the schema's defaults.
    public init() {}

    /// Codes every field, in the order of the layout.
    public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
        try coder.integer(&throttleTimeMs, from: 1)
        try coder.integer(&errorCode.rawValue)
        try coder.array(&members, from: 3, elseOnly: [])
        try coder.tags(&unknownTaggedFields)
    }

    /// Whether a member is out.
    public struct MemberResponse: WireStruct {
        /// The member; empty where it has no id yet.
        public var memberId = ""
        /// The name that a static member keeps through restarts, or null.
        public var groupInstanceId: String?
        /// What went wrong, or `.none`.
        public var errorCode: ErrorCode = .none
        /// Tagged fields that no schema known here names.
        public var unknownTaggedFields: [TaggedField] = []

        /// A value with the schema's defaults.
        public init() {}

        /// Codes every field, in the order of the layout.
        public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
            try coder.string(&memberId)
            try coder.nullableString(&groupInstanceId)
            try coder.integer(&errorCode.rawValue)
            try coder.tags(&unknownTaggedFields)
        }
    }
}
