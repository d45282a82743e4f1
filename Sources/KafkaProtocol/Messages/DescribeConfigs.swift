/// Reads settings of topics and brokers, defaults included.
public struct DescribeConfigsRequest: KafkaRequest {
    /// What a broker answers.
    public typealias Response = DescribeConfigsResponse
    /// The API it belongs to.
    public static var api: Api { .describeConfigs }

    /// Whose settings are asked for.
    public var resources: [DescribeConfigsResource] = []
    /// Whether to say where each value comes from.
    public var includeSynonyms = false
    /// Whether to say what each setting is about.
    public var includeDocumentation = false
    /// Tagged fields that no schema known here names.
    public var unknownTaggedFields: [TaggedField] = []

    /// A request with the schema's defaults.
    public init() {}

    /// Codes every field, in the order of the layout.
    public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
        try coder.array(&resources)
        try coder.bool(&includeSynonyms, from: 1, elseOnly: false)
        try coder.bool(&includeDocumentation, from: 3, elseOnly: false)
        try coder.tags(&unknownTaggedFields)
    }
}

extension DescribeConfigsRequest {
    /// A topic, a broker or another that has settings.
    public struct DescribeConfigsResource: WireStruct {
        /// Kafka's number of a topic's type.
        public static var topicType: Int8 { 2 }

        /// What it is: 2 a topic, 4 a broker.
        public var resourceType: Int8 = 0
        /// Its name.
        public var resourceName = ""
        /// The settings wanted; nil for all.
        public var configurationKeys: [String]?
        /// Tagged fields that no schema known here names.
        public var unknownTaggedFields: [TaggedField] = []

        /// A value with the schema's defaults.
        public init() {}

        /// Codes every field, in the order of the layout.
        public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
            try coder.integer(&resourceType)
            try coder.string(&resourceName)
            try coder.code(&configurationKeys)
            try coder.tags(&unknownTaggedFields)
        }
    }
}

/// The settings asked for.
public struct DescribeConfigsResponse: KafkaMessage {
    /// The API it belongs to.
    public static var api: Api { .describeConfigs }

    /// How long a quota made the broker hold this client back.
    public var throttleTimeMs: Int32 = 0
    /// What is said of each resource.
    public var results: [DescribeConfigsResult] = []
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

extension DescribeConfigsResponse {
    /// What is said of one resource.
    public struct DescribeConfigsResult: WireStruct {
        /// What went wrong, or `.none`.
        public var errorCode: ErrorCode = .none
        /// The same in words.
        public var errorMessage: String?
        /// What it is: 2 a topic, 4 a broker.
        public var resourceType: Int8 = 0
        /// Its name.
        public var resourceName = ""
        /// Its settings.
        public var configs: [DescribeConfigsResourceResult] = []
        /// Tagged fields that no schema known here names.
        public var unknownTaggedFields: [TaggedField] = []

        /// A value with the schema's defaults.
        public init() {}

        /// Codes every field, in the order of the layout.
        public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
            try coder.integer(&errorCode.rawValue)
            try coder.nullableString(&errorMessage)
            try coder.integer(&resourceType)
            try coder.string(&resourceName)
            try coder.array(&configs)
            try coder.tags(&unknownTaggedFields)
        }
    }

    /// One setting.
    public struct DescribeConfigsResourceResult: WireStruct {
        /// Kafka's name of it.
        public var name = ""
        /// The value at work; nil where it is secret.
        public var value: String?
        /// Whether it cannot be changed.
        public var readOnly = false
        /// Whether nobody set it (version 0).
        public var isDefault = false
        /// Where the value comes from: 1 the topic, 5 Kafka's own default.
        public var configSource: Int8 = -1
        /// Whether it is secret.
        public var isSensitive = false
        /// Where else a value would come from, first the one at work.
        public var synonyms: [DescribeConfigsSynonym] = []
        /// Of what type it is.
        public var configType: Int8 = 0
        /// What it is about.
        public var documentation: String?
        /// Tagged fields that no schema known here names.
        public var unknownTaggedFields: [TaggedField] = []

        /// A value with the schema's defaults.
        public init() {}

        /// Codes every field, in the order of the layout.
        public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
            try coder.string(&name)
            try coder.nullableString(&value)
            try coder.bool(&readOnly)
            try coder.bool(&isDefault, to: 0)
            try coder.integer(&configSource, from: 1)
            try coder.bool(&isSensitive)
            try coder.array(&synonyms, from: 1)
            try coder.integer(&configType, from: 3)
            try coder.nullableString(&documentation, from: 3)
            try coder.tags(&unknownTaggedFields)
        }
    }

    /// One place that a value comes from.
    public struct DescribeConfigsSynonym: WireStruct {
        /// The name it has there.
        public var name = ""
        /// The value.
        public var value: String?
        /// The place, by Kafka's number.
        public var source: Int8 = 0
        /// Tagged fields that no schema known here names.
        public var unknownTaggedFields: [TaggedField] = []

        /// A value with the schema's defaults.
        public init() {}

        /// Codes every field, in the order of the layout.
        public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
            try coder.string(&name)
            try coder.nullableString(&value)
            try coder.integer(&source)
            try coder.tags(&unknownTaggedFields)
        }
    }
}
