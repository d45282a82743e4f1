import KafkaProtocol
import Testing

@testable import KafkaClient

@Suite struct StartPlanTests {
    let partitions = (0..<2).map { TopicPartition(topic: "t", partition: $0) }

    func plan(
        _ policy: String, group: Bool, resets: Bool = false, sought: [TopicPartition: Int64] = [:]
    ) throws -> StartPlan {
        var configuration = try ConsumerConfiguration(
            properties: ["auto.offset.reset": policy, "group.id": group ? "g" : ""])
        configuration.resetsOnStart = resets
        return StartPlan(configuration, partitions: partitions, sought: sought)
    }

    @Test func withoutAGroupOnlyThePolicyCounts() throws {
        var plan = try plan("earliest", group: false)
        #expect(plan.questions(nowMs: 0).committed == [])
        #expect(plan.questions(nowMs: 0) == StartPlan.Questions(listed: partitions, timestamp: -2))
        try plan.listed([partitions[0]: 3, partitions[1]: 0])
        #expect(plan.isDone && plan.offsets == [3, 0])
    }

    @Test(arguments: ["earliest", "latest"]) func aCommitCountsMoreThanThePolicy(_ policy: String) throws {
        var plan = try plan(policy, group: true)
        #expect(plan.questions(nowMs: 0).committed == partitions)
        try plan.committed([partitions[0]: 5, partitions[1]: 0])
        #expect(plan.isDone && plan.offsets == [5, 0])
    }

    @Test func whereNothingIsCommittedThePolicyCounts() throws {
        var plan = try plan("latest", group: true)
        // The ends come first here, and are not taken before the commits are known.
        try plan.listed([partitions[0]: 10, partitions[1]: 11])
        #expect(plan.offsets == [nil, nil])
        try plan.committed([partitions[0]: 5, partitions[1]: -1])
        #expect(plan.offsets == [5, 11])
    }

    @Test func resetOnStartIgnoresTheCommits() throws {
        var plan = try plan("earliest", group: true, resets: true)
        #expect(plan.questions(nowMs: 0).committed == [])
        try plan.listed([partitions[0]: 1, partitions[1]: 2])
        #expect(plan.offsets == [1, 2])
    }

    @Test func withoutCommitAndPolicyItIsAnError() throws {
        var plan = try plan("none", group: true)
        #expect(plan.questions(nowMs: 0).listed.isEmpty)
        let error = #expect(throws: ClientError.self) {
            try plan.committed([partitions[0]: 5, partitions[1]: -1])
        }
        #expect(error?.code == .noOffset && error?.topicPartition == partitions[1])
    }

    @Test func withoutRecordsOfThatAgeTheEndIsAskedFor() throws {
        var plan = try plan("by_duration:PT1S", group: false)
        #expect(plan.questions(nowMs: 5_000) == StartPlan.Questions(listed: partitions, timestamp: 4_000))
        try plan.listed([partitions[0]: 7, partitions[1]: -1])
        #expect(plan.questions(nowMs: 6_000) == StartPlan.Questions(listed: [partitions[1]], timestamp: -1))
        #expect(throws: ClientError.self) {
            var broken = plan
            try broken.listed([partitions[1]: -1])
        }
        try plan.listed([partitions[1]: 9])
        #expect(plan.offsets == [7, 9])
    }

    @Test func whatIsSoughtStartsThere() throws {
        var plan = try plan("latest", group: true, sought: [partitions[1]: 4])
        #expect(plan.questions(nowMs: 0).committed == [partitions[0]])
        try plan.committed([partitions[0]: 2])
        #expect(plan.offsets == [2, 4])
    }
}

@Suite struct FetchPositionTests {
    let backoff = Backoff(baseMs: 10, maxMs: 100)

    func started(at offset: Int64 = 5) -> FetchPosition {
        var place = FetchPosition()
        place.jump(to: offset)
        return place
    }

    @Test func theFetchRunsAheadOfWhatWasHandedOut() {
        var place = started()
        place.received(upTo: 9)
        #expect(place.fetchOffset == 9 && place.position == 5)
        place.handedOut(upTo: 9)
        place.consumed(upTo: 7)
        #expect(place.position == 7)
        let generation = place.generation
        place.rewind()
        #expect(place.fetchOffset == 7 && place.generation != generation)
    }

