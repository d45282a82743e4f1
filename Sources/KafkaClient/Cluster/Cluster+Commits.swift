import KafkaProtocol

extension Cluster {
    /// A group's commits of `partitions`; −1 where there is none.
    func committed(
        _ group: String, _ partitions: [TopicPartition], within limit: CallLimit? = nil,
        done: @escaping (Result<[TopicPartition: Int64], ClientError>) -> Void
    ) {
        callCoordinator(
            of: .group(group), request(group, partitions), within: limit,
            { $0.commits(of: partitions) { $0.committedOffset } }, done: done)
    }

    /// A group's commits of those `partitions` that have one, with what was stored beside them.
    func commits(
        _ group: String, _ partitions: [TopicPartition], within limit: CallLimit? = nil,
        done: @escaping (Result<[TopicPartition: CommittedOffset], ClientError>) -> Void
    ) {
        callCoordinator(
            of: .group(group), request(group, partitions), within: limit,
            {
                $0.commits(of: partitions) { CommittedOffset($0) }.map { $0.filter { $1.offset >= 0 } }
            }, done: done)
    }

    private func request(_ group: String, _ partitions: [TopicPartition]) -> OffsetFetchRequest {
        var request = OffsetFetchRequest()
        request.groupId = group
        request.topics = partitions.topicsWithIndexes()
        return request
    }

    /// Writes commits of a group, as one of its members or from outside.
    func commit(
        _ group: String, _ offsets: [TopicPartition: CommittedOffset], by member: GroupIdentity = GroupIdentity(),
        within limit: CallLimit? = nil,
        done: @escaping (Result<Void, ClientError>) -> Void
    ) {
        guard !offsets.isEmpty else { return done(.success(())) }
        var request = OffsetCommitRequest()
        request.groupId = group
        request.memberId = member.memberId
        request.generationIdOrMemberEpoch = member.generation
        request.groupInstanceId = member.instanceId
        request.topics = offsets.keys.byTopic().map { name, partitions in
            var topic = OffsetCommitRequest.OffsetCommitRequestTopic()
            topic.name = name
            topic.partitions = partitions.map { partition in
                var commit = OffsetCommitRequest.OffsetCommitRequestPartition()
                commit.partitionIndex = partition.partition
                guard let stored = offsets[partition] else { return commit }
                commit.committedOffset = stored.offset
                commit.committedLeaderEpoch = stored.leaderEpoch
                commit.committedMetadata = stored.metadata
                return commit
            }
            return topic
        }
        callCoordinator(of: .group(group), request, within: limit, { $0.outcome(of: offsets.keys) }, done: done)
    }
}

extension OffsetFetchResponse {
    /// What the answer says of each of these partitions, as `read` takes it.
    fileprivate func commits<Commit>(
        of partitions: [TopicPartition], _ read: (OffsetFetchResponsePartition) -> Commit
    ) -> Result<[TopicPartition: Commit], ClientError> {
        guard errorCode == .none else { return .failure(ClientError(.broker(errorCode), api: .offsetFetch)) }
        var asked = AskedPartitions(partitions)
        var commits: [TopicPartition: Commit] = [:]
        commits.reserveCapacity(partitions.count)
        for topic in topics {
            for answer in topic.partitions {
                let partition = TopicPartition(topic: topic.name, partition: answer.partitionIndex)
                guard asked.contains(partition) else { continue }
                guard answer.errorCode == .none else {
                    return .failure(
                        ClientError(.broker(answer.errorCode), api: .offsetFetch, topicPartition: partition))
                }
                guard answer.committedOffset >= -1 else {
                    return .failure(.impossibleOffset(answer.committedOffset, api: .offsetFetch, partition))
                }
                commits[partition] = read(answer)
            }
        }
        if let missing = asked.first(missingIn: commits) { return .failure(.leftOut(missing, .offsetFetch)) }
        return .success(commits)
    }
}

extension CommittedOffset {
    fileprivate init(_ answer: OffsetFetchResponse.OffsetFetchResponsePartition) {
        self.init(
            offset: answer.committedOffset, leaderEpoch: answer.committedLeaderEpoch, metadata: answer.metadata ?? "")
    }
}

extension OffsetCommitResponse {
    fileprivate func outcome(of partitions: some Sequence<TopicPartition>) -> Result<Void, ClientError> {
        var answered: Set<TopicPartition> = []
        for topic in topics {
            for answer in topic.partitions {
                let partition = TopicPartition(topic: topic.name, partition: answer.partitionIndex)
                guard answer.errorCode == .none else {
                    return .failure(
                        ClientError(.broker(answer.errorCode), api: .offsetCommit, topicPartition: partition))
                }
                answered.insert(partition)
            }
        }
        if let missing = partitions.first(where: { !answered.contains($0) }) {
            return .failure(.leftOut(missing, .offsetCommit))
        }
        return .success(())
    }
}
