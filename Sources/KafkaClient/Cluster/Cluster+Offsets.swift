import KafkaProtocol

extension Cluster {
    /// Asks the leaders for the offsets of timestamps, all leaders at once (−1 the end, −2 the start).
    func listOffsets(
        _ timestamps: [TopicPartition: Int64], isolation: Int8, within limit: CallLimit? = nil,
        done: @escaping (Result<[TopicPartition: Int64], ClientError>) -> Void
    ) {
        var found: [TopicPartition: Int64] = [:]
        retrying(
            .listOffsets, within: limit,
            { [self] call, finish in
                let open = timestamps.filter { found[$0.key] == nil }
                askLeaders(open, isolation, call) { offsets, error in
                    found.merge(offsets) { _, new in new }
                    finish(error.map { .failure($0) } ?? .success(found))
                }
            }, done: done)
    }

    private func askLeaders(
        _ timestamps: [TopicPartition: Int64], _ isolation: Int8, _ call: PendingCall,
        done: @escaping ([TopicPartition: Int64], ClientError?) -> Void
    ) {
        var byLeader: [Int32: [TopicPartition: Int64]] = [:]
        for (partition, timestamp) in timestamps {
            guard let leader = metadata.leader(of: partition) else {
                return done([:], leaderless(partition))
            }
            byLeader[leader, default: [:]][partition] = timestamp
        }
        guard !byLeader.isEmpty else { return done([:], nil) }
        var found: [TopicPartition: Int64] = [:]
        var failure: ClientError?
        var left = byLeader.count
        for (leader, wanted) in byLeader.sorted(by: { $0.key < $1.key }) {
            askLeader(leader, wanted, isolation, call) { [self] result in
                switch result {
                case .success(let response):
                    failure = response.collect(wanted, into: &found)?.at(name(of: leader)) ?? failure
                case .failure(let error): failure = error
                }
                left -= 1
                if left == 0 { done(found, failure) }
            }
        }
    }

    private func askLeader(
        _ leader: Int32, _ wanted: [TopicPartition: Int64], _ isolation: Int8, _ call: PendingCall,
        done: @escaping (Result<ListOffsetsResponse, ClientError>) -> Void
    ) {
        guard let connection = connection(to: leader) else { return done(.failure(ClientError(.closed))) }
        var request = ListOffsetsRequest()
        request.replicaId = -1
        request.isolationLevel = isolation
        request.topics = wanted.keys.byTopic().map { name, partitions in
            var topic = ListOffsetsRequest.ListOffsetsTopic()
            topic.name = name
            topic.partitions = partitions.map { partition in
                var asked = ListOffsetsRequest.ListOffsetsPartition()
                asked.partitionIndex = partition.partition
                asked.currentLeaderEpoch = metadata.leaderEpoch(of: partition)
                asked.timestamp = wanted[partition] ?? -1
                return asked
            }
            return topic
        }
        self.request(request, on: connection, for: call, done: done)
    }
}

extension ListOffsetsResponse {
    /// Adds the offsets answered, and returns why one of those `wanted` is missing.
    fileprivate func collect(
        _ wanted: [TopicPartition: Int64], into found: inout [TopicPartition: Int64]
    ) -> ClientError? {
        var failure: ClientError?
        for topic in topics {
            for answer in topic.partitions {
                let partition = TopicPartition(topic: topic.name, partition: answer.partitionIndex)
                guard wanted[partition] != nil else { continue }
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
        guard let missing = wanted.keys.first(where: { found[$0] == nil }) else { return nil }
        return .leftOut(missing, .listOffsets)
    }
}

extension ClientError {
    /// An offset that no log has; −1 says that there is none.
    static func impossibleOffset(_ offset: Int64, api: ApiKey, _ partition: TopicPartition) -> ClientError {
        ClientError(.malformedResponse("offset \(offset)"), api: api, topicPartition: partition)
    }
}

extension Sequence<TopicPartition> {
    /// The partitions by topic, topics and partitions in order.
    func byTopic() -> [(topic: String, partitions: [TopicPartition])] {
        Dictionary(grouping: self, by: \.topic).map { ($0.key, $0.value.sorted()) }.sorted { $0.topic < $1.topic }
    }
}
