/// Moves the starts of logs up.
public struct DeleteRecordsRequest: KafkaRequest {
    /// What a broker answers.
    public typealias Response = DeleteRecordsResponse
    /// The API it belongs to.
    public static var api: Api { .deleteRecords }

    /// What is asked or said of each topic.
    public var topics: [DeleteRecordsTopic] = []
    /// How long the broker may take.
    public var timeoutMs: Int32 = 0
    /// Tagged fields that no schema known here names.
    public var unknownTaggedFields: [TaggedField] = []

    /// A request with the schema's defaults.
    public init() {}

    /// Codes every field, in the order of the layout.
    public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
        try coder.array(&topics)
        try coder.integer(&timeoutMs)
        try coder.tags(&unknownTaggedFields)
    }
}

extension DeleteRecordsRequest {
    /// What to delete from one topic.
    public struct DeleteRecordsTopic: WireStruct {
        /// The name of the topic.
        public var name = ""
        /// What is asked or said of each partition.
        public var partitions: [DeleteRecordsPartition] = []
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

    /// What to delete from one partition.
    public struct DeleteRecordsPartition: WireStruct {
        /// The number of the partition.
        public var partitionIndex: Int32 = 0
        /// The first offset to keep; -1 for the high watermark.
        public var offset: Int64 = 0
        /// Tagged fields that no schema known here names.
        public var unknownTaggedFields: [TaggedField] = []

        /// A value with the schema's defaults.
        public init() {}

        /// Codes every field, in the order of the layout.
        public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
            try coder.integer(&partitionIndex)
            try coder.integer(&offset)
            try coder.tags(&unknownTaggedFields)
        }
    }
}

/// Where the logs start now.
public struct DeleteRecordsResponse: KafkaMessage {
    /// The API it belongs to.
    public static var api: Api { .deleteRecords }

    /// How long a quota made the broker hold this client back.
    public var throttleTimeMs: Int32 = 0
    /// What is asked or said of each topic.
    public var topics: [DeleteRecordsTopicResult] = []
    /// Tagged fields that no schema known here names.
    public var unknownTaggedFields: [TaggedField] = []

    /// A response with the schema's defaults.
    public init() {}

    /// Codes every field, in the order of the layout.
    public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
        try coder.integer(&throttleTimeMs)
        try coder.array(&topics)
        try coder.tags(&unknownTaggedFields)
    }
}

extension DeleteRecordsResponse {
    /// The outcome for one topic.
    public struct DeleteRecordsTopicResult: WireStruct {
        /// The name of the topic.
        public var name = ""
        /// What is asked or said of each partition.
        public var partitions: [DeleteRecordsPartitionResult] = []
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

    /// The outcome for one partition.
    public struct DeleteRecordsPartitionResult: WireStruct {
        /// The number of the partition.
        public var partitionIndex: Int32 = 0
        /// The first offset that is kept.
        public var lowWatermark: Int64 = 0
        /// What went wrong, or `.none`.
        public var errorCode: ErrorCode = .none
        /// Tagged fields that no schema known here names.
        public var unknownTaggedFields: [TaggedField] = []

        /// A value with the schema's defaults.
        public init() {}

        /// Codes every field, in the order of the layout.
        public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
            try coder.integer(&partitionIndex)
            try coder.integer(&lowWatermark)
            try coder.integer(&errorCode.rawValue)
            try coder.tags(&unknownTaggedFields)
        }
    }
}
