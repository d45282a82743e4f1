import KafkaProtocol

/// Looks up who leads partitions, quickly where those of one topic follow each other.
struct LeaderLookup {
    private let metadata: MetadataCache
    private var name: String?
    private var topic: MetadataCache.Topic?
    private var knownNode: Int32 = -1

    init(_ metadata: MetadataCache) { self.metadata = metadata }

    /// The leader of a partition, if it is known and there is one.
    mutating func leader(of topicPartition: TopicPartition) -> Int32? {
        turn(to: topicPartition.topic)
        guard let topic, topic.error == .none else { return nil }
        guard topic.partitions.indices.contains(Int(topicPartition.partition)) else { return nil }
        let leader = topic.partitions[Int(topicPartition.partition)].leaderId
        guard leader >= 0, leader == knownNode || metadata.nodes[leader] != nil else { return nil }
        knownNode = leader
        return leader
    }

    /// The leader's epoch, −1 if it is not known.
    mutating func leaderEpoch(of topicPartition: TopicPartition) -> Int32 {
        turn(to: topicPartition.topic)
        guard let topic, topic.partitions.indices.contains(Int(topicPartition.partition)) else { return -1 }
        return topic.partitions[Int(topicPartition.partition)].leaderEpoch
    }

    private mutating func turn(to topic: String) {
        guard topic != name else { return }
        name = topic
        self.topic = metadata.topic(topic)
    }
}
