/// Adds partitions to topics.
public struct CreatePartitionsRequest: KafkaRequest {
    /// What a broker answers.
    public typealias Response = CreatePartitionsResponse
    /// The API it belongs to.
    public static var api: Api { .createPartitions }

    /// The topics.
    public var topics: [CreatePartitionsTopic] = []
    /// How long the broker may take.
    public var timeoutMs: Int32 = 0
    /// Whether to say only what would come of it.
    public var validateOnly = false
    /// Tagged fields that no schema known here names.
    public var unknownTaggedFields: [TaggedField] = []

    /// A request with the schema's defaults.
    public init() {}

    /// Codes every field, in the order of the layout.
    public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
        try coder.array(&topics)
        try coder.integer(&timeoutMs)
        try coder.bool(&validateOnly)
        try coder.tags(&unknownTaggedFields)
    }
}

extension CreatePartitionsRequest {
    /// A topic that gets partitions.
    public struct CreatePartitionsTopic: WireStruct {
        /// The name of the topic.
        public var name = ""
        /// How many partitions it has afterwards.
        public var count: Int32 = 0
        /// The brokers of each new partition; null leaves that to the controller.
        public var assignments: [CreatePartitionsAssignment]?
        /// Tagged fields that no schema known here names.
        public var unknownTaggedFields: [TaggedField] = []

        /// A value with the schema's defaults.
        public init() {}

        /// Codes every field, in the order of the layout.
        public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
            try coder.string(&name)
            try coder.integer(&count)
            try coder.nullableArray(&assignments)
            try coder.tags(&unknownTaggedFields)
        }
    }

    /// The replicas of one new partition.
    public struct CreatePartitionsAssignment: WireStruct {
        /// The brokers, the preferred leader first.
        public var brokerIds: [Int32] = []
        /// Tagged fields that no schema known here names.
        public var unknownTaggedFields: [TaggedField] = []

        /// A value with the schema's defaults.
        public init() {}

        /// Codes every field, in the order of the layout.
        public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
            try coder.integers(&brokerIds)
            try coder.tags(&unknownTaggedFields)
        }
    }
}

/// Whether the topics got their partitions.
public struct CreatePartitionsResponse: KafkaMessage {
    /// The API it belongs to.
    public static var api: Api { .createPartitions }

    /// How long a quota made the broker hold this client back.
    public var throttleTimeMs: Int32 = 0
    /// The outcome for each topic.
    public var results: [CreatePartitionsTopicResult] = []
    /// Tagged fields that no schema known here names.
    public var unknownTaggedFields: [TaggedField] = []

    /// A response with the schema's defaults.
    public init() {}

    /// Codes every field, in the order of the layout.
    public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
        try coder.integer(&throttleTimeMs)
        try coder.array(&results)
        try coder.tags(&unknownTaggedFields)
    }
}

extension CreatePartitionsResponse {
    /// The outcome for one topic.
    public struct CreatePartitionsTopicResult: WireStruct {
        /// The name of the topic.
        public var name = ""
        /// What went wrong, or `.none`.
        public var errorCode: ErrorCode = .none
        /// The error in the broker's words.
        public var errorMessage: String?
        /// Tagged fields that no schema known here names.
        public var unknownTaggedFields: [TaggedField] = []

        /// A value with the schema's defaults.
        public init() {}

        /// Codes every field, in the order of the layout.
        public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
            try coder.string(&name)
            try coder.integer(&errorCode.rawValue)
            try coder.nullableString(&errorMessage)
            try coder.tags(&unknownTaggedFields)
        }
    }
}
