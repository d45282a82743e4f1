import KafkaProtocol

extension Cluster {
    /// Asks the leaders for the offsets of timestamps, all leaders at once (−1 the end, −2 the
    /// start).
    func listOffsets(
        _ timestamps: [TopicPartition: Int64], isolation: Int8, within limit: CallLimit? = nil,
        done: @escaping (Result<[TopicPartition: Int64], ClientError>) -> Void
    ) {
        listOffsets(
            of: timestamps.keys.sorted(), at: { timestamps[$0] ?? -1 }, isolation: isolation, within: limit, done: done)
    }

    /// The same for one timestamp of all `partitions`.
    func listOffsets(
        of partitions: [TopicPartition], at timestamp: Int64, isolation: Int8,
        done: @escaping (Result<[TopicPartition: Int64], ClientError>) -> Void
    ) {
        listOffsets(of: partitions, at: { _ in timestamp }, isolation: isolation, within: nil, done: done)
    }

    private func listOffsets(
        of partitions: [TopicPartition], at timestamp: @escaping (TopicPartition) -> Int64, isolation: Int8,
        within limit: CallLimit?, done: @escaping (Result<[TopicPartition: Int64], ClientError>) -> Void
    ) {
        let question = LeaderQuestion<ListOffsetsRequest>(
            request: { [self] partitions, _ in
                ListOffsetsRequest(of: partitions, at: timestamp, isolation: isolation, metadata)
            }, collect: { $0.collect($1, into: &$2) })
        callLeaders(of: partitions, question, within: limit, done: done)
    }
}

extension ListOffsetsRequest {
    fileprivate init(
        of partitions: [TopicPartition], at timestamp: (TopicPartition) -> Int64, isolation: Int8,
        _ metadata: MetadataCache
    ) {
        self.init()
        var lookup = LeaderLookup(metadata)
        replicaId = -1
        isolationLevel = isolation
        topics = partitions.byTopic().map { name, partitions in
            var topic = ListOffsetsTopic()
            topic.name = name
            topic.partitions = partitions.map { partition in
                var asked = ListOffsetsPartition()
                asked.partitionIndex = partition.partition
                asked.currentLeaderEpoch = lookup.leaderEpoch(of: partition)
                asked.timestamp = timestamp(partition)
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
        var asked = AskedPartitions(wanted)
        found.reserveCapacity(found.count + wanted.count)
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
        return asked.first(missingIn: found).map { .leftOut($0, .listOffsets) }
    }
}

extension ClientError {
    /// An offset that no log has; −1 stands for none.
    static func impossibleOffset(_ offset: Int64, api: ApiKey, _ partition: TopicPartition) -> ClientError {
        ClientError(.malformedResponse("offset \(offset)"), api: api, topicPartition: partition)
    }
}
