/// Asks for the id that an idempotent or transactional producer writes under.
public struct InitProducerIdRequest: KafkaRequest {
    /// What a broker answers.
    public typealias Response = InitProducerIdResponse
    /// The API it belongs to.
    public static var api: Api { .initProducerId }

    /// The transaction that the producer takes part in, or null.
    public var transactionalId: String? = ""
    /// How long a transaction may stay open.
    public var transactionTimeoutMs: Int32 = 0
    /// The id that the producer has, to have its epoch raised; -1 for none.
    public var producerId: Int64 = -1
    /// The epoch that the producer has; -1 for none.
    public var producerEpoch: Int16 = -1
    /// Whether the transactions are prepared before they are committed (KIP-939).
    public var enable2Pc = false
    /// Whether a prepared transaction is kept rather than aborted.
    public var keepPreparedTxn = false
    /// Tagged fields that no schema known here names.
    public var unknownTaggedFields: [TaggedField] = []

    /// A request with the schema's defaults.
    public init() {}

    /// Codes every field, in the order of the layout.
    public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
        try coder.nullableString(&transactionalId)
        try coder.integer(&transactionTimeoutMs)
        try coder.integer(&producerId, from: 3, elseOnly: -1)
        try coder.integer(&producerEpoch, from: 3, elseOnly: -1)
        try coder.bool(&enable2Pc, from: 6, elseOnly: false)
        try coder.bool(&keepPreparedTxn, from: 6, elseOnly: false)
        try coder.tags(&unknownTaggedFields)
    }
}

/// The id that a producer writes under.
public struct InitProducerIdResponse: KafkaMessage {
    /// The API it belongs to.
    public static var api: Api { .initProducerId }

    /// How long a quota made the broker hold this client back.
    public var throttleTimeMs: Int32 = 0
    /// What went wrong, or `.none`.
    public var errorCode: ErrorCode = .none
    /// The id that the producer writes under; -1 for none.
    public var producerId: Int64 = -1
    /// The generation of that id; older ones are fenced off.
    public var producerEpoch: Int16 = 0
    /// The id of the prepared transaction that was kept; -1 for none.
    public var ongoingTxnProducerId: Int64 = -1
    /// The epoch of that transaction; -1 for none.
    public var ongoingTxnProducerEpoch: Int16 = -1
    /// Tagged fields that no schema known here names.
    public var unknownTaggedFields: [TaggedField] = []

    /// A response with the schema's defaults.
    public init() {}

    /// Codes every field, in the order of the layout.
    public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
        try coder.integer(&throttleTimeMs)
        try coder.integer(&errorCode.rawValue)
        try coder.integer(&producerId)
        try coder.integer(&producerEpoch)
        try coder.integer(&ongoingTxnProducerId, from: 6)
        try coder.integer(&ongoingTxnProducerEpoch, from: 6)
        try coder.tags(&unknownTaggedFields)
    }
}
