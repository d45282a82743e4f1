/// Asks for the brokers, and for topics with the leaders of their partitions.
public struct MetadataRequest: KafkaRequest {
    /// What a broker answers.
    public typealias Response = MetadataResponse
    /// The API it belongs to.
    public static var api: Api { .metadata }

    /// The topics wanted; null for all (in version 0 an empty list means all).
    public var topics: [MetadataRequestTopic]? = []
    /// Whether the broker may create a topic that it does not know.
    public var allowAutoTopicCreation = true
    /// Whether to say what the client may do with the cluster.
    public var includeClusterAuthorizedOperations = false
    /// Whether to say what the client may do with each topic.
    public var includeTopicAuthorizedOperations = false
    /// Tagged fields that no schema known here names.
    public var unknownTaggedFields: [TaggedField] = []

    /// A request with the schema's defaults.
    public init() {}

    /// Codes every field, in the order of the layout.
    public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
        try coder.nullableArray(&topics, nullableFrom: 1)
        try coder.bool(&allowAutoTopicCreation, from: 4, elseOnly: true)
        try coder.bool(&includeClusterAuthorizedOperations, from: 8, to: 10, elseOnly: false)
        try coder.bool(&includeTopicAuthorizedOperations, from: 8, elseOnly: false)
        try coder.tags(&unknownTaggedFields)
    }
}

extension MetadataRequest {
    /// A topic that is asked for.
    public struct MetadataRequestTopic: WireStruct {
        /// The id of the topic; zero when it is asked for by name.
        public var topicId: KafkaUUID = .zero
        /// The name of the topic; null when it is asked for by id.
        public var name: String? = ""
        /// Tagged fields that no schema known here names.
        public var unknownTaggedFields: [TaggedField] = []

        /// A value with the schema's defaults.
        public init() {}

        /// Codes every field, in the order of the layout.
        public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
            try coder.uuid(&topicId, from: 10)
            try coder.nullableString(&name, nullableFrom: 10)
            try coder.tags(&unknownTaggedFields)
        }
    }
}

/// The brokers, and topics with the leaders of their partitions.
public struct MetadataResponse: KafkaMessage {
    /// The API it belongs to.
    public static var api: Api { .metadata }

    /// How long a quota made the broker hold this client back.
    public var throttleTimeMs: Int32 = 0
    /// The brokers that are alive.
    public var brokers: [MetadataResponseBroker] = []
    /// The name that the cluster gave itself.
    public var clusterId: String?
    /// The broker that topics are created through; -1 for none.
    public var controllerId: Int32 = -1
    /// The topics asked for.
    public var topics: [MetadataResponseTopic] = []
    /// A bit for each thing that the client may do with the cluster; the least integer if not
    /// asked.
    public var clusterAuthorizedOperations: Int32 = .min
    /// What went wrong with the request as a whole.
    public var errorCode: ErrorCode = .none
    /// Tagged fields that no schema known here names.
    public var unknownTaggedFields: [TaggedField] = []

    /// A response with the schema's defaults.
    public init() {}

    /// Codes every field, in the order of the layout.
    public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
        try coder.integer(&throttleTimeMs, from: 3)
        try coder.array(&brokers)
        try coder.nullableString(&clusterId, from: 2)
        try coder.integer(&controllerId, from: 1)
        try coder.array(&topics)
        try coder.integer(&clusterAuthorizedOperations, from: 8, to: 10)
        try coder.integer(&errorCode.rawValue, from: 13)
        try coder.tags(&unknownTaggedFields)
    }
}

extension MetadataResponse {
    /// A broker and where it listens.
    public struct MetadataResponseBroker: WireStruct {
        /// The id of the broker.
        public var nodeId: Int32 = 0
        /// Where it listens.
        public var host = ""
        /// The port it listens on.
        public var port: Int32 = 0
        /// Where the broker stands, if it says so.
        public var rack: String?
        /// Tagged fields that no schema known here names.
        public var unknownTaggedFields: [TaggedField] = []

        /// A value with the schema's defaults.
        public init() {}

        /// Codes every field, in the order of the layout.
        public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
            try coder.integer(&nodeId)
            try coder.string(&host)
            try coder.integer(&port)
            try coder.nullableString(&rack, from: 1)
            try coder.tags(&unknownTaggedFields)
        }
    }

    /// A topic and its partitions.
    public struct MetadataResponseTopic: WireStruct {
        /// What went wrong, or `.none`.
        public var errorCode: ErrorCode = .none
        /// The name of the topic; null when its id is not known.
        public var name: String? = ""
        /// The id of the topic.
        public var topicId: KafkaUUID = .zero
        /// Whether Kafka keeps the topic for itself.
        public var isInternal = false
        /// What is asked or said of each partition.
        public var partitions: [MetadataResponsePartition] = []
        /// A bit for each thing that the client may do with the topic; the least integer if not
        /// asked.
        public var topicAuthorizedOperations: Int32 = .min
        /// Tagged fields that no schema known here names.
        public var unknownTaggedFields: [TaggedField] = []

        /// A value with the schema's defaults.
        public init() {}

        /// Codes every field, in the order of the layout.
        public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
            try coder.integer(&errorCode.rawValue)
            try coder.nullableString(&name, nullableFrom: 12)
            try coder.uuid(&topicId, from: 10)
            try coder.bool(&isInternal, from: 1)
            try coder.array(&partitions)
            try coder.integer(&topicAuthorizedOperations, from: 8)
            try coder.tags(&unknownTaggedFields)
        }
    }

    /// A partition and who keeps it.
    public struct MetadataResponsePartition: WireStruct {
        /// What went wrong, or `.none`.
        public var errorCode: ErrorCode = .none
        /// The number of the partition.
        public var partitionIndex: Int32 = 0
        /// The broker that leads the partition; -1 for none.
        public var leaderId: Int32 = 0
        /// The term of that leader; -1 if unknown.
        public var leaderEpoch: Int32 = -1
        /// The brokers that keep a copy.
        public var replicaNodes: [Int32] = []
        /// The brokers whose copy is up to date.
        public var isrNodes: [Int32] = []
        /// The brokers that should keep a copy and are away.
        public var offlineReplicas: [Int32] = []
        /// Tagged fields that no schema known here names.
        public var unknownTaggedFields: [TaggedField] = []

        /// A value with the schema's defaults.
        public init() {}

        /// Codes every field, in the order of the layout.
        public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
            try coder.integer(&errorCode.rawValue)
            try coder.integer(&partitionIndex)
            try coder.integer(&leaderId)
            try coder.integer(&leaderEpoch, from: 7)
            try coder.integers(&replicaNodes)
            try coder.integers(&isrNodes)
            try coder.integers(&offlineReplicas, from: 5)
            try coder.tags(&unknownTaggedFields)
        }
    }
}
