import KafkaProtocol

extension BrokerCore {
    /// OffsetFetch 0–10: what a group committed; a partition without a commit is answered −1.
    ///
    /// From version 2 null asks for all topics of the group, 8 asks for several groups, 10 replaces
    /// names by topic ids.
    func offsetFetch(_ request: OffsetFetchRequest, _ exchange: Exchange) {
        var response = OffsetFetchResponse()
        if exchange.version >= 8 {
            response.groups = request.groups.map { committed(by: $0, version: exchange.version) }
        } else {
            let topics = request.topics?.map { Asked(name: $0.name, id: .zero, partitions: $0.partitionIndexes) }
            response.topics = committed(by: request.groupId, topics, byId: false).map(Self.oldLayout)
        }
        exchange.respond(response)
    }

    private typealias Answered = OffsetFetchResponse.OffsetFetchResponseTopics

    private struct Asked {
        var name: String
        var id: KafkaUUID
        var partitions: [Int32]
    }

    private func committed(
        by group: OffsetFetchRequest.OffsetFetchRequestGroup, version: Int16
    ) -> OffsetFetchResponse.OffsetFetchResponseGroup {
        var answer = OffsetFetchResponse.OffsetFetchResponseGroup()
        answer.groupId = group.groupId
        guard group.memberEpoch < 0 else {
            answer.errorCode = .unknownMemberId
            return answer
        }
        let topics = group.topics?.map { Asked(name: $0.name, id: $0.topicId, partitions: $0.partitionIndexes) }
        answer.topics = committed(by: group.groupId, topics, byId: version >= 10)
        return answer
    }

    private func committed(by group: String, _ asked: [Asked]?, byId: Bool) -> [Answered] {
        (asked ?? everything(of: group)).map { asked in
            let topic = byId ? topics.byId[asked.id] : topics.byName[asked.name]
            var answer = Answered()
            answer.name = topic?.name ?? asked.name
            answer.topicId = topic?.id ?? asked.id
            answer.partitions = asked.partitions.map { index in
                var partition = OffsetFetchResponse.OffsetFetchResponsePartitions()
                partition.partitionIndex = index
                partition.committedOffset = -1
                if byId, topic == nil { partition.errorCode = .unknownTopicId }
                let place = topic.map { OffsetStore.Place(topicId: $0.id, partition: index) }
                if let commit = place.flatMap({ offsets.store.commit(group: group, $0) }) {
                    partition.committedOffset = commit.offset
                    partition.committedLeaderEpoch = commit.leaderEpoch
                    partition.metadata = commit.metadata
                }
                return partition
            }
            return answer
        }
    }

    private func everything(of group: String) -> [Asked] {
        let places = offsets.store.groups[group].map { Array($0.keys) } ?? []
        return Dictionary(grouping: places, by: \.topicId).compactMap { id, places in
            topics.byId[id].map { Asked(name: $0.name, id: id, partitions: places.map(\.partition).sorted()) }
        }
        .sorted { $0.name < $1.name }
    }

    private static func oldLayout(_ topic: Answered) -> OffsetFetchResponse.OffsetFetchResponseTopic {
        var old = OffsetFetchResponse.OffsetFetchResponseTopic()
        old.name = topic.name
        old.partitions = topic.partitions.map { partition in
            var old = OffsetFetchResponse.OffsetFetchResponsePartition()
            old.partitionIndex = partition.partitionIndex
            old.committedOffset = partition.committedOffset
            old.committedLeaderEpoch = partition.committedLeaderEpoch
            old.metadata = partition.metadata
            old.errorCode = partition.errorCode
            return old
        }
        return old
    }
}
