import KafkaProtocol
import Testing

@testable import KafkaBroker

@Suite struct OffsetStoreTests {
    private var store = OffsetStore()
    private let topic = KafkaUUID(high: 1, low: 2)
    private let other = KafkaUUID(high: 3, low: 4)

    private func place(_ topic: KafkaUUID, _ partition: Int32 = 0) -> OffsetStore.Place {
        OffsetStore.Place(topicId: topic, partition: partition)
    }

    @Test mutating func keepsTheLastCommitOfAGroup() {
        store.set(.init(offset: 5), group: "g", place(topic))
        store.set(.init(offset: 6, leaderEpoch: 1, metadata: "m"), group: "g", place(topic))
        store.set(.init(offset: 7), group: "h", place(topic))
        #expect(store.commit(group: "g", place(topic)) == .init(offset: 6, leaderEpoch: 1, metadata: "m"))
        #expect(store.commit(group: "h", place(topic))?.offset == 7)
        #expect(store.commit(group: "g", place(topic, 1)) == nil)
        #expect(store.count == 2)
    }

    @Test mutating func forgetsCommitsAndGroups() {
        store.set(.init(offset: 5), group: "g", place(topic))
        store.set(.init(offset: 6), group: "g", place(other))
        store.set(.init(offset: 7), group: "h", place(topic))
        store.forget(group: "g", place(topic))
        store.forget(group: "g", place(topic, 9))
        #expect(store.groups["g"] == [place(other): .init(offset: 6)] && store.count == 2)
        store.forget(group: "g", place(other))
        #expect(store.groups.keys.sorted() == ["h"] && store.count == 1)
        store.forget(group: "h")
        store.forget(group: "h")
        #expect(store == OffsetStore())
    }

    @Test mutating func forgetsTopics() {
        store.set(.init(offset: 5), group: "g", place(topic))
        store.set(.init(offset: 6), group: "g", place(other))
        store.set(.init(offset: 7), group: "h", place(topic))
        store.forgetTopics { $0 == other }
        #expect(store.groups.keys.sorted() == ["g"])
        #expect(store.commit(group: "g", place(other))?.offset == 6)
        #expect(store.count == 1)
    }
}
