/// Reads record batches from partitions, waiting for them if need be.
public struct FetchRequest: KafkaRequest {
    /// What a broker answers.
    public typealias Response = FetchResponse
    /// The API it belongs to.
    public static var api: Api { .fetch }

    /// The cluster that the asker takes the broker for; a follower's check.
    public var clusterId: String?
    /// The broker that asks as a follower; -1 for a client.
    public var replicaId: Int32 = -1
    /// Who asks as a follower, from version 15 on.
    public var replicaState = ReplicaState()
    /// How long the broker may wait for `minBytes` to gather.
    public var maxWaitMs: Int32 = 0
    /// How many bytes make waiting end.
    public var minBytes: Int32 = 0
    /// How many bytes to send at most; the first batch comes whatever its size.
    public var maxBytes: Int32 = .max
    /// 0 reads everything, 1 only what no open or aborted transaction holds.
    public var isolationLevel: Int8 = 0
    /// The fetch session (KIP-227); 0 for none.
    public var sessionId: Int32 = 0
    /// The request's number in its session: 0 opens one, -1 does without.
    public var sessionEpoch: Int32 = -1
    /// What to read; in a session only what changed.
    public var topics: [FetchTopic] = []
    /// What the session need not read any more.
    public var forgottenTopicsData: [ForgottenTopic] = []
    /// Where the client stands, to be sent to a replica nearby.
    public var rackId = ""
    /// Tagged fields that no schema known here names.
    public var unknownTaggedFields: [TaggedField] = []

    /// A request with the schema's defaults.
    public init() {}

    /// Codes every field, in the order of the layout.
    public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
        try coder.integer(&replicaId, to: 14, elseOnly: -1)
        try coder.integer(&maxWaitMs)
        try coder.integer(&minBytes)
        try coder.integer(&maxBytes, from: 3)
        try coder.integer(&isolationLevel, from: 4)
        try coder.integer(&sessionId, from: 7)
        try coder.integer(&sessionEpoch, from: 7)
        try coder.array(&topics)
        try coder.array(&forgottenTopicsData, from: 7, elseOnly: [])
        try coder.string(&rackId, from: 11)
        guard coder.isFlexible else { return }
        var tags = try coder.beginTags()
        if try coder.tag(0, from: 12, in: &tags, isDefault: clusterId == nil) {
            try coder.nullableString(&clusterId)
            try coder.closeTag(in: &tags)
        }
        if try coder.tag(1, from: 15, in: &tags, isDefault: replicaState == ReplicaState()) {
            try replicaState.code(with: &coder)
            try coder.closeTag(in: &tags)
        }
        try coder.endTags(&tags, unknown: &unknownTaggedFields)
    }
}

extension FetchRequest {
    /// A follower and its run.
    public struct ReplicaState: WireStruct {
        /// The broker that asks as a follower; -1 for a client.
        public var replicaId: Int32 = -1
        /// The follower's registration with the controller; -1 if unknown.
        public var replicaEpoch: Int64 = -1
        /// Tagged fields that no schema known here names.
        public var unknownTaggedFields: [TaggedField] = []

        /// A value with the schema's defaults.
        public init() {}

        /// Codes every field, in the order of the layout.
        public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
            try coder.integer(&replicaId)
            try coder.integer(&replicaEpoch)
            try coder.tags(&unknownTaggedFields)
        }
    }

    /// What to read from one topic.
    public struct FetchTopic: WireStruct {
        /// The name of the topic, until ids replace it.
        public var topic = ""
        /// The id of the topic.
        public var topicId: KafkaUUID = .zero
        /// What is asked or said of each partition.
        public var partitions: [FetchPartition] = []
        /// Tagged fields that no schema known here names.
        public var unknownTaggedFields: [TaggedField] = []

        /// A value with the schema's defaults.
        public init() {}

        /// Codes every field, in the order of the layout.
        public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
            try coder.string(&topic, to: 12)
            try coder.uuid(&topicId, from: 13)
            try coder.array(&partitions)
            try coder.tags(&unknownTaggedFields)
        }
    }

    /// What to read from one partition.
    public struct FetchPartition: WireStruct {
        /// The number of the partition.
        public var partition: Int32 = 0
        /// The term of the leader that the client takes the broker for; -1 to skip the check.
        public var currentLeaderEpoch: Int32 = -1
        /// The first offset wanted.
        public var fetchOffset: Int64 = 0
        /// The leader's term of the record read last; -1 if none was.
        public var lastFetchedEpoch: Int32 = -1
        /// The first offset that the follower keeps; -1 from a client.
        public var logStartOffset: Int64 = -1
        /// How many bytes to send of this partition at most.
        public var partitionMaxBytes: Int32 = 0
        /// The folder where the follower keeps the partition.
        public var replicaDirectoryId: KafkaUUID = .zero
        /// The high watermark that the follower knows; the greatest integer if it does not say.
        public var highWatermark: Int64 = .max
        /// Tagged fields that no schema known here names.
        public var unknownTaggedFields: [TaggedField] = []

        /// A value with the schema's defaults.
        public init() {}

        /// Codes every field, in the order of the layout.
        public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
            try coder.integer(&partition)
            try coder.integer(&currentLeaderEpoch, from: 9)
            try coder.integer(&fetchOffset)
            try coder.integer(&lastFetchedEpoch, from: 12, elseOnly: -1)
            try coder.integer(&logStartOffset, from: 5)
            try coder.integer(&partitionMaxBytes)
            guard coder.isFlexible else { return }
            var tags = try coder.beginTags()
            if try coder.tag(0, from: 17, in: &tags, isDefault: replicaDirectoryId == .zero) {
                try coder.uuid(&replicaDirectoryId)
                try coder.closeTag(in: &tags)
            }
            if try coder.tag(1, from: 18, in: &tags, isDefault: highWatermark == .max) {
                try coder.integer(&highWatermark)
                try coder.closeTag(in: &tags)
            }
            try coder.endTags(&tags, unknown: &unknownTaggedFields)
        }
    }

    /// Partitions of a topic that leave the session.
    public struct ForgottenTopic: WireStruct {
        /// The name of the topic, until ids replace it.
        public var topic = ""
        /// The id of the topic.
        public var topicId: KafkaUUID = .zero
        /// The numbers of the partitions.
        public var partitions: [Int32] = []
        /// Tagged fields that no schema known here names.
        public var unknownTaggedFields: [TaggedField] = []

        /// A value with the schema's defaults.
        public init() {}

        /// Codes every field, in the order of the layout.
        public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
            try coder.string(&topic, to: 12)
            try coder.uuid(&topicId, from: 13)
            try coder.integers(&partitions)
            try coder.tags(&unknownTaggedFields)
        }
    }
}
