/// Stores a group's offsets.
public struct OffsetCommitRequest: KafkaRequest {
    /// What a broker answers.
    public typealias Response = OffsetCommitResponse
    /// The API it belongs to.
    public static var api: Api { .offsetCommit }

    /// The group.
    public var groupId = ""
    /// The generation of the group, or the epoch of its member; -1 from outside a group.
    public var generationIdOrMemberEpoch: Int32 = -1
    /// The member that commits; empty from outside a group.
    public var memberId = ""
    /// The name that a static member keeps through restarts, or null.
    public var groupInstanceId: String?
    /// How long to keep the offsets; -1 as long as the broker is set to.
    public var retentionTimeMs: Int64 = -1
    /// What is asked or said of each topic.
    public var topics: [OffsetCommitRequestTopic] = []
    /// Tagged fields that no schema known here names.
    public var unknownTaggedFields: [TaggedField] = []

    /// A request with the schema's defaults.
    public init() {}

    /// Codes every field, in the order of the layout.
    public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
        try coder.string(&groupId)
        try coder.integer(&generationIdOrMemberEpoch, from: 1)
        try coder.string(&memberId, from: 1)
        try coder.nullableString(&groupInstanceId, from: 7, elseNull: true)
        try coder.integer(&retentionTimeMs, from: 2, to: 4)
        try coder.array(&topics)
        try coder.tags(&unknownTaggedFields)
    }
}

extension OffsetCommitRequest {
    /// The offsets for one topic.
    public struct OffsetCommitRequestTopic: WireStruct {
        /// The name of the topic.
        public var name = ""
        /// The id of the topic.
        public var topicId: KafkaUUID = .zero
        /// What is asked or said of each partition.
        public var partitions: [OffsetCommitRequestPartition] = []
        /// Tagged fields that no schema known here names.
        public var unknownTaggedFields: [TaggedField] = []

        /// A value with the schema's defaults.
        public init() {}

        /// Codes every field, in the order of the layout.
        public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
            try coder.string(&name, to: 9)
            try coder.uuid(&topicId, from: 10)
            try coder.array(&partitions)
            try coder.tags(&unknownTaggedFields)
        }
    }

    /// The offset for one partition.
    public struct OffsetCommitRequestPartition: WireStruct {
        /// The number of the partition.
        public var partitionIndex: Int32 = 0
        /// The offset to go on from.
        public var committedOffset: Int64 = 0
        /// The leader's term when the record before it was read; -1 if unknown.
        public var committedLeaderEpoch: Int32 = -1
        /// When it was committed, in version 1; -1 for now.
        public var commitTimestamp: Int64 = -1
        /// What the committer wants noted with it.
        public var committedMetadata: String? = ""
        /// Tagged fields that no schema known here names.
        public var unknownTaggedFields: [TaggedField] = []

        /// A value with the schema's defaults.
        public init() {}

        /// Codes every field, in the order of the layout.
        public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
            try coder.integer(&partitionIndex)
            try coder.integer(&committedOffset)
            try coder.integer(&committedLeaderEpoch, from: 6)
            try coder.integer(&commitTimestamp, from: 1, to: 1, elseOnly: -1)
            try coder.nullableString(&committedMetadata)
            try coder.tags(&unknownTaggedFields)
        }
    }
}

/// Whether the offsets were stored.
public struct OffsetCommitResponse: KafkaMessage {
    /// The API it belongs to.
    public static var api: Api { .offsetCommit }

    /// How long a quota made the broker hold this client back.
    public var throttleTimeMs: Int32 = 0
    /// What is asked or said of each topic.
    public var topics: [OffsetCommitResponseTopic] = []
    /// Tagged fields that no schema known here names.
    public var unknownTaggedFields: [TaggedField] = []

    /// A response with the schema's defaults.
    public init() {}

    /// Codes every field, in the order of the layout.
    public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
        try coder.integer(&throttleTimeMs, from: 3)
        try coder.array(&topics)
        try coder.tags(&unknownTaggedFields)
    }
}

extension OffsetCommitResponse {
    /// The outcome for one topic.
    public struct OffsetCommitResponseTopic: WireStruct {
        /// The name of the topic.
        public var name = ""
        /// The id of the topic.
        public var topicId: KafkaUUID = .zero
        /// What is asked or said of each partition.
        public var partitions: [OffsetCommitResponsePartition] = []
        /// Tagged fields that no schema known here names.
        public var unknownTaggedFields: [TaggedField] = []

        /// A value with the schema's defaults.
        public init() {}

        /// Codes every field, in the order of the layout.
        public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
            try coder.string(&name, to: 9)
            try coder.uuid(&topicId, from: 10)
            try coder.array(&partitions)
            try coder.tags(&unknownTaggedFields)
        }
    }

    /// The outcome for one partition.
    public struct OffsetCommitResponsePartition: WireStruct {
        /// The number of the partition.
        public var partitionIndex: Int32 = 0
        /// What went wrong, or `.none`.
        public var errorCode: ErrorCode = .none
        /// Tagged fields that no schema known here names.
        public var unknownTaggedFields: [TaggedField] = []

        /// A value with the schema's defaults.
        public init() {}

        /// Codes every field, in the order of the layout.
        public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
            try coder.integer(&partitionIndex)
            try coder.integer(&errorCode.rawValue)
            try coder.tags(&unknownTaggedFields)
        }
    }
}
