/// Reads the stored offsets of a group, from version 8 on of several.
public struct OffsetFetchRequest: KafkaRequest {
    /// What a broker answers.
    public typealias Response = OffsetFetchResponse
    /// The API it belongs to.
    public static var api: Api { .offsetFetch }

    /// The group, until version 7.
    public var groupId = ""
    /// The partitions wanted, until version 7; null for all.
    public var topics: [OffsetFetchRequestTopic]? = []
    /// The groups and partitions wanted, from version 8 on.
    public var groups: [OffsetFetchRequestGroup] = []
    /// Whether offsets that an open transaction may still change are refused.
    public var requireStable = false
    /// Tagged fields that no schema known here names.
    public var unknownTaggedFields: [TaggedField] = []

    /// A request with the schema's defaults.
    public init() {}

    /// Codes every field, in the order of the layout.
    public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
        try coder.string(&groupId, to: 7, elseOnly: "")
        try coder.nullableArray(&topics, to: 7, nullableFrom: 2, elseOnly: [])
        try coder.array(&groups, from: 8, elseOnly: [])
        try coder.bool(&requireStable, from: 7, elseOnly: false)
        try coder.tags(&unknownTaggedFields)
    }
}

extension OffsetFetchRequest {
    /// Partitions of a topic, until version 7.
    public struct OffsetFetchRequestTopic: WireStruct {
        /// The name of the topic.
        public var name = ""
        /// The numbers of the partitions.
        public var partitionIndexes: [Int32] = []
        /// Tagged fields that no schema known here names.
        public var unknownTaggedFields: [TaggedField] = []

        /// A value with the schema's defaults.
        public init() {}

        /// Codes every field, in the order of the layout.
        public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
            try coder.string(&name)
            try coder.integers(&partitionIndexes)
            try coder.tags(&unknownTaggedFields)
        }
    }

    /// A group and the partitions wanted.
    public struct OffsetFetchRequestGroup: WireStruct {
        /// The group.
        public var groupId = ""
        /// The member that asks, or null.
        public var memberId: String?
        /// The epoch of that member; -1 for none.
        public var memberEpoch: Int32 = -1
        /// The partitions wanted; null for all.
        public var topics: [OffsetFetchRequestTopics]? = []
        /// Tagged fields that no schema known here names.
        public var unknownTaggedFields: [TaggedField] = []

        /// A value with the schema's defaults.
        public init() {}

        /// Codes every field, in the order of the layout.
        public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
            try coder.string(&groupId)
            try coder.nullableString(&memberId, from: 9)
            try coder.integer(&memberEpoch, from: 9)
            try coder.nullableArray(&topics)
            try coder.tags(&unknownTaggedFields)
        }
    }

    /// Partitions of a topic, from version 8 on.
    public struct OffsetFetchRequestTopics: WireStruct {
        /// The name of the topic.
        public var name = ""
        /// The id of the topic.
        public var topicId: KafkaUUID = .zero
        /// The numbers of the partitions.
        public var partitionIndexes: [Int32] = []
        /// Tagged fields that no schema known here names.
        public var unknownTaggedFields: [TaggedField] = []

        /// A value with the schema's defaults.
        public init() {}

        /// Codes every field, in the order of the layout.
        public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
            try coder.string(&name, to: 9)
            try coder.uuid(&topicId, from: 10)
            try coder.integers(&partitionIndexes)
            try coder.tags(&unknownTaggedFields)
        }
    }
}

/// The stored offsets of a group, from version 8 on of several.
public struct OffsetFetchResponse: KafkaMessage {
    /// The API it belongs to.
    public static var api: Api { .offsetFetch }

    /// How long a quota made the broker hold this client back.
    public var throttleTimeMs: Int32 = 0
    /// The offsets, until version 7.
    public var topics: [OffsetFetchResponseTopic] = []
    /// What went wrong with the request as a whole, until version 7.
    public var errorCode: ErrorCode = .none
    /// The offsets by group, from version 8 on.
    public var groups: [OffsetFetchResponseGroup] = []
    /// Tagged fields that no schema known here names.
    public var unknownTaggedFields: [TaggedField] = []

    /// A response with the schema's defaults.
    public init() {}

