import KafkaProtocol

extension BrokerCore {
    /// OffsetCommit 0–10: offsets of a group's members or, while it has none, of whoever assigns
    /// partitions itself.
    ///
    /// Version 6 adds the leader epoch, 10 replaces names by topic ids. The retention that 2–4
    /// carry is not kept: commits stay until their topic goes.
    func offsetCommit(_ request: OffsetCommitRequest, _ exchange: Exchange) {
        var accepted: [(OffsetStore.Place, OffsetStore.Commit)] = []
        let refusal = refusal(of: request)
        var response = OffsetCommitResponse()
        response.topics = request.topics.map { asked in
            let topic = exchange.version >= 10 ? topics.byId[asked.topicId] : topics.byName[asked.name]
            var result = OffsetCommitResponse.OffsetCommitResponseTopic()
            result.name = asked.name
            result.topicId = asked.topicId
            result.partitions = asked.partitions.map { partition in
                var answer = OffsetCommitResponse.OffsetCommitResponsePartition()
                answer.partitionIndex = partition.partitionIndex
                answer.errorCode = refusal ?? check(partition, topic, byId: exchange.version >= 10)
                if let topic, answer.errorCode == .none {
                    accepted.append((Self.place(topic, partition.partitionIndex), Self.commit(partition)))
                }
                return answer
            }
            return result
        }
        do throws(StorageError) {
            try offsets.commit(group: request.groupId, accepted)
        } catch {
            log("group \(request.groupId): \(error)")
            Self.failAll(&response)
        }
        exchange.respond(response)
    }

    /// A group that is not there has no generation, but takes commits without one.
    private func refusal(of request: OffsetCommitRequest) -> ErrorCode? {
        if request.groupId.utf8.count > CommittedOffsets.groupByteCountMax { return .invalidGroupId }
        let generation = request.generationIdOrMemberEpoch
        let outcome = groups.with(request.groupId) {
            $0.commit(request.memberId, request.groupInstanceId, generation: generation, $1)
        }
        let error = outcome ?? (generation >= 0 ? .illegalGeneration : .none)
        return error == .none ? nil : error
    }

    private func check(
        _ partition: OffsetCommitRequest.OffsetCommitRequestPartition, _ topic: Topic?, byId: Bool
    ) -> ErrorCode {
        guard let topic else { return byId ? .unknownTopicId : .unknownTopicOrPartition }
        guard topic.partition(partition.partitionIndex) != nil else { return .unknownTopicOrPartition }
        let metadataByteCount = partition.committedMetadata?.utf8.count ?? 0
        return metadataByteCount <= configuration.offsetMetadataByteCountMax ? .none : .offsetMetadataTooLarge
    }

    private static func place(_ topic: Topic, _ partition: Int32) -> OffsetStore.Place {
        OffsetStore.Place(topicId: topic.id, partition: partition)
    }

    private static func commit(_ partition: OffsetCommitRequest.OffsetCommitRequestPartition) -> OffsetStore.Commit {
        OffsetStore.Commit(
            offset: partition.committedOffset, leaderEpoch: partition.committedLeaderEpoch,
            metadata: partition.committedMetadata ?? "")
    }

    private static func failAll(_ response: inout OffsetCommitResponse) {
        for topic in response.topics.indices {
            for partition in response.topics[topic].partitions.indices
            where response.topics[topic].partitions[partition].errorCode == .none {
                response.topics[topic].partitions[partition].errorCode = .kafkaStorageError
            }
        }
    }
}
