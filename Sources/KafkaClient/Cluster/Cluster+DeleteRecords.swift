import KafkaProtocol

extension Cluster {
    /// Moves the starts of logs up, all leaders at once, and tells where they start then.
    func deleteRecords(
        _ offsets: [TopicPartition: Int64], within limit: CallLimit,
        done: @escaping (Result<[TopicPartition: Int64], ClientError>) -> Void
    ) {
        var found: [TopicPartition: Int64] = [:]
        retrying(
            .deleteRecords, within: limit,
            { [self] call, finish in
                let open = offsets.filter { found[$0.key] == nil }
                deleteOnce(open, call) { starts, error in
                    found.merge(starts) { _, new in new }
                    finish(error.map { .failure($0) } ?? .success(found))
                }
            }, done: done)
    }

    private func deleteOnce(
        _ offsets: [TopicPartition: Int64], _ call: PendingCall,
        done: @escaping ([TopicPartition: Int64], ClientError?) -> Void
    ) {
        let byLeader = Dictionary(grouping: offsets.keys) { metadata.leader(of: $0) ?? -1 }
        if let leaderless = byLeader[-1]?.first {
            return done([:], self.leaderless(leaderless))
        }
        guard !byLeader.isEmpty else { return done([:], nil) }
        var found: [TopicPartition: Int64] = [:]
        var failure: ClientError?
        var left = byLeader.count
        for (leader, partitions) in byLeader {
            delete(partitions, offsets, leader, call) { [self] result in
                switch result {
                case .success(let response):
                    failure = response.collect(partitions, into: &found)?.at(name(of: leader)) ?? failure
                case .failure(let error): failure = error
                }
                left -= 1
                if left == 0 { done(found, failure) }
            }
        }
    }

    private func delete(
        _ partitions: [TopicPartition], _ offsets: [TopicPartition: Int64], _ leader: Int32, _ call: PendingCall,
        done: @escaping (Result<DeleteRecordsResponse, ClientError>) -> Void
    ) {
        guard let connection = connection(to: leader) else { return done(.failure(ClientError(.closed))) }
        var request = DeleteRecordsRequest()
        request.timeoutMs = Int32(clamping: call.timeoutMs(atMost: configuration.requestTimeoutMs))
        request.topics = partitions.byTopic().map { name, partitions in
            var topic = DeleteRecordsRequest.DeleteRecordsTopic()
            topic.name = name
            topic.partitions = partitions.map { partition in
                var asked = DeleteRecordsRequest.DeleteRecordsPartition()
                asked.partitionIndex = partition.partition
                asked.offset = offsets[partition] ?? -1
                return asked
            }
            return topic
        }
        self.request(request, on: connection, for: call, done: done)
    }
}

extension DeleteRecordsResponse {
    /// Adds where the logs start now, and returns why one of those `wanted` is missing.
    fileprivate func collect(
        _ wanted: [TopicPartition], into found: inout [TopicPartition: Int64]
    ) -> ClientError? {
        var failure: ClientError?
        for topic in topics {
            for answer in topic.partitions {
                let partition = TopicPartition(topic: topic.name, partition: answer.partitionIndex)
                if answer.errorCode == .none {
                    found[partition] = answer.lowWatermark
                } else {
                    failure = ClientError(.broker(answer.errorCode), api: .deleteRecords, topicPartition: partition)
                }
            }
        }
        if let failure { return failure }
        return wanted.first { found[$0] == nil }.map { .leftOut($0, .deleteRecords) }
    }
}
