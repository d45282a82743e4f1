/// Lists the groups that a broker coordinates.
public struct ListGroupsRequest: KafkaRequest {
    /// What a broker answers.
    public typealias Response = ListGroupsResponse
    /// The API it belongs to.
    public static var api: Api { .listGroups }

    /// The states wanted, by Kafka's names; empty for all.
    public var statesFilter: [String] = []
    /// The types wanted, by Kafka's names; empty for all.
    public var typesFilter: [String] = []
    /// Tagged fields that no schema known here names.
    public var unknownTaggedFields: [TaggedField] = []

    /// A request with the schema's defaults.
    public init() {}

    /// Codes every field, in the order of the layout.
    public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
        try coder.strings(&statesFilter, from: 4, elseOnly: [])
        try coder.strings(&typesFilter, from: 5, elseOnly: [])
        try coder.tags(&unknownTaggedFields)
    }
}

/// The groups that a broker coordinates.
public struct ListGroupsResponse: KafkaMessage {
    /// The API it belongs to.
    public static var api: Api { .listGroups }

    /// How long a quota made the broker hold this client back.
    public var throttleTimeMs: Int32 = 0
    /// What went wrong, or `.none`.
    public var errorCode: ErrorCode = .none
    /// The groups.
    public var groups: [ListedGroup] = []
    /// Tagged fields that no schema known here names.
    public var unknownTaggedFields: [TaggedField] = []

    /// A response with the schema's defaults.
    public init() {}

    /// Codes every field, in the order of the layout.
    public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
        try coder.integer(&throttleTimeMs, from: 1)
        try coder.integer(&errorCode.rawValue)
        try coder.array(&groups)
        try coder.tags(&unknownTaggedFields)
    }
}

extension ListGroupsResponse {
    /// One group.
    public struct ListedGroup: WireStruct {
        /// The group.
        public var groupId = ""
        /// `consumer` for groups of consumers; empty for one that never had a member.
        public var protocolType = ""
        /// The state, by Kafka's name: `Empty` without members.
        public var groupState = ""
        /// The type, by Kafka's name: `classic`, `consumer` or another.
        public var groupType = ""
        /// Tagged fields that no schema known here names.
        public var unknownTaggedFields: [TaggedField] = []

        /// A value with the schema's defaults.
        public init() {}

        /// Codes every field, in the order of the layout.
        public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
            try coder.string(&groupId)
            try coder.string(&protocolType)
            try coder.string(&groupState, from: 4)
            try coder.string(&groupType, from: 5)
            try coder.tags(&unknownTaggedFields)
        }
    }
}
