import KafkaProtocol

extension Cluster {
    /// Asks the leaders for the offsets of timestamps, all leaders at once (−1 the end, −2 the
    /// start).
    func listOffsets(
        _ timestamps: [TopicPartition: Int64], isolation: Int8, within limit: CallLimit? = nil,
        done: @escaping (Result<[TopicPartition: Int64], ClientError>) -> Void
    ) {
        let question = LeaderQuestion<ListOffsetsRequest>(
            request: { [self] partitions, _ in
                ListOffsetsRequest(of: partitions, timestamps, isolation: isolation, metadata)
            }, collect: { $0.collect($1, into: &$2) })
        callLeaders(of: Array(timestamps.keys), question, within: limit, done: done)
    }
}

extension ListOffsetsRequest {
    fileprivate init(
        of partitions: [TopicPartition], _ timestamps: [TopicPartition: Int64], isolation: Int8,
        _ metadata: MetadataCache
    ) {
        self.init()
        replicaId = -1
        isolationLevel = isolation
        topics = partitions.byTopic().map { name, partitions in
            var topic = ListOffsetsTopic()
            topic.name = name
            topic.partitions = partitions.map { partition in
                var asked = ListOffsetsPartition()
                asked.partitionIndex = partition.partition
                asked.currentLeaderEpoch = metadata.leaderEpoch(of: partition)
                asked.timestamp = timestamps[partition] ?? -1
                return asked
            }
            return topic
        }
    }
}

extension ListOffsetsResponse {
    /// Adds the offsets answered, and returns why one of those `wanted` is missing.
    fileprivate func collect(
        _ wanted: [TopicPartition], into found: inout [TopicPartition: Int64]
    ) -> ClientError? {
        var failure: ClientError?
        let asked = Set(wanted)
        for topic in topics {
            for answer in topic.partitions {
                let partition = TopicPartition(topic: topic.name, partition: answer.partitionIndex)
                guard asked.contains(partition) else { continue }
                if answer.errorCode != .none {
                    failure = ClientError(.broker(answer.errorCode), api: .listOffsets, topicPartition: partition)
                } else if answer.offset < -1 {
                    failure = .impossibleOffset(answer.offset, api: .listOffsets, partition)
                } else {
                    found[partition] = answer.offset
                }
            }
        }
        if let failure { return failure }
        return wanted.first { found[$0] == nil }.map { .leftOut($0, .listOffsets) }
    }
}

extension ClientError {
    /// An offset that no log has; −1 stands for none.
    static func impossibleOffset(_ offset: Int64, api: ApiKey, _ partition: TopicPartition) -> ClientError {
        ClientError(.malformedResponse("offset \(offset)"), api: api, topicPartition: partition)
    }
}
