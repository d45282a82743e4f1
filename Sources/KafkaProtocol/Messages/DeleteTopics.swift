/// Deletes topics.
public struct DeleteTopicsRequest: KafkaRequest {
    /// What a broker answers.
    public typealias Response = DeleteTopicsResponse
    /// The API it belongs to.
    public static var api: Api { .deleteTopics }

    /// The topics to delete, from version 6 on.
    public var topics: [DeleteTopicState] = []
    /// The topics to delete, until version 5.
    public var topicNames: [String] = []
    /// How long the broker may take.
    public var timeoutMs: Int32 = 0
    /// Tagged fields that no schema known here names.
    public var unknownTaggedFields: [TaggedField] = []

    /// A request with the schema's defaults.
    public init() {}

    /// Codes every field, in the order of the layout.
    public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
        try coder.array(&topics, from: 6, elseOnly: [])
        try coder.strings(&topicNames, to: 5)
        try coder.integer(&timeoutMs)
        try coder.tags(&unknownTaggedFields)
    }
}

extension DeleteTopicsRequest {
    /// A topic to delete.
    public struct DeleteTopicState: WireStruct {
        /// The name of the topic; null when it is named by id.
        public var name: String?
        /// The id of the topic; zero when it is named by name.
        public var topicId: KafkaUUID = .zero
        /// Tagged fields that no schema known here names.
        public var unknownTaggedFields: [TaggedField] = []

        /// A value with the schema's defaults.
        public init() {}

        /// Codes every field, in the order of the layout.
        public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
            try coder.nullableString(&name)
            try coder.uuid(&topicId)
            try coder.tags(&unknownTaggedFields)
        }
    }
}

/// Which topics were deleted.
public struct DeleteTopicsResponse: KafkaMessage {
    /// The API it belongs to.
    public static var api: Api { .deleteTopics }

    /// How long a quota made the broker hold this client back.
    public var throttleTimeMs: Int32 = 0
    /// The outcome, by topic.
    public var responses: [DeletableTopicResult] = []
    /// Tagged fields that no schema known here names.
    public var unknownTaggedFields: [TaggedField] = []

    /// A response with the schema's defaults.
    public init() {}

    /// Codes every field, in the order of the layout.
    public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
        try coder.integer(&throttleTimeMs, from: 1)
        try coder.array(&responses)
        try coder.tags(&unknownTaggedFields)
    }
}

extension DeleteTopicsResponse {
    /// The outcome for one topic.
    public struct DeletableTopicResult: WireStruct {
        /// The name of the topic; null when its id is not known.
        public var name: String? = ""
        /// The id of the topic.
        public var topicId: KafkaUUID = .zero
        /// What went wrong, or `.none`.
        public var errorCode: ErrorCode = .none
        /// The error in the broker's words, where it has any.
        public var errorMessage: String?
        /// Tagged fields that no schema known here names.
        public var unknownTaggedFields: [TaggedField] = []

        /// A value with the schema's defaults.
        public init() {}

        /// Codes every field, in the order of the layout.
        public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
            try coder.nullableString(&name, nullableFrom: 6)
            try coder.uuid(&topicId, from: 6)
            try coder.integer(&errorCode.rawValue)
            try coder.nullableString(&errorMessage, from: 5)
            try coder.tags(&unknownTaggedFields)
        }
    }
}
