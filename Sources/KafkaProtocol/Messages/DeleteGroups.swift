/// Deletes groups, with what they committed.
public struct DeleteGroupsRequest: KafkaRequest {
    /// What a broker answers.
    public typealias Response = DeleteGroupsResponse
    /// The API it belongs to.
    public static var api: Api { .deleteGroups }

    /// The groups to delete.
    public var groupsNames: [String] = []
    /// Tagged fields that no schema known here names.
    public var unknownTaggedFields: [TaggedField] = []

    /// A request with the schema's defaults.
    public init() {}

    /// Codes every field, in the order of the layout.
    public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
        try coder.strings(&groupsNames)
        try coder.tags(&unknownTaggedFields)
    }
}

/// Which groups were deleted.
public struct DeleteGroupsResponse: KafkaMessage {
    /// The API it belongs to.
    public static var api: Api { .deleteGroups }

    /// How long a quota made the broker hold this client back.
    public var throttleTimeMs: Int32 = 0
    /// The outcome, by group.
    public var results: [DeletableGroupResult] = []
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

extension DeleteGroupsResponse {
    /// The outcome for one group.
    public struct DeletableGroupResult: WireStruct {
        /// The group.
        public var groupId = ""
        /// What went wrong, or `.none`.
        public var errorCode: ErrorCode = .none
        /// Tagged fields that no schema known here names.
        public var unknownTaggedFields: [TaggedField] = []

        /// A value with the schema's defaults.
        public init() {}

        /// Codes every field, in the order of the layout.
        public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
            try coder.string(&groupId)
            try coder.integer(&errorCode.rawValue)
            try coder.tags(&unknownTaggedFields)
        }
    }
}
