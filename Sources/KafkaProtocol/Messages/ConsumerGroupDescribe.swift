/// Asks for the state and the members of groups of the consumer protocol (KIP-848).
public struct ConsumerGroupDescribeRequest: KafkaRequest {
    /// What a broker answers.
    public typealias Response = ConsumerGroupDescribeResponse
    /// The API it belongs to.
    public static var api: Api { .consumerGroupDescribe }

    /// The groups.
    public var groupIds: [String] = []
    /// Whether the answer says what this client may do with each.
    public var includeAuthorizedOperations = false
    /// Tagged fields that no schema known here names.
    public var unknownTaggedFields: [TaggedField] = []

    /// A request with the schema's defaults.
    public init() {}

    /// Codes every field, in the order of the layout.
    public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
        try coder.strings(&groupIds)
        try coder.bool(&includeAuthorizedOperations)
        try coder.tags(&unknownTaggedFields)
    }
}

/// The state and the members of groups.
public struct ConsumerGroupDescribeResponse: KafkaMessage {
    /// The API it belongs to.
    public static var api: Api { .consumerGroupDescribe }

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
        try coder.integer(&throttleTimeMs)
        try coder.array(&groups)
        try coder.tags(&unknownTaggedFields)
    }
}

extension ConsumerGroupDescribeResponse {
    /// One group.
    public struct DescribedGroup: WireStruct {
        /// What went wrong, or `.none`.
        public var errorCode: ErrorCode = .none
        /// The error in the broker's words.
        public var errorMessage: String?
        /// The group.
        public var groupId = ""
        /// The state, by Kafka's name.
        public var groupState = ""
        /// The epoch of the group.
        public var groupEpoch: Int32 = 0
        /// The group's epoch that the target assignment was made for.
        public var assignmentEpoch: Int32 = 0
        /// The assignor in use.
        public var assignorName = ""
        /// The members.
        public var members: [Member] = []
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
            try coder.nullableString(&errorMessage)
            try coder.string(&groupId)
            try coder.string(&groupState)
            try coder.integer(&groupEpoch)
            try coder.integer(&assignmentEpoch)
            try coder.string(&assignorName)
            try coder.array(&members)
            try coder.integer(&authorizedOperations)
            try coder.tags(&unknownTaggedFields)
        }
    }

    /// A member of a group.
    public struct Member: WireStruct {
        /// The name that it gave itself.
        public var memberId = ""
        /// The name that a static member keeps through restarts.
        public var instanceId: String?
        /// The rack of the member.
        public var rackId: String?
        /// Its epoch.
        public var memberEpoch: Int32 = 0
        /// The name of its client.
        public var clientId = ""
        /// Where it connects from.
        public var clientHost = ""
        /// The topics that it subscribes to.
        public var subscribedTopicNames: [String] = []
        /// The pattern of the topics that it subscribes to.
        public var subscribedTopicRegex: String?
        /// What it has.
        public var assignment = Assignment()
        /// What it will have once the group has settled.
        public var targetAssignment = Assignment()
        /// 1 for a member of the consumer protocol, 0 for one of the classic, -1 unknown
        /// (KIP-1099).
        public var memberType: Int8 = -1
        /// Tagged fields that no schema known here names.
        public var unknownTaggedFields: [TaggedField] = []

        /// A value with the schema's defaults.
        public init() {}

        /// Codes every field, in the order of the layout.
        public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
            try coder.string(&memberId)
            try coder.nullableString(&instanceId)
            try coder.nullableString(&rackId)
            try coder.integer(&memberEpoch)
            try coder.string(&clientId)
            try coder.string(&clientHost)
            try coder.strings(&subscribedTopicNames)
            try coder.nullableString(&subscribedTopicRegex)
            try assignment.code(with: &coder)
            try targetAssignment.code(with: &coder)
            try coder.integer(&memberType, from: 1)
            try coder.tags(&unknownTaggedFields)
        }
    }

    /// What a member has.
    public struct Assignment: WireStruct {
        /// The partitions by topic.
        public var topicPartitions: [TopicPartitions] = []
        /// Tagged fields that no schema known here names.
        public var unknownTaggedFields: [TaggedField] = []

        /// A value with the schema's defaults.
        public init() {}

        /// Codes every field, in the order of the layout.
        public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
            try coder.array(&topicPartitions)
            try coder.tags(&unknownTaggedFields)
        }
    }

    /// Partitions of one topic.
    public struct TopicPartitions: WireStruct {
        /// The id of the topic.
        public var topicId: KafkaUUID = .zero
        /// The name of the topic.
        public var topicName = ""
        /// Its partitions.
        public var partitions: [Int32] = []
        /// Tagged fields that no schema known here names.
        public var unknownTaggedFields: [TaggedField] = []

        /// A value with the schema's defaults.
        public init() {}

        /// Codes every field, in the order of the layout.
        public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
            try coder.uuid(&topicId)
            try coder.string(&topicName)
            try coder.integers(&partitions)
            try coder.tags(&unknownTaggedFields)
        }
    }
}
