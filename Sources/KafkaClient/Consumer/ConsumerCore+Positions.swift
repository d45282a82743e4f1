import KafkaProtocol

extension ConsumerCore {
    /// The offset after the last record that the user has, of each partition whose start is known.
    var positions: [TopicPartition: Int64] {
        var positions: [TopicPartition: Int64] = [:]
        for partition in partitions { positions[partition.topicPartition] = partition.place.position }
        return positions
    }

    /// Tells how far each partition was read whose fetch was in range, by the positions and not by
    /// what was handed out.
    func reportPositions(_ response: FetchResponse, _ requested: [RequestedPartition]) {
        guard let onPosition, isRunning else { return }
        var open = OpenPartitions(requested)
        for topic in response.responses {
            for data in topic.partitions where data.errorCode == .none {
                let topicPartition = TopicPartition(topic: topic.topic, partition: data.partitionIndex)
                // What was sought, reset or damaged since is somewhere else by now.
                guard isRunning, let one = open.take(topicPartition),
                    one.generation == one.partition.place.generation
                else { continue }
                onPosition(topicPartition, one.partition.place.handedOffset)
            }
        }
    }
}
