/// Creates topics.
public struct CreateTopicsRequest: KafkaRequest {
    /// What a broker answers.
    public typealias Response = CreateTopicsResponse
    /// The API it belongs to.
    public static var api: Api { .createTopics }

    /// The topics to create.
    public var topics: [CreatableTopic] = []
    /// How long the broker may take.
    public var timeoutMs: Int32 = 60_000
    /// Whether to check only, and create nothing.
    public var validateOnly = false
    /// Tagged fields that no schema known here names.
    public var unknownTaggedFields: [TaggedField] = []

    /// A request with the schema's defaults.
    public init() {}

    /// Codes every field, in the order of the layout.
    public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
        try coder.array(&topics)
        try coder.integer(&timeoutMs)
        try coder.bool(&validateOnly, from: 1, elseOnly: false)
        try coder.tags(&unknownTaggedFields)
    }
}

extension CreateTopicsRequest {
    /// A topic to create.
    public struct CreatableTopic: WireStruct {
        /// The name of the topic.
        public var name = ""
        /// How many partitions; -1 for the broker's default, or when they are assigned by hand.
        public var numPartitions: Int32 = 0
        /// How many copies of each; -1 for the broker's default, or when they are assigned by hand.
        public var replicationFactor: Int16 = 0
        /// Which brokers keep which partition, unless that is left to the cluster.
        public var assignments: [CreatableReplicaAssignment] = []
        /// Settings that differ from the broker's.
        public var configs: [CreatableTopicConfig] = []
        /// Tagged fields that no schema known here names.
        public var unknownTaggedFields: [TaggedField] = []

        /// A value with the schema's defaults.
        public init() {}

        /// Codes every field, in the order of the layout.
        public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
            try coder.string(&name)
            try coder.integer(&numPartitions)
            try coder.integer(&replicationFactor)
            try coder.array(&assignments)
            try coder.array(&configs)
            try coder.tags(&unknownTaggedFields)
        }
    }

    /// The brokers that are to keep a partition.
    public struct CreatableReplicaAssignment: WireStruct {
        /// The number of the partition.
        public var partitionIndex: Int32 = 0
        /// The brokers, the preferred leader first.
        public var brokerIds: [Int32] = []
        /// Tagged fields that no schema known here names.
        public var unknownTaggedFields: [TaggedField] = []

        /// A value with the schema's defaults.
        public init() {}

        /// Codes every field, in the order of the layout.
        public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
            try coder.integer(&partitionIndex)
            try coder.integers(&brokerIds)
            try coder.tags(&unknownTaggedFields)
        }
    }

    /// A setting of a new topic.
    public struct CreatableTopicConfig: WireStruct {
        /// The name of the setting.
        public var name = ""
        /// Its value.
        public var value: String? = ""
        /// Tagged fields that no schema known here names.
        public var unknownTaggedFields: [TaggedField] = []

        /// A value with the schema's defaults.
        public init() {}

        /// Codes every field, in the order of the layout.
        public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
            try coder.string(&name)
            try coder.nullableString(&value)
            try coder.tags(&unknownTaggedFields)
        }
    }
}

/// Which topics were created.
public struct CreateTopicsResponse: KafkaMessage {
    /// The API it belongs to.
    public static var api: Api { .createTopics }

    /// How long a quota made the broker hold this client back.
    public var throttleTimeMs: Int32 = 0
    /// The outcome, by topic.
    public var topics: [CreatableTopicResult] = []
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

extension CreateTopicsResponse {
    /// The outcome for one topic.
    public struct CreatableTopicResult: WireStruct {
        /// The name of the topic.
        public var name = ""
        /// The id of the topic.
        public var topicId: KafkaUUID = .zero
        /// What went wrong, or `.none`.
        public var errorCode: ErrorCode = .none
        /// The error in the broker's words, where it has any.
        public var errorMessage: String? = ""
        /// Why the settings are not told, if they are not.
        public var topicConfigErrorCode: ErrorCode = .none
        /// How many partitions it has; -1 if unknown.
        public var numPartitions: Int32 = -1
        /// How many copies of each; -1 if unknown.
        public var replicationFactor: Int16 = -1
        /// The settings that it has; null when they are not told.
        public var configs: [CreatableTopicConfigs]? = []
        /// Tagged fields that no schema known here names.
        public var unknownTaggedFields: [TaggedField] = []

        /// A value with the schema's defaults.
        public init() {}

        /// Codes every field, in the order of the layout.
        public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
            try coder.string(&name)
            try coder.uuid(&topicId, from: 7)
            try coder.integer(&errorCode.rawValue)
            try coder.nullableString(&errorMessage, from: 1)
            try coder.integer(&numPartitions, from: 5)
            try coder.integer(&replicationFactor, from: 5)
            try coder.nullableArray(&configs, from: 5)
            guard coder.isFlexible else { return }
            var tags = try coder.beginTags()
            if try coder.tag(0, from: 5, in: &tags, isDefault: topicConfigErrorCode == .none) {
                try coder.integer(&topicConfigErrorCode.rawValue)
                try coder.closeTag(in: &tags)
            }
            try coder.endTags(&tags, unknown: &unknownTaggedFields)
        }
    }

    /// A setting that a new topic has.
    public struct CreatableTopicConfigs: WireStruct {
        /// The name of the setting.
        public var name = ""
        /// Its value; null when it is a secret.
        public var value: String? = ""
        /// Whether it cannot be changed.
        public var readOnly = false
        /// Where the value comes from, by Kafka's numbers; -1 if unknown.
        public var configSource: Int8 = -1
        /// Whether it is a secret.
        public var isSensitive = false
        /// Tagged fields that no schema known here names.
        public var unknownTaggedFields: [TaggedField] = []

        /// A value with the schema's defaults.
        public init() {}

        /// Codes every field, in the order of the layout.
        public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
            try coder.string(&name)
            try coder.nullableString(&value)
            try coder.bool(&readOnly)
            try coder.integer(&configSource)
            try coder.bool(&isSensitive)
            try coder.tags(&unknownTaggedFields)
        }
    }
}
