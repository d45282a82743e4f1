import KafkaProtocol

extension Cluster {
    /// Which broker keeps a group's commits; asked once for all who want to know, until it turns out wrong.
    func findCoordinator(_ group: String, done: @escaping (Result<Int32, ClientError>) -> Void) {
        if let node = coordinators[group], metadata.nodes[node] != nil { return done(.success(node)) }
        coordinatorWaiters[group, default: []].append(done)
        guard coordinatorWaiters[group]?.count == 1 else { return }
        guard let connection = anyConnection() else { return coordinatorCame(group, .failure(ClientError(.closed))) }
        var request = FindCoordinatorRequest()
        request.key = group
        self.request(request, on: connection) { [self] in coordinatorCame(group, $0) }
    }

    private func coordinatorCame(_ group: String, _ result: Result<FindCoordinatorResponse, ClientError>) {
        let found: Result<Int32, ClientError> = result.flatMap { response in
            guard response.errorCode == .none else {
                return .failure(ClientError(.broker(response.errorCode), api: .findCoordinator))
            }
            metadata.learn(MetadataCache.Node(id: response.nodeId, host: response.host, port: response.port))
            adoptBootstrap()
            coordinators[group] = response.nodeId
            return .success(response.nodeId)
        }
        for waiter in coordinatorWaiters.removeValue(forKey: group) ?? [] { waiter(found) }
    }

    /// A group's commits of `partitions`; −1 where there is none.
    func committed(
        _ group: String, _ partitions: [TopicPartition],
        done: @escaping (Result<[TopicPartition: Int64], ClientError>) -> Void
    ) {
        var request = OffsetFetchRequest()
        request.groupId = group
        request.topics = partitions.byTopic().map { name, partitions in
            var topic = OffsetFetchRequest.OffsetFetchRequestTopic()
            topic.name = name
            topic.partitionIndexes = partitions.map(\.partition)
            return topic
        }
        attempting(
            { [self] finish in
                askCoordinator(group, request) { [self] result in
                    finish(checked(group, result.flatMap { $0.offsets(of: partitions) }))
                }
            }, done: done)
    }

    /// Writes commits of a group from outside its membership.
    func commit(
        _ group: String, _ offsets: [TopicPartition: Int64], done: @escaping (Result<Void, ClientError>) -> Void
    ) {
        guard !offsets.isEmpty else { return done(.success(())) }
        var request = OffsetCommitRequest()
        request.groupId = group
        request.topics = offsets.keys.byTopic().map { name, partitions in
            var topic = OffsetCommitRequest.OffsetCommitRequestTopic()
            topic.name = name
            topic.partitions = partitions.map { partition in
                var commit = OffsetCommitRequest.OffsetCommitRequestPartition()
                commit.partitionIndex = partition.partition
                commit.committedOffset = offsets[partition] ?? 0
                return commit
            }
            return topic
        }
        attempting(
            { [self] finish in
                askCoordinator(group, request) { [self] result in finish(checked(group, result.flatMap { $0.outcome }))
                }
            }, done: done)
    }

    private func askCoordinator<Request: KafkaRequest>(
        _ group: String, _ request: Request, done: @escaping (Result<Request.Response, ClientError>) -> Void
    ) {
        findCoordinator(group) { [self] result in
            switch result {
            case .failure(let error): done(.failure(error))
            case .success(let node):
                guard let connection = connection(to: node) else { return done(.failure(ClientError(.closed))) }
                self.request(request, on: connection, done: done)
            }
        }
    }

    /// After any failure the coordinator is looked for anew: it may be another broker by now.
    private func checked<Value>(_ group: String, _ result: Result<Value, ClientError>) -> Result<Value, ClientError> {
        if case .failure = result { coordinators[group] = nil }
        return result
    }
}

extension OffsetFetchResponse {
    fileprivate func offsets(of partitions: [TopicPartition]) -> Result<[TopicPartition: Int64], ClientError> {
        guard errorCode == .none else { return .failure(ClientError(.broker(errorCode), api: .offsetFetch)) }
        var offsets: [TopicPartition: Int64] = [:]
        for topic in topics {
            for answer in topic.partitions {
                let partition = TopicPartition(topic: topic.name, partition: answer.partitionIndex)
                guard answer.errorCode == .none else {
                    return .failure(
                        ClientError(.broker(answer.errorCode), api: .offsetFetch, topicPartition: partition))
                }
                guard answer.committedOffset >= -1 else {
                    return .failure(.impossibleOffset(answer.committedOffset, api: .offsetFetch, partition))
                }
                offsets[partition] = answer.committedOffset
            }
        }
        if let missing = partitions.first(where: { offsets[$0] == nil }) {
            return .failure(
                ClientError(
                    .malformedResponse("no answer for a partition that was asked for"), api: .offsetFetch,
                    topicPartition: missing))
        }
        return .success(offsets)
    }
}

extension OffsetCommitResponse {
    fileprivate var outcome: Result<Void, ClientError> {
        for topic in topics {
            for answer in topic.partitions where answer.errorCode != .none {
                let partition = TopicPartition(topic: topic.name, partition: answer.partitionIndex)
                return .failure(ClientError(.broker(answer.errorCode), api: .offsetCommit, topicPartition: partition))
            }
        }
        return .success(())
    }
}