    @Test func aBadBatchIsAskedForAgainAFewTimes() {
        var place = started()
        place.received(upTo: 9)
        for _ in 1..<FetchPosition.corruptCountMax {
            guard case .wait = place.corrupt(.connectionClosed, nowNs: 0, backoff: backoff) else {
                Issue.record("gave up early")
                return
            }
            #expect(place.fetchOffset == 5 && !place.isFetchable(nowNs: 0))
        }
        #expect(place.corrupt(.closed, nowNs: 0, backoff: backoff) == .fail(.closed))
    }

    @Test func aGoodBatchMakesEarlierBadOnesForgotten() {
        var place = started()
        for _ in 1..<FetchPosition.corruptCountMax { _ = place.corrupt(.closed, nowNs: 0, backoff: backoff) }
        place.handedOut(upTo: 6)
        #expect(place.corrupt(.closed, nowNs: 0, backoff: backoff) != .fail(.closed))
    }

    @Test func outOfRangeIsThePolicysMatter() {
        var place = started()
        #expect(place.failed(.offsetOutOfRange, policy: .latest, nowNs: 0, backoff: backoff) == .reset)
        #expect(!place.isFetchable(nowNs: .max))
        place.jump(to: 20)
        #expect(place.isFetchable(nowNs: 0) && place.startOffset == 20)
        #expect(
            place.failed(.offsetOutOfRange, policy: .none, nowNs: 0, backoff: backoff)
                == .fail(.broker(.offsetOutOfRange)))
    }

    @Test func aPauseEndsTheResetThatIsUnderWay() {
        var place = started()
        _ = place.failed(.offsetOutOfRange, policy: .latest, nowNs: 0, backoff: backoff)
        place.isPaused = true
        place.rewind()
        place.isPaused = false
        // The answer to the reset is of an older generation, and so comes to nothing: it is
        // fetched, and reset, once more.
        #expect(place.isFetchable(nowNs: 0) && place.fetchOffset == 5)
    }

    @Test func whoHasReadKeepsWhereItStarted() {
        var place = started()
        place.handedOut(upTo: 6)
        place.consumed(upTo: 6)
        place.jump(to: 90)
        #expect(place.startOffset == 5)
    }

    @Test func aMovedLeaderMeansMetadata() {
        var place = started()
        guard case .refresh(let ns) = place.failed(.notLeaderOrFollower, policy: .latest, nowNs: 0, backoff: backoff)
        else {
            Issue.record("no refresh")
            return
        }
        #expect(!place.isFetchable(nowNs: 0) && place.wakeNs(nowNs: 0) == ns && place.isFetchable(nowNs: ns))
        place.leaderChanged()
        #expect(place.isFetchable(nowNs: 0))
    }

    @Test func whatDoesNotMendItselfIsAnError() {
        var place = started()
        #expect(
            place.failed(.topicAuthorizationFailed, policy: .latest, nowNs: 0, backoff: backoff)
                == .fail(.broker(.topicAuthorizationFailed)))
    }
}

@Suite struct AbortedTransactionsTests {
    func batch(_ offset: Int64, producer: Int64, isControl: Bool = false, isTransactional: Bool = true) throws
        -> RecordBatchHeader
    {
        let stored = try StoredBatch(baseOffset: offset)
        var header = try RecordBatchHeader(parsing: stored.bytes.span.bytes)
        header.producerId = producer
        header.attributes = RecordBatchAttributes(isTransactional: isTransactional, isControl: isControl)
        return header
    }

    @Test func onlyTheAbortedProducersBatchesUpToItsMarkerAreLeftOut() throws {
        var one = FetchResponse.AbortedTransaction()
        one.producerId = 1
        one.firstOffset = 10
        var aborted = AbortedTransactions([one])
        #expect(try !aborted.leavesOut(batch(4, producer: 1)))
        #expect(try aborted.leavesOut(batch(10, producer: 1)))
        #expect(try !aborted.leavesOut(batch(13, producer: 2)))
        #expect(try !aborted.leavesOut(batch(16, producer: 1, isTransactional: false)))
        #expect(try aborted.leavesOut(batch(19, producer: 1, isControl: true)))
        #expect(try !aborted.leavesOut(batch(22, producer: 1)))
    }
}
