/// Record batches of partitions, and how far they reach.
public struct FetchResponse: KafkaMessage {
    /// The API it belongs to.
    public static var api: Api { .fetch }

    /// How long a quota made the broker hold this client back.
    public var throttleTimeMs: Int32 = 0
    /// What went wrong with the request or its session as a whole.
    public var errorCode: ErrorCode = .none
    /// The fetch session; 0 for none.
    public var sessionId: Int32 = 0
    /// What was read, by topic.
    public var responses: [FetchableTopicResponse] = []
    /// Where the leaders named above listen.
    public var nodeEndpoints: [NodeEndpoint] = []
    /// Tagged fields that no schema known here names.
    public var unknownTaggedFields: [TaggedField] = []

    /// A response with the schema's defaults.
    public init() {}

    /// Codes every field, in the order of the layout.
    public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
        try coder.integer(&throttleTimeMs, from: 1)
        try coder.integer(&errorCode.rawValue, from: 7)
        try coder.integer(&sessionId, from: 7)
        try coder.array(&responses)
        guard coder.isFlexible else { return }
        var tags = try coder.beginTags()
        if try coder.tag(0, from: 16, in: &tags, isDefault: nodeEndpoints.isEmpty) {
            try coder.array(&nodeEndpoints)
            try coder.closeTag(in: &tags)
        }
        try coder.endTags(&tags, unknown: &unknownTaggedFields)
    }
}

extension FetchResponse {
    /// What was read from one topic.
    public struct FetchableTopicResponse: WireStruct {
        /// The name of the topic, until ids replace it.
        public var topic = ""
        /// The id of the topic.
        public var topicId: KafkaUUID = .zero
        /// What is asked or said of each partition.
        public var partitions: [PartitionData] = []
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

    /// What was read from one partition.
    public struct PartitionData: WireStruct {
        /// The number of the partition.
        public var partitionIndex: Int32 = 0
        /// What went wrong, or `.none`.
        public var errorCode: ErrorCode = .none
        /// The end of what all replicas in sync have stored.
        public var highWatermark: Int64 = 0
        /// The end of what no open transaction holds; -1 if unknown.
        public var lastStableOffset: Int64 = -1
        /// The first offset that is still kept; -1 if unknown.
        public var logStartOffset: Int64 = -1
        /// Where the asker's log parts from the leader's.
        public var divergingEpoch = EpochEndOffset()
        /// Who leads the partition, when the broker asked does not.
        public var currentLeader = LeaderIdAndEpoch()
        /// The snapshot to load instead; a controller's answer.
        public var snapshotId = SnapshotId()
        /// The transactions whose records a reader of committed ones must drop.
        public var abortedTransactions: [AbortedTransaction]? = []
        /// The replica to ask instead; -1 for none.
        public var preferredReadReplica: Int32 = -1
        /// Record batches; the last may be cut off in old versions.
        public var records: RecordsField?
        /// Tagged fields that no schema known here names.
        public var unknownTaggedFields: [TaggedField] = []

        /// A value with the schema's defaults.
        public init() {}

        /// Codes every field, in the order of the layout.
        public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
            try coder.integer(&partitionIndex)
            try coder.integer(&errorCode.rawValue)
            try coder.integer(&highWatermark)
            try coder.integer(&lastStableOffset, from: 4)
            try coder.integer(&logStartOffset, from: 5)
            try coder.nullableArray(&abortedTransactions, from: 4)
            try coder.integer(&preferredReadReplica, from: 11)
            try coder.records(&records)
            guard coder.isFlexible else { return }
            var tags = try coder.beginTags()
            if try coder.tag(0, from: 12, in: &tags, isDefault: divergingEpoch == EpochEndOffset()) {
                try divergingEpoch.code(with: &coder)
                try coder.closeTag(in: &tags)
            }
            if try coder.tag(1, from: 12, in: &tags, isDefault: currentLeader == LeaderIdAndEpoch()) {
                try currentLeader.code(with: &coder)
                try coder.closeTag(in: &tags)
            }
            if try coder.tag(2, from: 12, in: &tags, isDefault: snapshotId == SnapshotId()) {
                try snapshotId.code(with: &coder)
                try coder.closeTag(in: &tags)
            }
            try coder.endTags(&tags, unknown: &unknownTaggedFields)
        }
    }

    /// The end of a leader's term.
    public struct EpochEndOffset: WireStruct {
        /// The term of a leader; -1 for none.
        public var epoch: Int32 = -1
        /// The offset after the last of that term; -1 for none.
        public var endOffset: Int64 = -1
        /// Tagged fields that no schema known here names.
        public var unknownTaggedFields: [TaggedField] = []

        /// A value with the schema's defaults.
        public init() {}

        /// Codes every field, in the order of the layout.
        public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
            try coder.integer(&epoch)
            try coder.integer(&endOffset)
            try coder.tags(&unknownTaggedFields)
        }
    }

    /// A snapshot of the controllers' log.
    public struct SnapshotId: WireStruct {
        /// The offset after the last that the snapshot holds; -1 for none.
        public var endOffset: Int64 = -1
        /// The leader's term of that offset; -1 for none.
        public var epoch: Int32 = -1
        /// Tagged fields that no schema known here names.
        public var unknownTaggedFields: [TaggedField] = []

        /// A value with the schema's defaults.
        public init() {}

        /// Codes every field, in the order of the layout.
        public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
            try coder.integer(&endOffset)
            try coder.integer(&epoch)
            try coder.tags(&unknownTaggedFields)
        }
    }

    /// A transaction that was aborted.
    public struct AbortedTransaction: WireStruct {
        /// The producer whose records are void.
        public var producerId: Int64 = 0
        /// The first of them.
        public var firstOffset: Int64 = 0
        /// Tagged fields that no schema known here names.
        public var unknownTaggedFields: [TaggedField] = []

        /// A value with the schema's defaults.
        public init() {}

        /// Codes every field, in the order of the layout.
        public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
            try coder.integer(&producerId)
            try coder.integer(&firstOffset)
            try coder.tags(&unknownTaggedFields)
        }
    }
}
