/// Deletes what a group committed for some partitions.
public struct OffsetDeleteRequest: KafkaRequest {
    /// What a broker answers.
    public typealias Response = OffsetDeleteResponse
    /// The API it belongs to.
    public static var api: Api { .offsetDelete }

    /// The group.
    public var groupId = ""
    /// What is asked of each topic.
    public var topics: [OffsetDeleteRequestTopic] = []

    /// A request with the schema's defaults.
    public init() {}

    /// Codes every field, in the order of the layout.
    public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
        try coder.string(&groupId)
        try coder.array(&topics)
    }
}

extension OffsetDeleteRequest {
    /// Partitions of a topic.
    public struct OffsetDeleteRequestTopic: WireStruct {
        /// The name of the topic.
        public var name = ""
        /// The numbers of the partitions.
        public var partitionIndexes: [Int32] = []

        /// A value with the schema's defaults.
        public init() {}

        /// Codes every field, in the order of the layout; the schema's struct of a partition is its
        /// number alone.
        public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
            try coder.string(&name)
            try coder.integers(&partitionIndexes)
        }
    }
}

/// Which commits were deleted.
public struct OffsetDeleteResponse: KafkaMessage {
    /// The API it belongs to.
    public static var api: Api { .offsetDelete }

    /// What went wrong with the request as a whole, or `.none`.
    public var errorCode: ErrorCode = .none
    /// How long a quota made the broker hold this client back.
    public var throttleTimeMs: Int32 = 0
    /// The outcome, by topic.
    public var topics: [OffsetDeleteResponseTopic] = []

    /// A response with the schema's defaults.
    public init() {}

    /// Codes every field, in the order of the layout.
    public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
        try coder.integer(&errorCode.rawValue)
        try coder.integer(&throttleTimeMs)
        try coder.array(&topics)
    }
}

extension OffsetDeleteResponse {
    /// The outcome for one topic.
    public struct OffsetDeleteResponseTopic: WireStruct {
        /// The name of the topic.
        public var name = ""
        /// The outcome, by partition.
        public var partitions: [OffsetDeleteResponsePartition] = []

        /// A value with the schema's defaults.
        public init() {}

        /// Codes every field, in the order of the layout.
        public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
            try coder.string(&name)
            try coder.array(&partitions)
        }
    }

    /// The outcome for one partition.
    public struct OffsetDeleteResponsePartition: WireStruct {
        /// The number of the partition.
        public var partitionIndex: Int32 = 0
        /// What went wrong, or `.none`.
        public var errorCode: ErrorCode = .none

        /// A value with the schema's defaults.
        public init() {}

        /// Codes every field, in the order of the layout.
        public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
            try coder.integer(&partitionIndex)
            try coder.integer(&errorCode.rawValue)
        }
    }
}
