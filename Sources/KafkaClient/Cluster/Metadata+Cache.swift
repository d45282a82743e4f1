import KafkaProtocol

extension MetadataRequest {
    /// A question about these topics, or about all, that makes none: what is measured is not to
    /// change what is there, so a topic that somebody deletes stays away.
    init(of names: [String]?) {
        self.init()
        topics = names?.map { name in
            var topic = MetadataRequestTopic()
            topic.name = name
            return topic
        }
        allowAutoTopicCreation = false
    }
}

extension MetadataResponse {
    /// The brokers as the cache keeps them.
    var nodes: [MetadataCache.BrokerNode] {
        brokers.map { MetadataCache.BrokerNode(id: $0.nodeId, host: $0.host, port: $0.port) }
    }

    /// The topics as the cache keeps them; partitions are in order of their numbers, and one left
    /// out has no leader.
    var cachedTopics: [(name: String, topic: MetadataCache.Topic)] {
        topics.compactMap { topic in
            guard let name = topic.name else { return nil }
            let none = MetadataCache.Partition(leaderId: -1, leaderEpoch: -1)
            // `Array(repeating:count:)` looks its generic types up anew each time, which costs more
            // than a few partitions do.
            var partitions: [MetadataCache.Partition] = []
            partitions.reserveCapacity(topic.partitions.count)
            for _ in topic.partitions.indices { partitions.append(none) }
            for partition in topic.partitions where partitions.indices.contains(Int(partition.partitionIndex)) {
                partitions[Int(partition.partitionIndex)] = MetadataCache.Partition(
                    leaderId: partition.leaderId, leaderEpoch: partition.leaderEpoch)
            }
            return (name, MetadataCache.Topic(error: topic.errorCode, id: topic.topicId, partitions: partitions))
        }
    }
}
