/// Asks for the state and the members of groups of the classic protocol.
public struct DescribeGroupsRequest: KafkaRequest {
    /// What a broker answers.
    public typealias Response = DescribeGroupsResponse
    /// The API it belongs to.
    public static var api: Api { .describeGroups }

    /// The groups.
    public var groups: [String] = []
    /// Whether the answer says what this client may do with each.
    public var includeAuthorizedOperations = false
    /// Tagged fields that no schema known here names.
    public var unknownTaggedFields: [TaggedField] = []

    /// A request with the schema's defaults.
    public init() {}

    /// Codes every field, in the order of the layout.
    public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
        try coder.strings(&groups)
        try coder.bool(&includeAuthorizedOperations, from: 3, elseOnly: false)
        try coder.tags(&unknownTaggedFields)
    }
}

/// The state and the members of groups.
public struct DescribeGroupsResponse: KafkaMessage {
    /// The API it belongs to.
    public static var api: Api { .describeGroups }

    /// How long a quota made the broker hold this client back.
    public var throttleTimeMs: Int32 = 0
    /// The groups.
    public var groups: [DescribedGroup] = []
    /// Tagged fields that no schema known here names.
    public var unknownTaggedFields: [TaggedField] = []

    /// A response with the schema's defaults.
    public init() {}

    /// Codes every field, in the order of the layout.
    public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
        try coder.integer(&throttleTimeMs, from: 1)
        try coder.array(&groups)
        try coder.tags(&unknownTaggedFields)
    }
}

extension DescribeGroupsResponse {
    /// One group.
    public struct DescribedGroup: WireStruct {
        /// What went wrong, or `.none`.
        public var errorCode: ErrorCode = .none
        /// The error in the broker's words, where it has any.
        public var errorMessage: String?
        /// The group.
        public var groupId = ""
        /// The state, by Kafka's name: `Empty` without members, `Dead` for a group that is not
        /// there.
        public var groupState = ""
        /// `consumer` for groups of consumers; empty for one that never had a member.
        public var protocolType = ""
        /// The assignor that the members share; empty unless the group is stable.
        public var protocolData = ""
        /// The members.
        public var members: [DescribedGroupMember] = []
        /// What this client may do with the group, a bit each; the least number when it was not
        /// asked for.
        public var authorizedOperations: Int32 = .min
        /// Tagged fields that no schema known here names.
        public var unknownTaggedFields: [TaggedField] = []

        /// A value with the schema's defaults.
        public init() {}

        /// Codes every field, in the order of the layout.
        public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
            try coder.integer(&errorCode.rawValue)
            try coder.nullableString(&errorMessage, from: 6)
            try coder.string(&groupId)
            try coder.string(&groupState)
            try coder.string(&protocolType)
            try coder.string(&protocolData)
            try coder.array(&members)
            try coder.integer(&authorizedOperations, from: 3)
            try coder.tags(&unknownTaggedFields)
        }
    }

    /// A member of a group.
    public struct DescribedGroupMember: WireStruct {
        /// The name that the coordinator gave it.
        public var memberId = ""
        /// The name that it gave itself to stay a member over restarts, or null.
        public var groupInstanceId: String?
        /// The name of its client.
        public var clientId = ""
        /// Where it connects from.
        public var clientHost = ""
        /// What it subscribes to; empty unless the group is stable.
        public var memberMetadata: [UInt8] = []
        /// What it was given; empty unless the group is stable.
        public var memberAssignment: [UInt8] = []
        /// Tagged fields that no schema known here names.
        public var unknownTaggedFields: [TaggedField] = []

        /// A value with the schema's defaults.
        public init() {}

        /// Codes every field, in the order of the layout.
        public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
            try coder.string(&memberId)
            try coder.nullableString(&groupInstanceId, from: 4)
            try coder.string(&clientId)
            try coder.string(&clientHost)
            try coder.bytes(&memberMetadata)
            try coder.bytes(&memberAssignment)
            try coder.tags(&unknownTaggedFields)
        }
    }
}
