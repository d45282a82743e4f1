/// Joins a group of the newer protocol, lives in it and leaves it (KIP-848); what is null is as before.
public struct ConsumerGroupHeartbeatRequest: KafkaRequest {
    /// What a broker answers.
    public typealias Response = ConsumerGroupHeartbeatResponse
    /// The API it belongs to.
    public static var api: Api { .consumerGroupHeartbeat }

    /// The group.
    public var groupId = ""
    /// The member; empty where it has no id yet.
    public var memberId = ""
    /// The epoch of the member; 0 to join, -1 to leave, -2 to leave for a while.
    public var memberEpoch: Int32 = 0
    /// The name that a static member keeps through restarts, or null.
    public var instanceId: String?
    /// Where the member is, or null.
    public var rackId: String?
    /// How long a rebalance waits for the member; -1 for the session timeout.
    public var rebalanceTimeoutMs: Int32 = -1
    /// The topics that it subscribes to, or null.
    public var subscribedTopicNames: [String]?
    /// A pattern of topics that it subscribes to, or null.
    public var subscribedTopicRegex: String?
    /// The broker's assignor that it wants, or null.
    public var serverAssignor: String?
    /// The partitions that it has, or null.
    public var topicPartitions: [TopicPartitions]?
    /// Tagged fields that no schema known here names.
    public var unknownTaggedFields: [TaggedField] = []

    /// A message with the schema's defaults.
    public init() {}

    /// Codes every field, in the order of the layout.
    public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
        try coder.string(&groupId)
        try coder.string(&memberId)
        try coder.integer(&memberEpoch)
        try coder.nullableString(&instanceId)
        try coder.nullableString(&rackId)
        try coder.integer(&rebalanceTimeoutMs)
        try coder.code(&subscribedTopicNames)
        try coder.nullableString(&subscribedTopicRegex, from: 1, elseNull: true)
        try coder.nullableString(&serverAssignor)
        try coder.nullableArray(&topicPartitions)
        try coder.tags(&unknownTaggedFields)
    }

    /// Partitions of a topic.
    public struct TopicPartitions: WireStruct {
        /// The id of the topic.
        public var topicId: KafkaUUID = .zero
        /// The numbers of the partitions.
        public var partitions: [Int32] = []
        /// Tagged fields that no schema known here names.
        public var unknownTaggedFields: [TaggedField] = []

        /// A value with the schema's defaults.
        public init() {}

        /// Codes every field, in the order of the layout.
        public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
            try coder.uuid(&topicId)
            try coder.integers(&partitions)
            try coder.tags(&unknownTaggedFields)
        }
    }
}

/// The epoch of the member and, where that is new, what it is to have.
public struct ConsumerGroupHeartbeatResponse: KafkaMessage {
    /// The API it belongs to.
    public static var api: Api { .consumerGroupHeartbeat }

    /// How long a quota made the broker hold this client back.
    public var throttleTimeMs: Int32 = 0
    /// What went wrong, or `.none`.
    public var errorCode: ErrorCode = .none
    /// What went wrong, in words, or null.
    public var errorMessage: String?
    /// The member; empty where it has no id yet.
    public var memberId: String?
    /// The epoch of the member; 0 to join, -1 to leave, -2 to leave for a while.
    public var memberEpoch: Int32 = 0
    /// How long to wait before the next heartbeat.
    public var heartbeatIntervalMs: Int32 = 0
    /// What it is given.
    public var assignment: Assignment?
    /// Tagged fields that no schema known here names.
    public var unknownTaggedFields: [TaggedField] = []

    /// A message with the schema's defaults.
    public init() {}

    /// Codes every field, in the order of the layout.
    public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
        try coder.integer(&throttleTimeMs)
        try coder.integer(&errorCode.rawValue)
        try coder.nullableString(&errorMessage)
        try coder.nullableString(&memberId)
        try coder.integer(&memberEpoch)
        try coder.integer(&heartbeatIntervalMs)
        // A struct that may be null follows a byte: -1 for null.
        var mark: Int8 = assignment == nil ? -1 : 1
        try coder.integer(&mark)
        if mark < 0 {
            assignment = nil
        } else {
            var value = assignment ?? Assignment()
            try value.code(with: &coder)
            assignment = value
        }
        try coder.tags(&unknownTaggedFields)
    }

    /// What the member is to have.
    public struct Assignment: WireStruct {
        /// The partitions that it has, or null.
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
    /// Partitions of a topic.
    public typealias TopicPartitions = ConsumerGroupHeartbeatRequest.TopicPartitions
}
