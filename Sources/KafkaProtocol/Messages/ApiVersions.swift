/// Asks which APIs and versions the broker serves; from version 3 on it also names the client.
public struct ApiVersionsRequest: KafkaRequest {
    /// What a broker answers.
    public typealias Response = ApiVersionsResponse
    /// The API it belongs to.
    public static var api: Api { .apiVersions }

    /// The name of the client library.
    public var clientSoftwareName = ""
    /// The version of the client library.
    public var clientSoftwareVersion = ""
    /// Tagged fields that no schema known here names.
    public var unknownTaggedFields: [TaggedField] = []

    /// A request with the schema's defaults.
    public init() {}

    /// Codes every field, in the order of the layout.
    public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
        try coder.string(&clientSoftwareName, from: 3)
        try coder.string(&clientSoftwareVersion, from: 3)
        try coder.tags(&unknownTaggedFields)
    }
}

/// Which APIs and versions a broker serves, and which features its cluster has.
public struct ApiVersionsResponse: KafkaMessage {
    /// The API it belongs to.
    public static var api: Api { .apiVersions }

    /// What went wrong, or `.none`.
    public var errorCode: ErrorCode = .none
    /// A range of versions for each API.
    public var apiKeys: [ApiVersion] = []
    /// How long a quota made the broker hold this client back.
    public var throttleTimeMs: Int32 = 0
    /// The features that the broker could run with.
    public var supportedFeatures: [SupportedFeatureKey] = []
    /// Grows with each change of the finalized features; -1 if unknown.
    public var finalizedFeaturesEpoch: Int64 = -1
    /// The features that the cluster runs with.
    public var finalizedFeatures: [FinalizedFeatureKey] = []
    /// Whether a KRaft controller is ready to take over from ZooKeeper.
    public var zkMigrationReady = false
    /// Tagged fields that no schema known here names.
    public var unknownTaggedFields: [TaggedField] = []

    /// A response with the schema's defaults.
    public init() {}

    /// Codes every field, in the order of the layout.
    public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
        try coder.integer(&errorCode.rawValue)
        // A client that asked in an unknown version reads the answer in the layout of version 0.
        if errorCode == .unsupportedVersion { coder.useVersion0() }
        try coder.array(&apiKeys)
        try coder.integer(&throttleTimeMs, from: 1)
        guard coder.isFlexible else { return }
        var tags = try coder.beginTags()
        if try coder.tag(0, from: 3, in: &tags, isDefault: supportedFeatures.isEmpty) {
            try coder.array(&supportedFeatures)
            try coder.closeTag(in: &tags)
        }
        if try coder.tag(1, from: 3, in: &tags, isDefault: finalizedFeaturesEpoch == -1) {
            try coder.integer(&finalizedFeaturesEpoch)
            try coder.closeTag(in: &tags)
        }
        if try coder.tag(2, from: 3, in: &tags, isDefault: finalizedFeatures.isEmpty) {
            try coder.array(&finalizedFeatures)
            try coder.closeTag(in: &tags)
        }
        if try coder.tag(3, from: 3, in: &tags, isDefault: !zkMigrationReady) {
            try coder.bool(&zkMigrationReady)
            try coder.closeTag(in: &tags)
        }
        try coder.endTags(&tags, unknown: &unknownTaggedFields)
    }
}

extension ApiVersionsResponse {
    /// The versions of one API.
    public struct ApiVersion: WireStruct {
        /// The API.
        public var apiKey = ApiKey(rawValue: 0)
        /// The lowest version.
        public var minVersion: Int16 = 0
        /// The highest version.
        public var maxVersion: Int16 = 0
        /// Tagged fields that no schema known here names.
        public var unknownTaggedFields: [TaggedField] = []

        /// A value with the schema's defaults.
        public init() {}

        /// Codes every field, in the order of the layout.
        public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
            try coder.integer(&apiKey.rawValue)
            try coder.integer(&minVersion)
            try coder.integer(&maxVersion)
            try coder.tags(&unknownTaggedFields)
        }
    }

    /// The levels of a feature that the broker could run with.
    public struct SupportedFeatureKey: WireStruct {
        /// The name of the feature.
        public var name = ""
        /// The lowest version.
        public var minVersion: Int16 = 0
        /// The highest version.
        public var maxVersion: Int16 = 0
        /// Tagged fields that no schema known here names.
        public var unknownTaggedFields: [TaggedField] = []

        /// A value with the schema's defaults.
        public init() {}

        /// Codes every field, in the order of the layout.
        public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
            try coder.string(&name)
            try coder.integer(&minVersion)
            try coder.integer(&maxVersion)
            try coder.tags(&unknownTaggedFields)
        }
    }

    /// The levels of a feature that the cluster agreed on.
    public struct FinalizedFeatureKey: WireStruct {
        /// The name of the feature.
        public var name = ""
        /// The highest level.
        public var maxVersionLevel: Int16 = 0
        /// The lowest level.
        public var minVersionLevel: Int16 = 0
        /// Tagged fields that no schema known here names.
        public var unknownTaggedFields: [TaggedField] = []

        /// A value with the schema's defaults.
        public init() {}

        /// Codes every field, in the order of the layout.
        public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
            try coder.string(&name)
            try coder.integer(&maxVersionLevel)
            try coder.integer(&minVersionLevel)
            try coder.tags(&unknownTaggedFields)
        }
    }
}
