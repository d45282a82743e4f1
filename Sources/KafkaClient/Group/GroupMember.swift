import KafkaProtocol

/// A member of a group as its leader sees it: who it is, what it wants and what it says it has.
struct GroupMember: Equatable {
    let id: String
    /// `group.instance.id`, if it is a static member.
    var instanceId: String?
    var topics: Set<String> = []
    /// What it has, by its own account.
    var owned: [TopicPartition] = []
    /// The generation in which it got that; −1 if unknown.
    var generation: Int32 = -1

    init(
        _ id: String, instanceId: String? = nil, topics: Set<String>, owned: [TopicPartition] = [],
        generation: Int32 = -1
    ) {
        self.id = id
        self.instanceId = instanceId
        self.topics = topics
        self.owned = owned
        self.generation = generation
    }

    /// A member with what it sent in JoinGroup.
    init(_ id: String, instanceId: String?, metadata: [UInt8]) throws(WireError) {
        self.id = id
        self.instanceId = instanceId
        let subscription = try ConsumerSubscription(parsing: metadata)
        topics = Set(subscription.topics)
        owned = subscription.ownedPartitions.flatMap { topic in
            topic.partitions.map { TopicPartition(topic: topic.topic, partition: $0) }
        }
        generation = subscription.generationId >= 0 ? subscription.generationId : Self.generation(subscription.userData)
    }

    /// Members of before KIP-792 write their generation into what their assignor tells itself.
    private static func generation(_ userData: [UInt8]?) -> Int32 {
        guard let userData, userData.count == 4 else { return -1 }
        return Int32(bitPattern: userData.reduce(0) { $0 << 8 | UInt32($1) })
    }

    /// The order in which assignors take members: static ones first, by their names, as Kafka's do.
    static func precedes(_ one: GroupMember, _ other: GroupMember) -> Bool {
        switch (one.instanceId, other.instanceId) {
        case (let name?, let otherName?): name.utf16.lexicographicallyPrecedes(otherName.utf16)
        case (.some, nil): true
        case (nil, .some): false
        case (nil, nil): one.id.utf16.lexicographicallyPrecedes(other.id.utf16)
        }
    }
}

/// How the leader of a group shares partitions out: Kafka's assignors that this client knows.
public enum AssignmentStrategy: String, Sendable, CaseIterable {
    /// Of each topic a range of partitions to each member; a rebalance takes everything away first.
    case range
    /// Balanced over all topics, and everybody keeps what it can; a rebalance takes away only what
    /// moves (KIP-429).
    case cooperativeSticky = "cooperative-sticky"

    /// The class in Kafka's Java client.
    var className: String {
        switch self {
        case .range: "org.apache.kafka.clients.consumer.RangeAssignor"
        case .cooperativeSticky: "org.apache.kafka.clients.consumer.CooperativeStickyAssignor"
        }
    }

    /// What each member gets, by its id; topics that are not in `partitionCounts` do not exist.
    func assign(_ members: [GroupMember], _ partitionCounts: [String: Int]) -> [String: [TopicPartition]] {
        switch self {
        case .range: RangeAssignor.assign(members, partitionCounts)
        case .cooperativeSticky: CooperativeStickyAssignor.assign(members, partitionCounts)
        }
    }

    /// What a member that has `owned` since `generation` says of itself when it joins.
    func subscription(topics: Set<String>, owned: [TopicPartition], generation: Int32) -> ConsumerSubscription {
        var subscription = ConsumerSubscription()
        subscription.topics = topics.sorted()
        subscription.ownedPartitions = owned.grouped()
        subscription.generationId = generation
        if self == .cooperativeSticky {
            subscription.userData = (0..<4).map { UInt8(truncatingIfNeeded: generation >> (24 - 8 * $0)) }
        }
        return subscription
    }
}

extension Sequence<TopicPartition> {
    /// The partitions as the consumer protocol writes them.
    func grouped() -> [ConsumerTopicPartitions] {
        byTopic().map { name, partitions in
            var topic = ConsumerTopicPartitions()
            topic.topic = name
            topic.partitions = partitions.map(\.partition)
            return topic
        }
    }
}

extension [ConsumerTopicPartitions] {
    /// The partitions one by one.
    var partitions: [TopicPartition] {
        flatMap { topic in topic.partitions.map { TopicPartition(topic: topic.topic, partition: $0) } }
    }
}
