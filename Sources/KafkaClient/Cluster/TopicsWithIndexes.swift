import KafkaProtocol

/// A topic in a request that names partitions by their numbers and says no more of them.
protocol TopicWithIndexes {
    init()
    var name: String { get set }
    var partitionIndexes: [Int32] { get set }
}

extension OffsetFetchRequest.OffsetFetchRequestTopic: TopicWithIndexes {}
extension OffsetDeleteRequest.OffsetDeleteRequestTopic: TopicWithIndexes {}

extension Sequence<TopicPartition> {
    /// The partitions by topic, topics and partitions in order.
    func byTopic() -> [(topic: String, partitions: [TopicPartition])] {
        var groups: [(topic: String, partitions: [TopicPartition])] = []
        var places: [String: Int] = [:]
        var place = 0
        for partition in self {
            if groups.isEmpty || groups[place].topic != partition.topic {
                place = places[partition.topic] ?? groups.count
                if place == groups.count {
                    places[partition.topic] = place
                    groups.append((partition.topic, []))
                }
            }
            groups[place].partitions.append(partition)
        }
        for place in groups.indices where !groups[place].partitions.isRising {
            groups[place].partitions.sort { $0.partition < $1.partition }
        }
        return groups.sorted { $0.topic < $1.topic }
    }

    /// The same as a request names them.
    func topicsWithIndexes<Topic: TopicWithIndexes>() -> [Topic] {
        byTopic().map { name, partitions in
            var topic = Topic()
            topic.name = name
            topic.partitionIndexes = partitions.map(\.partition)
            return topic
        }
    }
}

extension [TopicPartition] {
    /// Whether the numbers rise, as those of one topic mostly do.
    fileprivate var isRising: Bool { zip(self, dropFirst()).allSatisfy { $0.partition < $1.partition } }
}
