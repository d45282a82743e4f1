/// The number that names a request's API.
public struct ApiKey: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    /// The number on the wire.
    public var rawValue: Int16

    /// The API with this number, known here or not.
    public init(rawValue: Int16) { self.rawValue = rawValue }

    /// Appends record batches to partitions.
    public static let produce = ApiKey(rawValue: 0)
    /// Reads record batches from partitions.
    public static let fetch = ApiKey(rawValue: 1)
    /// Finds an offset by timestamp, or an end of the log.
    public static let listOffsets = ApiKey(rawValue: 2)
    /// Describes brokers, topics and the leaders of partitions.
    public static let metadata = ApiKey(rawValue: 3)
    /// Stores a group's offsets.
    public static let offsetCommit = ApiKey(rawValue: 8)
    /// Reads a group's stored offsets.
    public static let offsetFetch = ApiKey(rawValue: 9)
    /// Says which broker keeps a group or a transaction.
    public static let findCoordinator = ApiKey(rawValue: 10)
    /// Joins a group of the classic protocol.
    public static let joinGroup = ApiKey(rawValue: 11)
    /// Says that a member of a classic group lives.
    public static let heartbeat = ApiKey(rawValue: 12)
    /// Leaves a classic group.
    public static let leaveGroup = ApiKey(rawValue: 13)
    /// Gives out, and asks for, what the members of a classic group are assigned.
    public static let syncGroup = ApiKey(rawValue: 14)
    /// Describes groups of the classic protocol.
    public static let describeGroups = ApiKey(rawValue: 15)
    /// Lists the groups that a broker coordinates.
    public static let listGroups = ApiKey(rawValue: 16)
    /// Says which APIs and versions a broker serves.
    public static let apiVersions = ApiKey(rawValue: 18)
    /// Creates topics.
    public static let createTopics = ApiKey(rawValue: 19)
    /// Deletes topics.
    public static let deleteTopics = ApiKey(rawValue: 20)
    /// Moves the start of a log up.
    public static let deleteRecords = ApiKey(rawValue: 21)
    /// Hands out the id that idempotent and transactional producers write under.
    public static let initProducerId = ApiKey(rawValue: 22)
    /// Reads settings.
    public static let describeConfigs = ApiKey(rawValue: 32)
    /// Adds partitions to topics.
    public static let createPartitions = ApiKey(rawValue: 37)
    /// Deletes groups.
    public static let deleteGroups = ApiKey(rawValue: 42)
    /// Deletes what a group committed for some partitions.
    public static let offsetDelete = ApiKey(rawValue: 47)
    /// Joins a group of the newer protocol, lives in it and leaves it (KIP-848).
    public static let consumerGroupHeartbeat = ApiKey(rawValue: 68)
    /// Describes groups of the newer protocol.
    public static let consumerGroupDescribe = ApiKey(rawValue: 69)

    /// What is known about this API; nil for one that is not implemented here.
    public var api: Api? { Api.all.first { $0.key == self } }

    /// Kafka's name of the API, or its number where the name is not known here.
    public var name: String { api?.name ?? "ApiKey(\(rawValue))" }

    /// Its name.
    public var description: String { name }
}

/// One API on the wire: what its request and its response share.
public struct Api: Sendable {
    /// The number in the request's header.
    public let key: ApiKey
    /// Kafka's name of it.
    public let name: String
    /// The versions that this code reads and writes.
    public let versions: ClosedRange<Int16>
    /// From this version on, lengths are compact and structs carry tagged fields (KIP-482); the
    /// greatest number where no version has them.
    public let firstFlexibleVersion: Int16

    init(_ key: ApiKey, _ name: String, _ versions: ClosedRange<Int16>, flexibleFrom firstFlexibleVersion: Int16) {
        self.key = key
        self.name = name
        self.versions = versions
        self.firstFlexibleVersion = firstFlexibleVersion
    }

    static let produce = Api(.produce, "Produce", 0...13, flexibleFrom: 9)
    static let fetch = Api(.fetch, "Fetch", 0...18, flexibleFrom: 12)
    static let listOffsets = Api(.listOffsets, "ListOffsets", 0...11, flexibleFrom: 6)
    static let metadata = Api(.metadata, "Metadata", 0...13, flexibleFrom: 9)
    static let offsetCommit = Api(.offsetCommit, "OffsetCommit", 0...10, flexibleFrom: 8)
    static let offsetFetch = Api(.offsetFetch, "OffsetFetch", 0...10, flexibleFrom: 6)
    static let findCoordinator = Api(.findCoordinator, "FindCoordinator", 0...6, flexibleFrom: 3)
    static let joinGroup = Api(.joinGroup, "JoinGroup", 0...9, flexibleFrom: 6)
    static let heartbeat = Api(.heartbeat, "Heartbeat", 0...4, flexibleFrom: 4)
    static let leaveGroup = Api(.leaveGroup, "LeaveGroup", 0...5, flexibleFrom: 4)
    static let syncGroup = Api(.syncGroup, "SyncGroup", 0...5, flexibleFrom: 4)
    static let describeGroups = Api(.describeGroups, "DescribeGroups", 0...6, flexibleFrom: 5)
    static let listGroups = Api(.listGroups, "ListGroups", 0...5, flexibleFrom: 3)
    static let apiVersions = Api(.apiVersions, "ApiVersions", 0...4, flexibleFrom: 3)
    static let createTopics = Api(.createTopics, "CreateTopics", 0...7, flexibleFrom: 5)
    static let deleteTopics = Api(.deleteTopics, "DeleteTopics", 0...6, flexibleFrom: 4)
    static let deleteRecords = Api(.deleteRecords, "DeleteRecords", 0...2, flexibleFrom: 2)
    static let initProducerId = Api(.initProducerId, "InitProducerId", 0...6, flexibleFrom: 2)
    static let describeConfigs = Api(.describeConfigs, "DescribeConfigs", 0...4, flexibleFrom: 4)
    static let createPartitions = Api(.createPartitions, "CreatePartitions", 0...3, flexibleFrom: 2)
    static let deleteGroups = Api(.deleteGroups, "DeleteGroups", 0...2, flexibleFrom: 2)
    static let offsetDelete = Api(.offsetDelete, "OffsetDelete", 0...0, flexibleFrom: .max)

    static let consumerGroupHeartbeat = Api(.consumerGroupHeartbeat, "ConsumerGroupHeartbeat", 0...1, flexibleFrom: 0)
    static let consumerGroupDescribe = Api(.consumerGroupDescribe, "ConsumerGroupDescribe", 0...1, flexibleFrom: 0)

    /// Every API that is implemented here, by number.
    public static let all: [Api] = [
        produce, fetch, listOffsets, metadata, offsetCommit, offsetFetch,
        findCoordinator, joinGroup, heartbeat, leaveGroup, syncGroup, describeGroups, listGroups, apiVersions,
        createTopics, deleteTopics, deleteRecords, initProducerId, describeConfigs, createPartitions, deleteGroups,
        offsetDelete, consumerGroupHeartbeat, consumerGroupDescribe,
    ]
}
