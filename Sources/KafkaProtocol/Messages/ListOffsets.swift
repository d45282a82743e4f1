/// Finds offsets by timestamp, or the ends of logs.
public struct ListOffsetsRequest: KafkaRequest {
    /// What a broker answers.
    public typealias Response = ListOffsetsResponse
    /// The API it belongs to.
    public static var api: Api { .listOffsets }

    /// The broker that asks as a follower; -1 for a client.
    public var replicaId: Int32 = 0
    /// 0 reads everything, 1 only what no open or aborted transaction holds.
    public var isolationLevel: Int8 = 0
    /// What is asked or said of each topic.
    public var topics: [ListOffsetsTopic] = []
    /// How long to wait for storage that is far away.
    public var timeoutMs: Int32 = 0
    /// Tagged fields that no schema known here names.
    public var unknownTaggedFields: [TaggedField] = []

    /// A request with the schema's defaults.
    public init() {}

    /// Codes every field, in the order of the layout.
    public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
        try coder.integer(&replicaId)
        try coder.integer(&isolationLevel, from: 2, elseOnly: 0)
        try coder.array(&topics)
        try coder.integer(&timeoutMs, from: 10)
        try coder.tags(&unknownTaggedFields)
    }
}

extension ListOffsetsRequest {
    /// What to find in one topic.
    public struct ListOffsetsTopic: WireStruct {
        /// The name of the topic.
        public var name = ""
        /// What is asked or said of each partition.
        public var partitions: [ListOffsetsPartition] = []
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

    /// What to find in one partition.
    public struct ListOffsetsPartition: WireStruct {
        /// The number of the partition.
        public var partitionIndex: Int32 = 0
        /// The term of the leader that the client takes the broker for; -1 to skip the check.
        public var currentLeaderEpoch: Int32 = -1
        /// The earliest time of the record wanted, in milliseconds since 1970, or an end of the
        /// log.
        ///
        /// The ends: -1 the end, -2 the start, -3 the record of the highest timestamp, -4 the start
        /// of what is kept locally, -5 the end of what is kept remotely, -6 the first yet to be
        /// moved there.
        public var timestamp: Int64 = 0
        /// How many offsets to answer at most, in version 0.
        public var maxNumOffsets: Int32 = 1
        /// Tagged fields that no schema known here names.
        public var unknownTaggedFields: [TaggedField] = []

        /// A value with the schema's defaults.
        public init() {}

        /// Codes every field, in the order of the layout.
        public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
            try coder.integer(&partitionIndex)
            try coder.integer(&currentLeaderEpoch, from: 4)
            try coder.integer(&timestamp)
            try coder.integer(&maxNumOffsets, to: 0, elseOnly: 1)
            try coder.tags(&unknownTaggedFields)
        }
    }
}

/// The offsets found.
public struct ListOffsetsResponse: KafkaMessage {
    /// The API it belongs to.
    public static var api: Api { .listOffsets }

    /// How long a quota made the broker hold this client back.
    public var throttleTimeMs: Int32 = 0
    /// What is asked or said of each topic.
    public var topics: [ListOffsetsTopicResponse] = []
    /// Tagged fields that no schema known here names.
    public var unknownTaggedFields: [TaggedField] = []

    /// A response with the schema's defaults.
    public init() {}

    /// Codes every field, in the order of the layout.
    public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
        try coder.integer(&throttleTimeMs, from: 2)
        try coder.array(&topics)
        try coder.tags(&unknownTaggedFields)
    }
}

extension ListOffsetsResponse {
    /// What was found in one topic.
    public struct ListOffsetsTopicResponse: WireStruct {
        /// The name of the topic.
        public var name = ""
        /// What is asked or said of each partition.
        public var partitions: [ListOffsetsPartitionResponse] = []
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

    /// What was found in one partition.
    public struct ListOffsetsPartitionResponse: WireStruct {
        /// The number of the partition.
        public var partitionIndex: Int32 = 0
        /// What went wrong, or `.none`.
        public var errorCode: ErrorCode = .none
        /// The offsets found in version 0, falling.
        public var oldStyleOffsets: [Int64] = []
        /// The time of the record found; -1 if it has none or is an end of the log.
        public var timestamp: Int64 = -1
        /// The offset found; -1 for none.
        public var offset: Int64 = -1
        /// The leader's term of that offset; -1 if unknown.
        public var leaderEpoch: Int32 = -1
        /// Tagged fields that no schema known here names.
        public var unknownTaggedFields: [TaggedField] = []

        /// A value with the schema's defaults.
        public init() {}

        /// Codes every field, in the order of the layout.
        public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
            try coder.integer(&partitionIndex)
            try coder.integer(&errorCode.rawValue)
            try coder.integers(&oldStyleOffsets, to: 0)
            try coder.integer(&timestamp, from: 1)
            try coder.integer(&offset, from: 1)
            try coder.integer(&leaderEpoch, from: 4)
            try coder.tags(&unknownTaggedFields)
        }
    }
}
