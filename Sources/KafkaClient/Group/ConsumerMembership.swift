import KafkaProtocol
import Networking

/// Asks what a member by the newer protocol wants asked: ConsumerGroupHeartbeat, in which topics
/// have ids.
final class ConsumerMembership: MembershipCarrier<ConsumerMember> {
    /// An answer that names topics whose names are not known yet.
    private struct Unresolved {
        let identity: GroupIdentity
        let response: ConsumerGroupHeartbeatResponse
        var attemptsLeft = 3
    }

    private var unresolved: Unresolved?

    override func ask(_ question: ConsumerQuestion) {
        switch question {
        case .heartbeat(let heartbeat): send(heartbeat)
        case .leave(let identity):
            request(self.question(identity)) { [self] _ in act { machine, _ in machine.left() } }
        }
    }

    private func question(_ identity: GroupIdentity) -> ConsumerGroupHeartbeatRequest {
        var question = ConsumerGroupHeartbeatRequest()
        question.groupId = group
        question.memberId = identity.memberId
        question.memberEpoch = identity.generation
        question.instanceId = identity.instanceId
        return question
    }

    private func send(_ heartbeat: ConsumerHeartbeat) {
        var question = question(heartbeat.identity)
        question.rebalanceTimeoutMs = heartbeat.rebalanceTimeoutMs.map(Int32.init(clamping:)) ?? -1
        question.subscribedTopicNames = heartbeat.topics?.sorted()
        question.serverAssignor = heartbeat.assignor
        question.topicPartitions = heartbeat.owned?.byTopic().map { name, partitions in
            var topic = ConsumerGroupHeartbeatRequest.TopicPartitions()
            topic.topicId = cluster.metadata.topic(name)?.id ?? .zero
            topic.partitions = partitions.map(\.partition)
            return topic
        }
        request(question) { [self] result in
            switch result {
            case .failure(let error):
                act { $0.heartbeatAnswered(by: heartbeat.identity, .failure(error), nowNs: $1) }
            case .success(let response): take(Unresolved(identity: heartbeat.identity, response: response))
            }
        }
        // The first answer about topics may have been in a version without ids; the names are to be
        // known when the assignment comes.
        if machine.topics.contains(where: { cluster.metadata.topic($0)?.id ?? .zero == .zero }) {
            cluster.refreshMetadata()
        }
    }

    override func metadataUpdated() {
        guard let waiting = unresolved else { return }
        unresolved = nil
        take(waiting)
    }

    /// Takes an answer in, once its topics have names; what has none after a few answers of the
    /// brokers does not exist any more.
    private func take(_ given: Unresolved) {
        var given = given
        var names: [KafkaUUID: String] = [:]
        for (name, topic) in cluster.metadata.used {
            if let id = topic.latest?.id, id != .zero { names[id] = name }
        }
        let topics = given.response.assignment?.topicPartitions ?? []
        if topics.contains(where: { names[$0.topicId] == nil }), given.attemptsLeft > 0 {
            given.attemptsLeft -= 1
            unresolved = given
            return cluster.refreshMetadata()
        }
        var answer = ConsumerHeartbeatAnswer()
        answer.error = given.response.errorCode
        answer.memberId = given.response.memberId
        answer.epoch = given.response.memberEpoch
        answer.intervalMs = max(Int(given.response.heartbeatIntervalMs), 1)
        if given.response.assignment != nil {
            answer.assignment = topics.flatMap { topic in
                topic.partitions.compactMap { number in
                    names[topic.topicId].map { TopicPartition(topic: $0, partition: number) }
                }
            }
        }
        tellOf(answer, given.identity)
        act { $0.heartbeatAnswered(by: given.identity, .success(answer), nowNs: $1) }
    }

    private func tellOf(_ answer: ConsumerHeartbeatAnswer, _ identity: GroupIdentity) {
        guard answer.error == .none, machine.state == .active else { return }
        if identity.generation == 0 {
            tell(.joined(memberId: answer.memberId ?? identity.memberId, generation: answer.epoch))
        }
        if answer.assignment != nil { tell(.synced(generation: answer.epoch)) }
    }
}

extension String {
    /// An id that a member gives itself, like those of Kafka's client: 22 characters of 128 bits.
    static func randomMemberId() -> String {
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        return String((0..<22).map { _ in digits[Int.random(in: 0..<digits.count)] })
    }
}
