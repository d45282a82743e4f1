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
        Dictionary(grouping: self, by: \.topic).map { ($0.key, $0.value.sorted()) }.sorted { $0.topic < $1.topic }
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
