import Bytes

/// What consumers tell each other in JoinGroup and SyncGroup: bytes that the broker does not read,
/// which begin with their version.
public protocol ConsumerProtocolData: WireStruct {}

extension ConsumerProtocolData {
    /// The newest version that is written; what is newer is read as this one, with the rest left
    /// out, as Kafka's clients do.
    public static var newestVersion: Int16 { 3 }

    /// Reads the bytes of any version.
    public init(parsing bytes: [UInt8]) throws(WireError) {
        self.init()
        var reader = unsafe WireReader(bytes.span.bytes)
        let version = try reader.readInteger(Int16.self)
        guard version >= 0 else {
            throw WireError(.unsupportedVersion(apiKey: ApiKey.joinGroup.rawValue, version: version), at: 0)
        }
        var fields = FieldReader(reader, version: min(version, Self.newestVersion), isFlexible: false)
        try code(with: &fields)
    }

    /// The bytes in a version of 0 to 3.
    public func bytes(version: Int16 = newestVersion) throws(WireError) -> [UInt8] {
        guard (0...Self.newestVersion).contains(version) else {
            throw WireError(.unsupportedVersion(apiKey: ApiKey.joinGroup.rawValue, version: version), at: 0)
        }
        var (value, version) = (self, version)
        let buffer = ByteBuffer(capacity: 256)
        var fields = FieldWriter(buffer, version: version, isFlexible: false)
        try fields.integer(&version)
        try value.code(with: &fields)
        return unsafe buffer.withUnsafeBytes { unsafe Array($0) }
    }
}

/// What a consumer subscribes to, and what it had, as it tells the leader of its group.
public struct ConsumerSubscription: ConsumerProtocolData {
    /// The topics.
    public var topics: [String] = []
    /// What the member's assignor wants to tell itself, or null.
    public var userData: [UInt8]?
    /// The partitions that the member has, from version 1 on (KIP-429).
    public var ownedPartitions: [ConsumerTopicPartitions] = []
    /// The generation in which it got them, from version 2 on (KIP-792); -1 if unknown.
    public var generationId: Int32 = -1
    /// Where the member is, from version 3 on (KIP-881), or null.
    public var rackId: String?

    /// A value with the schema's defaults.
    public init() {}

    /// Codes every field, in the order of the layout.
    public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
        try coder.strings(&topics)
        try coder.nullableBytes(&userData)
        try coder.array(&ownedPartitions, from: 1)
        try coder.integer(&generationId, from: 2)
        try coder.nullableString(&rackId, from: 3)
    }
}

/// Which partitions the leader of a group gives to a consumer.
public struct ConsumerAssignment: ConsumerProtocolData {
    /// The partitions.
    public var assignedPartitions: [ConsumerTopicPartitions] = []
    /// What the assignor wants to tell the member, or null.
    public var userData: [UInt8]?

    /// A value with the schema's defaults.
    public init() {}

    /// Codes every field, in the order of the layout.
    public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
        try coder.array(&assignedPartitions)
        try coder.nullableBytes(&userData)
    }
}

/// Partitions of a topic, by their numbers.
public struct ConsumerTopicPartitions: WireStruct {
    /// The name of the topic.
    public var topic = ""
    /// The numbers of the partitions.
    public var partitions: [Int32] = []

    /// A value with the schema's defaults.
    public init() {}

    /// Codes every field, in the order of the layout.
    public mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
        try coder.string(&topic)
        try coder.integers(&partitions)
    }
}
