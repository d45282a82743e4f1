import KafkaProtocol
import Networking

/// Asks what a classic member wants asked: JoinGroup, SyncGroup, Heartbeat, LeaveGroup.
final class ClassicMembership: MembershipCarrier<ClassicMember> {
    /// How much longer than the rebalance the answer to JoinGroup may take, as in Kafka's client.
    private static let joinLapseMs = 5_000

    override func ask(_ question: ClassicQuestion) {
        switch question {
        case .join(let identity, let subscriptions): join(identity, subscriptions)
        case .sync(let identity, let strategy, let assignments): sync(identity, strategy, assignments)
        case .heartbeat(let identity): heartbeat(identity)
        case .leave(let identity): leave(identity)
        }
    }

    private func join(_ identity: GroupIdentity, _ subscriptions: [AssignmentStrategy: ConsumerSubscription]) {
        let settings = machine.settings
        var question = JoinGroupRequest()
        question.groupId = group
        question.memberId = identity.memberId
        question.groupInstanceId = identity.instanceId
        question.sessionTimeoutMs = Int32(clamping: settings.sessionTimeoutMs)
        question.rebalanceTimeoutMs = Int32(clamping: settings.pollIntervalMs)
        question.protocolType = "consumer"
        do throws(WireError) {
            for strategy in settings.strategies {
                var offer = JoinGroupRequest.JoinGroupRequestProtocol()
                offer.name = strategy.rawValue
                offer.metadata = try subscriptions[strategy]?.bytes() ?? []
                question.protocols.append(offer)
            }
        } catch {
            let failure = ClientError(.invalidArgument("the subscription cannot be written: \(error)"), api: .joinGroup)
            return act { $0.joinAnswered(.failure(failure), nowNs: $1) }
        }
        isWaiting = true
        let waitMs = settings.pollIntervalMs + Self.joinLapseMs
        request(question, timeoutMs: max(cluster.configuration.requestTimeoutMs, waitMs), askedMs: waitMs) {
            [self] result in
            isWaiting = false
            let answer = result.map(JoinAnswer.init)
            if case .success(let answer) = answer, answer.error == .none, machine.state == .joining {
                tell(.joined(memberId: answer.memberId, generation: answer.generation))
            }
            act { $0.joinAnswered(answer, nowNs: $1) }
        }
    }

    private func sync(
        _ identity: GroupIdentity, _ strategy: AssignmentStrategy, _ assignments: [String: [TopicPartition]]
    ) {
        var question = SyncGroupRequest()
        question.groupId = group
        question.memberId = identity.memberId
        question.generationId = identity.generation
        question.groupInstanceId = identity.instanceId
        question.protocolType = "consumer"
        question.protocolName = strategy.rawValue
        do throws(WireError) {
            for (member, partitions) in assignments.sorted(by: { $0.key < $1.key }) {
                var share = SyncGroupRequest.SyncGroupRequestAssignment()
                share.memberId = member
                var assignment = ConsumerAssignment()
                assignment.assignedPartitions = partitions.grouped()
                share.assignment = try assignment.bytes()
                question.assignments.append(share)
            }
        } catch {
            let failure = ClientError(.invalidArgument("an assignment cannot be written: \(error)"), api: .syncGroup)
            return act { $0.syncAnswered(.failure(failure), nowNs: $1) }
        }
        isWaiting = true
        request(question, askedMs: cluster.configuration.requestTimeoutMs) { [self] result in
            isWaiting = false
            let answer = result.map(SyncAnswer.init)
            if case .success(let answer) = answer, answer.error == .none, machine.state == .syncing {
                tell(.synced(generation: identity.generation))
            }
            act { $0.syncAnswered(answer, nowNs: $1) }
        }
    }

    private func heartbeat(_ identity: GroupIdentity) {
        var question = HeartbeatRequest()
        question.groupId = group
        question.memberId = identity.memberId
        question.generationId = identity.generation
        question.groupInstanceId = identity.instanceId
        request(question) { [self] result in
            act { $0.heartbeatAnswered(by: identity, result.map(\.errorCode), nowNs: $1) }
        }
    }

    private func leave(_ identity: GroupIdentity) {
        var question = LeaveGroupRequest()
        question.groupId = group
        question.memberId = identity.memberId
        request(question, aside: isWaiting) { [self] _ in act { machine, _ in machine.left() } }
    }

    // MARK: The leader's part

    override func share(_ members: [GroupMember], _ strategy: AssignmentStrategy) {
        let topics = Set(members.flatMap(\.topics))
        var counts: [String: Int] = [:]
        for topic in topics { counts[topic] = cluster.knownPartitionCount(of: topic) }
        let unknown = topics.filter { counts[$0] == nil }.sorted()
        guard !unknown.isEmpty else { return finishSharing(members, strategy, counts) }
        // Others' topics: watched from now on, and left out where they do not exist.
        cluster.metadata.want(unknown)
        cluster.requestOfAny(MetadataRequest(of: unknown)) { [self] _, result in
            if case .success(let response) = result {
                for (name, topic) in response.cachedTopics where topic.error == .none {
                    counts[name] = topic.partitions.count
                }
            }
            finishSharing(members, strategy, counts)
        }
    }

    private func finishSharing(_ members: [GroupMember], _ strategy: AssignmentStrategy, _ counts: [String: Int]) {
        let assignments = strategy.assign(members, counts)
        act { machine, _ in machine.shared(assignments, counts: counts) }
    }
}

extension JoinAnswer {
    fileprivate init(_ response: JoinGroupResponse) {
        error = response.errorCode
        memberId = response.memberId
        generation = response.generationId
        protocolType = response.protocolType
        strategy = response.protocolName
        leader = response.leader
        skipsAssignment = response.skipAssignment
        members = response.members.map { ($0.memberId, $0.groupInstanceId, $0.metadata) }
    }
}

extension SyncAnswer {
    fileprivate init(_ response: SyncGroupResponse) {
        error = response.errorCode
        protocolType = response.protocolType
        strategy = response.protocolName
        assignment = response.assignment
    }
}
