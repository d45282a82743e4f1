import KafkaClient
import KafkaProtocol
import Testing

@testable import LoadEngine

@Suite struct TopicIdentityTests {
    let id = KafkaUUID(high: 1, low: 2), another = KafkaUUID(high: 3, low: 4)

    func topic(_ id: KafkaUUID, _ count: Int = 3) -> TopicDescription {
        TopicDescription(id: id, partitionCount: count)
    }

    func identity(_ topics: TopicDescription?...) -> TopicIdentity {
        var identity = TopicIdentity()
        for (second, topic) in topics.enumerated() { identity.observe(topic, nowNs: UInt64(second) * 1_000_000_000) }
        return identity
    }

    @Test func theSameTopicStaysTheSame() {
        #expect(identity(topic(id), topic(id), topic(id)).change == nil)
    }

    @Test func anotherIdIsAnotherTopic() {
        #expect(identity(topic(id), topic(another)).change == .madeAnew(id: another, before: id))
        // As long as another is there, the first has been deleted.
        #expect(identity(topic(id), topic(another), topic(id)).change == .madeAnew(id: another, before: id))
        #expect(identity(topic(id)).isAnother(topic(another)))
    }

    @Test func anAnswerWithoutAnIdSaysNothingOfIt() {
        #expect(identity(topic(.zero), topic(id), topic(.zero), topic(id)).change == nil)
        #expect(identity(topic(.zero), topic(id), topic(another)).change == .madeAnew(id: another, before: id))
        #expect(!identity(topic(.zero)).isAnother(topic(another)))
    }

    @Test func missingForLongEnoughItIsDeleted() {
        #expect(identity(topic(id), nil, nil).change == .deleted)
        var identity = identity(topic(id))
        for ns in [10, 10 + TopicIdentity.missingNs - 1] { identity.observe(nil, nowNs: ns) }
        #expect(identity.change == nil && identity.isInDoubt)
        // A broker that lags has caught up.
        identity.observe(topic(id), nowNs: 11 + TopicIdentity.missingNs)
        #expect(identity.change == nil && !identity.isInDoubt)
        identity.observe(nil, nowNs: 20 + TopicIdentity.missingNs)
        #expect(identity.change == nil && identity.isInDoubt)
    }

    @Test func anotherNumberOfPartitionsEndsIt() {
        #expect(identity(topic(id), topic(id, 4)).change == .partitionCount(4, before: 3))
        var identity = identity(topic(id))
        identity.observe(ends: [1, 2, 3, 4])
        #expect(identity.change == .partitionCount(4, before: 3))
    }

    @Test func withoutIdsAnEndThatWentBackIsAnotherTopic() {
        var identity = identity(topic(.zero))
        for ends in [[5, 5, 5], [5, 9, 5], [6, 9, 5]] as [[Int64]] { identity.observe(ends: ends) }
        #expect(identity.change == nil)
        identity.observe(ends: [6, 2, 5])
        #expect(identity.change == .endWentBack(partition: 1, to: 2, before: 9))
    }

    @Test func withIdsItIsForTheBooksToFind() {
        var identity = identity(topic(id))
        for ends in [[5, 5, 5], [0, 0, 0]] as [[Int64]] { identity.observe(ends: ends) }
        #expect(identity.change == nil)
    }

    @Test func everyChangeNamesTheTopic() {
        let changes: [TopicIdentity.Change] = [
            .deleted, .madeAnew(id: another, before: id), .partitionCount(4, before: 3),
            .endWentBack(partition: 1, to: 2, before: 9),
        ]
        #expect(changes.allSatisfy { $0.words("orders").contains("orders") })
    }
}
