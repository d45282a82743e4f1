import KafkaProtocol
import Testing

@testable import KafkaClient

@Suite struct MetadataCacheTests {
    let nodes = [
        MetadataCache.BrokerNode(id: 1, host: "a", port: 1), MetadataCache.BrokerNode(id: 2, host: "b", port: 2),
    ]
    let partition = TopicPartition(topic: "t", partition: 0)

    func topic(
        _ leader: Int32, epoch: Int32, error: ErrorCode = .none, id: UInt64 = 0
    ) -> (String, MetadataCache.Topic) {
        let partitions = [MetadataCache.Partition(leaderId: leader, leaderEpoch: epoch)]
        return ("t", MetadataCache.Topic(error: error, id: KafkaUUID(high: 0, low: id), partitions: partitions))
    }

    func cache(_ topics: (String, MetadataCache.Topic)...) -> MetadataCache {
        var cache = MetadataCache()
        cache.want(["t"])
        for topic in topics { cache.update(nodes: nodes, topics: [topic], nowNs: 1) }
        return cache
    }

    @Test func aTopicWithoutAPartitionIsNamedAlone() {
        #expect("\(TopicPartition(topic: "t", partition: 3))" == "t-3")
        #expect("\(TopicPartition(topic: "t", partition: -1))" == "t")
    }

    @Test func aLaterEpochWins() {
        #expect(cache(topic(1, epoch: 3), topic(2, epoch: 4)).leader(of: partition) == 2)
        #expect(cache(topic(2, epoch: 4), topic(1, epoch: 3)).leader(of: partition) == 2)
    }

    @Test func aTopicMadeAnewStartsOver() {
        #expect(cache(topic(2, epoch: 4), topic(1, epoch: 0)).leader(of: partition) == 1)
    }

    @Test func aTopicOfAnotherIdStartsOverAtAnyEpoch() {
        #expect(cache(topic(1, epoch: 37, id: 5), topic(2, epoch: 1, id: 6)).leader(of: partition) == 2)
        #expect(cache(topic(1, epoch: 37, id: 5), topic(2, epoch: 1, id: 5)).leader(of: partition) == 1)
        #expect(cache(topic(1, epoch: 37), topic(2, epoch: 1)).leader(of: partition) == 1)
    }

    @Test func anAnswerWithoutAnIdIsOfTheSameTopic() {
        #expect(cache(topic(1, epoch: 37, id: 5), topic(2, epoch: 36)).leader(of: partition) == 1)
        #expect(cache(topic(1, epoch: 37), topic(2, epoch: 36, id: 5)).leader(of: partition) == 1)
    }

    @Test func aLeaderThatIsNoneOrUnknownIsNil() {
        #expect(cache(topic(-1, epoch: 1)).leader(of: partition) == nil)
        #expect(cache(topic(7, epoch: 1)).leader(of: partition) == nil)
        #expect(cache().leader(of: partition) == nil)
        #expect(cache(topic(1, epoch: 1)).leader(of: TopicPartition(topic: "t", partition: 1)) == nil)
        #expect(cache(topic(1, epoch: 1)).leader(of: TopicPartition(topic: "t", partition: -1)) == nil)
    }

    @Test func aPassingErrorLeavesWhatWasKnown() {
        let known = topic(1, epoch: 1)
        #expect(cache(known, topic(-1, epoch: -1, error: .leaderNotAvailable)).leader(of: partition) == 1)
        #expect(cache(known, topic(-1, epoch: -1, error: .topicAuthorizationFailed)).leader(of: partition) == nil)
    }

    @Test func onlyWhatIsWantedIsKept() {
        var cache = cache(topic(1, epoch: 1))
        cache.update(nodes: nodes, topics: [("other", topic(1, epoch: 1).1)], nowNs: 2)
        #expect(cache.used.keys.sorted() == ["t"])
        cache.forget("t")
        #expect(cache.used.isEmpty && cache.leader(of: partition) == nil)
    }
}

@Suite struct RefreshScheduleTests {
    func schedule() -> RefreshSchedule { RefreshSchedule(backoff: Backoff(baseMs: 100, maxMs: 1_000)) }

    @Test func oneQuestionAtATimeAndAnotherIfWantedMeanwhile() {
        var schedule = schedule()
        #expect(schedule.want(nowNs: 0) == .ask)
        #expect(schedule.want(nowNs: 1) == .none)
        #expect(schedule.answered(isEnough: true, nowNs: 2) == .ask)
        #expect(schedule.answered(isEnough: true, nowNs: 3) == .none)
        #expect(schedule.want(nowNs: 4) == .ask)
    }

    @Test func whatDoesNotSufficeIsAskedAgainWithBackOff() {
        var schedule = schedule()
        _ = schedule.want(nowNs: 0)
        guard case .wait(let first) = schedule.answered(isEnough: false, nowNs: 0) else {
            Issue.record("no wait")
            return
        }
        #expect((80_000_000...120_000_000).contains(first))
        // Whoever wants it meanwhile waits as well.
        #expect(schedule.want(nowNs: 1) == .none)
        #expect(schedule.woke() == .ask)
        guard case .wait(let second) = schedule.failed(isNeeded: true, nowNs: 0) else {
            Issue.record("no wait")
            return
        }
        #expect((160_000_000...240_000_000).contains(second))
    }

    @Test func aFailureThatConcernsNobodyIsNotRepeatedButRemembered() {
        var schedule = schedule()
        _ = schedule.want(nowNs: 0)
        #expect(schedule.failed(isNeeded: false, nowNs: 0) == .none)
        guard case .wait = schedule.want(nowNs: 1) else {
            Issue.record("asked at once")
            return
        }
        #expect(schedule.woke() == .ask)
        #expect(schedule.answered(isEnough: true, nowNs: 2) == .none)
        #expect(schedule.want(nowNs: 3) == .ask)
    }
}
