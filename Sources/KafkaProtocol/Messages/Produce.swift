/// Appends record batches to partitions.
public struct ProduceRequest: KafkaRequest {
    /// What a broker answers.
    public typealias Response = ProduceResponse
    /// The API it belongs to.
    public static var api: Api { .produce }

    /// The transaction that the producer takes part in, or null.
    public var transactionalId: String?
    /// Who must have stored the records before the answer: 0 no one (then there is none), 1 the
    /// leader, -1 all in sync.
    public var acks: Int16 = 0
    /// How long the leader may wait for the replicas.
    public var timeoutMs: Int32 = 0
    /// The records, by topic.
    public var topicData: [TopicProduceData] = []
    /// Tagged fields that no schema known here names.
    public var unknownTaggedFields: [TaggedField] = []

    /// A request with the schema's defaults.
    public init() {}

    /// Codes every field, in the order of the layout.
    public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
        try coder.nullableString(&transactionalId, from: 3, elseNull: true)
        try coder.integer(&acks)
        try coder.integer(&timeoutMs)
        try coder.array(&topicData)
        try coder.tags(&unknownTaggedFields)
    }
}

extension ProduceRequest {
    /// The records for one topic.
    public struct TopicProduceData: WireStruct {
        /// The name of the topic, until ids replace it.
        public var name = ""
        /// The id of the topic.
        public var topicId: KafkaUUID = .zero
        /// The records, by partition.
        public var partitionData: [PartitionProduceData] = []
        /// Tagged fields that no schema known here names.
        public var unknownTaggedFields: [TaggedField] = []

        /// A value with the schema's defaults.
        public init() {}

        /// Codes every field, in the order of the layout.
        public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
            try coder.string(&name, to: 12)
            try coder.uuid(&topicId, from: 13)
            try coder.array(&partitionData)
            try coder.tags(&unknownTaggedFields)
        }
    }

    /// The records for one partition.
    public struct PartitionProduceData: WireStruct {
        /// The number of the partition.
        public var index: Int32 = 0
        /// Record batches; from version 3 on exactly one, of magic 2.
        public var records: RecordsField?
        /// Tagged fields that no schema known here names.
        public var unknownTaggedFields: [TaggedField] = []

        /// A value with the schema's defaults.
        public init() {}

        /// Codes every field, in the order of the layout.
        public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
            try coder.integer(&index)
            try coder.records(&records)
            try coder.tags(&unknownTaggedFields)
        }
    }
}

/// Where the records went, or why not.
public struct ProduceResponse: KafkaMessage {
    /// The API it belongs to.
    public static var api: Api { .produce }

    /// The outcome, by topic.
    public var responses: [TopicProduceResponse] = []
    /// How long a quota made the broker hold this client back.
    public var throttleTimeMs: Int32 = 0
    /// Where the leaders named above listen.
    public var nodeEndpoints: [NodeEndpoint] = []
    /// Tagged fields that no schema known here names.
    public var unknownTaggedFields: [TaggedField] = []

    /// A response with the schema's defaults.
    public init() {}

    /// Codes every field, in the order of the layout.
    public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
        try coder.array(&responses)
        try coder.integer(&throttleTimeMs, from: 1)
        guard coder.isFlexible else { return }
        var tags = try coder.beginTags()
        if try coder.tag(0, from: 10, in: &tags, isDefault: nodeEndpoints.isEmpty) {
            try coder.array(&nodeEndpoints)
            try coder.closeTag(in: &tags)
        }
        try coder.endTags(&tags, unknown: &unknownTaggedFields)
    }
}

extension ProduceResponse {
    /// The outcome for one topic.
    public struct TopicProduceResponse: WireStruct {
        /// The name of the topic, until ids replace it.
        public var name = ""
        /// The id of the topic.
        public var topicId: KafkaUUID = .zero
        /// The outcome, by partition.
        public var partitionResponses: [PartitionProduceResponse] = []
        /// Tagged fields that no schema known here names.
        public var unknownTaggedFields: [TaggedField] = []

        /// A value with the schema's defaults.
        public init() {}

        /// Codes every field, in the order of the layout.
        public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
            try coder.string(&name, to: 12)
            try coder.uuid(&topicId, from: 13)
            try coder.array(&partitionResponses)
            try coder.tags(&unknownTaggedFields)
        }
    }

    /// The outcome for one partition.
    public struct PartitionProduceResponse: WireStruct {
        /// The number of the partition.
        public var index: Int32 = 0
        /// What went wrong, or `.none`.
        public var errorCode: ErrorCode = .none
        /// The offset of the first record.
        public var baseOffset: Int64 = 0
        /// When the records were appended, if the topic stamps them with that; else -1.
        public var logAppendTimeMs: Int64 = -1
        /// The first offset that is still kept; -1 if unknown.
        public var logStartOffset: Int64 = -1
        /// The records for which the batch was refused.
        public var recordErrors: [BatchIndexAndErrorMessage] = []
        /// The error in the broker's words, where it has any.
        public var errorMessage: String?
        /// Who leads the partition, when the broker asked does not.
        public var currentLeader = LeaderIdAndEpoch()
        /// Tagged fields that no schema known here names.
        public var unknownTaggedFields: [TaggedField] = []

        /// A value with the schema's defaults.
        public init() {}

        /// Codes every field, in the order of the layout.
        public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
            try coder.integer(&index)
            try coder.integer(&errorCode.rawValue)
            try coder.integer(&baseOffset)
            try coder.integer(&logAppendTimeMs, from: 2)
            try coder.integer(&logStartOffset, from: 5)
            try coder.array(&recordErrors, from: 8)
            try coder.nullableString(&errorMessage, from: 8)
            guard coder.isFlexible else { return }
            var tags = try coder.beginTags()
            if try coder.tag(0, from: 10, in: &tags, isDefault: currentLeader == LeaderIdAndEpoch()) {
                try currentLeader.code(with: &coder)
                try coder.closeTag(in: &tags)
            }
            try coder.endTags(&tags, unknown: &unknownTaggedFields)
        }
    }

    /// A record for which a batch was refused.
    public struct BatchIndexAndErrorMessage: WireStruct {
        /// The place of the record in its batch.
        public var batchIndex: Int32 = 0
        /// What is wrong with the record.
        public var batchIndexErrorMessage: String?
        /// Tagged fields that no schema known here names.
        public var unknownTaggedFields: [TaggedField] = []

        /// A value with the schema's defaults.
        public init() {}

        /// Codes every field, in the order of the layout.
        public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
            try coder.integer(&batchIndex)
            try coder.nullableString(&batchIndexErrorMessage)
            try coder.tags(&unknownTaggedFields)
        }
    }
}