    /// Codes every field, in the order of the layout.
    public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
        try coder.integer(&throttleTimeMs, from: 3)
        try coder.array(&topics, to: 7)
        try coder.integer(&errorCode.rawValue, from: 2, to: 7)
        try coder.array(&groups, from: 8)
        try coder.tags(&unknownTaggedFields)
    }
}

extension OffsetFetchResponse {
    /// The offsets for one topic, until version 7.
    public struct OffsetFetchResponseTopic: WireStruct {
        /// The name of the topic.
        public var name = ""
        /// What is asked or said of each partition.
        public var partitions: [OffsetFetchResponsePartition] = []
        /// Tagged fields that no schema known here names.
        public var unknownTaggedFields: [TaggedField] = []

        /// A value with the schema's defaults.
        public init() {}

        /// Codes every field, in the order of the layout.
        public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
            try coder.string(&name)
            try coder.array(&partitions)
            try coder.tags(&unknownTaggedFields)
        }
    }

    /// The offset for one partition, until version 7.
    public struct OffsetFetchResponsePartition: WireStruct {
        /// The number of the partition.
        public var partitionIndex: Int32 = 0
        /// The offset to go on from; -1 where none is stored.
        public var committedOffset: Int64 = 0
        /// The leader's term when the record before it was read; -1 if unknown.
        public var committedLeaderEpoch: Int32 = -1
        /// What the committer noted with the offset.
        public var metadata: String? = ""
        /// What went wrong, or `.none`.
        public var errorCode: ErrorCode = .none
        /// Tagged fields that no schema known here names.
        public var unknownTaggedFields: [TaggedField] = []

        /// A value with the schema's defaults.
        public init() {}

        /// Codes every field, in the order of the layout.
        public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
            try coder.integer(&partitionIndex)
            try coder.integer(&committedOffset)
            try coder.integer(&committedLeaderEpoch, from: 5)
            try coder.nullableString(&metadata)
            try coder.integer(&errorCode.rawValue)
            try coder.tags(&unknownTaggedFields)
        }
    }

    /// The offsets of one group.
    public struct OffsetFetchResponseGroup: WireStruct {
        /// The group.
        public var groupId = ""
        /// What is asked or said of each topic.
        public var topics: [OffsetFetchResponseTopics] = []
        /// What went wrong with the group as a whole.
        public var errorCode: ErrorCode = .none
        /// Tagged fields that no schema known here names.
        public var unknownTaggedFields: [TaggedField] = []

        /// A value with the schema's defaults.
        public init() {}

        /// Codes every field, in the order of the layout.
        public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
            try coder.string(&groupId)
            try coder.array(&topics)
            try coder.integer(&errorCode.rawValue)
            try coder.tags(&unknownTaggedFields)
        }
    }

    /// The offsets for one topic, from version 8 on.
    public struct OffsetFetchResponseTopics: WireStruct {
        /// The name of the topic.
        public var name = ""
        /// The id of the topic.
        public var topicId: KafkaUUID = .zero
        /// What is asked or said of each partition.
        public var partitions: [OffsetFetchResponsePartitions] = []
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

    /// The offset for one partition, from version 8 on.
    public struct OffsetFetchResponsePartitions: WireStruct {
        /// The number of the partition.
        public var partitionIndex: Int32 = 0
        /// The offset to go on from; -1 where none is stored.
        public var committedOffset: Int64 = 0
        /// The leader's term when the record before it was read; -1 if unknown.
        public var committedLeaderEpoch: Int32 = -1
        /// What the committer noted with the offset.
        public var metadata: String? = ""
        /// What went wrong, or `.none`.
        public var errorCode: ErrorCode = .none
        /// Tagged fields that no schema known here names.
        public var unknownTaggedFields: [TaggedField] = []

        /// A value with the schema's defaults.
        public init() {}

        /// Codes every field, in the order of the layout.
        public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
            try coder.integer(&partitionIndex)
            try coder.integer(&committedOffset)
            try coder.integer(&committedLeaderEpoch)
            try coder.nullableString(&metadata)
            try coder.integer(&errorCode.rawValue)
            try coder.tags(&unknownTaggedFields)
        }
    }
}
