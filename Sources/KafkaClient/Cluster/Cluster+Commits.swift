import KafkaProtocol
import Networking

extension Cluster {
    /// Which broker keeps a group's commits; asked once for all who want to know, until it turns out wrong.
    func findCoordinator(
        _ group: String, for call: PendingCall? = nil, done: @escaping (Result<Int32, ClientError>) -> Void
    ) {
        if let node = coordinators[group], metadata.nodes[node] != nil { return done(.success(node)) }
        if let question = coordinatorQuestions[group] {
            coordinatorQuestions[group]?.waiters.append((call, done))
            call?.noteRequest(on: question.asked, .findCoordinator)
            return
        }
        var request = FindCoordinatorRequest()
        request.key = group
        requestOfAny(request) { [self] connection in
            guard let question = coordinatorQuestions[group] else {
                coordinatorQuestions[group] = (connection, [(call, done)])
                call?.noteRequest(on: connection, .findCoordinator)
                return
            }
            for waiter in question.waiters { waiter.call?.moveRequest(from: question.asked, to: connection) }
            coordinatorQuestions[group]?.asked = connection
        } done: { [self] connection, result in
            guard let connection else { return done(.failure(ClientError(.closed))) }
            coordinatorCame(group, connection, result)
        }
    }

    private func coordinatorCame(
        _ group: String, _ connection: BrokerConnection, _ result: Result<FindCoordinatorResponse, ClientError>
    ) {
        var broker: String { connection.address.description }
        let found: Result<Int32, ClientError> = result.flatMap { response in
            guard response.errorCode == .none else {
                return .failure(ClientError(.broker(response.errorCode), broker: broker, api: .findCoordinator))
            }
            guard response.nodeId >= 0, !response.host.isEmpty, (1...65_535).contains(response.port) else {
                let text =
                    "a coordinator without an address: node \(response.nodeId) at "
                    + "'\(response.host):\(response.port)'"
                return .failure(ClientError(.malformedResponse(text), broker: broker, api: .findCoordinator))
            }
            metadata.learn(MetadataCache.Node(id: response.nodeId, host: response.host, port: response.port))
            adoptBootstrap()
            coordinators[group] = response.nodeId
            return .success(response.nodeId)
        }
        for waiter in coordinatorQuestions.removeValue(forKey: group)?.waiters ?? [] {
            waiter.call?.noteAnswer(from: connection)
            waiter.done(found)
        }
    }

    /// A group's commits of `partitions`; −1 where there is none.
    func committed(
        _ group: String, _ partitions: [TopicPartition], within limit: CallLimit? = nil,
        done: @escaping (Result<[TopicPartition: Int64], ClientError>) -> Void
    ) {
        askGroup(
            group, request(group, partitions), within: limit,
            { $0.commits(of: partitions).map { $0.mapValues(\.offset) } }, done: done)
    }

    /// A group's commits of those `partitions` that have one, with what was stored beside them.
    func commits(
        _ group: String, _ partitions: [TopicPartition], within limit: CallLimit? = nil,
        done: @escaping (Result<[TopicPartition: CommittedOffset], ClientError>) -> Void
    ) {
        askGroup(
            group, request(group, partitions), within: limit,
            { $0.commits(of: partitions).map { $0.filter { $1.offset >= 0 } } }, done: done)
    }

    private func request(_ group: String, _ partitions: [TopicPartition]) -> OffsetFetchRequest {
        var request = OffsetFetchRequest()
        request.groupId = group
        request.topics = partitions.byTopic().map { name, partitions in
            var topic = OffsetFetchRequest.OffsetFetchRequestTopic()
            topic.name = name
            topic.partitionIndexes = partitions.map(\.partition)
            return topic
        }
        return request
    }

    /// Writes commits of a group from outside its membership.
    func commit(
        _ group: String, _ offsets: [TopicPartition: CommittedOffset], within limit: CallLimit? = nil,
        done: @escaping (Result<Void, ClientError>) -> Void
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
                guard let stored = offsets[partition] else { return commit }
                commit.committedOffset = stored.offset
                commit.committedLeaderEpoch = stored.leaderEpoch
                commit.committedMetadata = stored.metadata
                return commit
            }
            return topic
        }
        askGroup(group, request, within: limit, { $0.outcome(of: offsets.keys) }, done: done)
    }

    func askCoordinator<Request: KafkaRequest>(
        _ group: String, _ request: Request, _ call: PendingCall,
        done: @escaping (Result<Request.Response, ClientError>) -> Void
    ) {
        findCoordinator(group, for: call) { [self] result in
            switch result {
            case .failure(let error): done(.failure(error))
            case .success(let node):
                guard let connection = connection(to: node) else { return done(.failure(ClientError(.closed))) }
                self.request(request, on: connection, for: call, done: done)
            }
        }
    }

    /// After any failure the coordinator is looked for anew: it may be another broker by now.
    func checked<Value>(_ group: String, _ result: Result<Value, ClientError>) -> Result<Value, ClientError> {
        result.mapError { error in
            coordinators[group] = nil
            return error.named(group)
        }
    }
}

extension ClientError {
    /// Errors of a commit that are a topic's or a partition's; every other is the group's.
    private static let aboutPartitions: Set<ErrorCode> = [
        .unknownTopicOrPartition, .topicAuthorizationFailed, .invalidTopicException, .unknownTopicId,
        .inconsistentTopicId, .offsetMetadataTooLarge, .unstableOffsetCommit, .groupSubscribedToTopic,
    ]

    /// The same of a group: brokers repeat what is wrong with a group at each partition that was asked for.
    fileprivate func named(_ group: String) -> ClientError {
        var named = self
        named.group = group
        if case .broker(let error) = code, !Self.aboutPartitions.contains(error) { named.topicPartition = nil }
        return named
    }
}

extension OffsetFetchResponse {
    fileprivate func commits(of partitions: [TopicPartition]) -> Result<[TopicPartition: CommittedOffset], ClientError>
    {
        guard errorCode == .none else { return .failure(ClientError(.broker(errorCode), api: .offsetFetch)) }
        var offsets: [TopicPartition: CommittedOffset] = [:]
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
                offsets[partition] = CommittedOffset(
                    offset: answer.committedOffset, leaderEpoch: answer.committedLeaderEpoch,
                    metadata: answer.metadata ?? "")
            }
        }
        if let missing = partitions.first(where: { offsets[$0] == nil }) {
            return .failure(.leftOut(missing, .offsetFetch))
        }
        return .success(offsets)
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
