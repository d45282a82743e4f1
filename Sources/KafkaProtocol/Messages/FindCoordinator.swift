/// Asks which broker keeps a group or a transaction.
public struct FindCoordinatorRequest: KafkaRequest {
    /// What a broker answers.
    public typealias Response = FindCoordinatorResponse
    /// The API it belongs to.
    public static var api: Api { .findCoordinator }

    /// The group id or transactional id, until version 3.
    public var key = ""
    /// 0 for a group, 1 for a transaction, 2 for a share group.
    public var keyType: Int8 = 0
    /// The group ids or transactional ids, from version 4 on.
    public var coordinatorKeys: [String] = []
    /// Tagged fields that no schema known here names.
    public var unknownTaggedFields: [TaggedField] = []

    /// A request with the schema's defaults.
    public init() {}

    /// Codes every field, in the order of the layout.
    public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
        try coder.string(&key, to: 3, elseOnly: "")
        try coder.integer(&keyType, from: 1, elseOnly: 0)
        try coder.strings(&coordinatorKeys, from: 4, elseOnly: [])
        try coder.tags(&unknownTaggedFields)
    }
}

/// Which brokers keep the groups or transactions asked for.
public struct FindCoordinatorResponse: KafkaMessage {
    /// The API it belongs to.
    public static var api: Api { .findCoordinator }

    /// How long a quota made the broker hold this client back.
    public var throttleTimeMs: Int32 = 0
    /// What went wrong, or `.none`, until version 3.
    public var errorCode: ErrorCode = .none
    /// The error in the broker's words, where it has any.
    public var errorMessage: String? = ""
    /// The id of the broker, until version 3.
    public var nodeId: Int32 = 0
    /// Where it listens, until version 3.
    public var host = ""
    /// The port it listens on, until version 3.
    public var port: Int32 = 0
    /// A broker for each key, from version 4 on.
    public var coordinators: [Coordinator] = []
    /// Tagged fields that no schema known here names.
    public var unknownTaggedFields: [TaggedField] = []

    /// A response with the schema's defaults.
    public init() {}

    /// Codes every field, in the order of the layout.
    public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
        try coder.integer(&throttleTimeMs, from: 1)
        try coder.integer(&errorCode.rawValue, to: 3)
        try coder.nullableString(&errorMessage, from: 1, to: 3)
        try coder.integer(&nodeId, to: 3)
        try coder.string(&host, to: 3)
        try coder.integer(&port, to: 3)
        try coder.array(&coordinators, from: 4)
        try coder.tags(&unknownTaggedFields)
    }
}

extension FindCoordinatorResponse {
    /// The broker that keeps one group or transaction.
    public struct Coordinator: WireStruct {
        /// The group id or transactional id.
        public var key = ""
        /// The id of the broker.
        public var nodeId: Int32 = 0
        /// Where it listens.
        public var host = ""
        /// The port it listens on.
        public var port: Int32 = 0
        /// What went wrong, or `.none`.
        public var errorCode: ErrorCode = .none
        /// The error in the broker's words, where it has any.
        public var errorMessage: String? = ""
        /// Tagged fields that no schema known here names.
        public var unknownTaggedFields: [TaggedField] = []

        /// A value with the schema's defaults.
        public init() {}

        /// Codes every field, in the order of the layout.
        public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
            try coder.string(&key)
            try coder.integer(&nodeId)
            try coder.string(&host)
            try coder.integer(&port)
            try coder.integer(&errorCode.rawValue)
            try coder.nullableString(&errorMessage)
            try coder.tags(&unknownTaggedFields)
        }
    }
}
