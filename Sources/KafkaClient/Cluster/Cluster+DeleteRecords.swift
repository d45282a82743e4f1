import KafkaProtocol

extension Cluster {
    /// Moves the starts of logs up, all leaders at once, and tells where they start then.
    func deleteRecords(
        _ offsets: [TopicPartition: Int64], within limit: CallLimit,
        done: @escaping (Result<[TopicPartition: Int64], ClientError>) -> Void
    ) {
        let question = LeaderQuestion<DeleteRecordsRequest>(
            request: { [self] partitions, call in
                var request = DeleteRecordsRequest(of: partitions, offsets)
                request.timeoutMs = Int32(clamping: call.timeoutMs(atMost: configuration.requestTimeoutMs))
                return request
            }, collect: { $0.collect($1, into: &$2) })
        callLeaders(of: Array(offsets.keys), question, within: limit, done: done)
    }
}

extension DeleteRecordsRequest {
    fileprivate init(of partitions: [TopicPartition], _ offsets: [TopicPartition: Int64]) {
        self.init()
        topics = partitions.byTopic().map { name, partitions in
            var topic = DeleteRecordsTopic()
            topic.name = name
            topic.partitions = partitions.map { partition in
                var asked = DeleteRecordsPartition()
                asked.partitionIndex = partition.partition
                asked.offset = offsets[partition] ?? -1
                return asked
            }
            return topic
        }
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
