import Testing

@testable import KafkaClient

@Suite struct PartitionQueueTests {
    final class Batch: QueuedBatch, CustomStringConvertible {
        let ordinal: UInt64
        let sequenceCount: Int32
        let byteCount = 100
        var attempts = 0
        var sequence: Int32?
        var identity = ProducerIdentity.none
        var isUncertain = false

        init(_ ordinal: UInt64, count: Int32 = 10) {
            self.ordinal = ordinal
            sequenceCount = count
        }

        var description: String { "\(ordinal)" }
    }

    let identity = ProducerIdentity(id: 7, epoch: 0)

    /// A queue with batches of ten records that wait, known to the broker unless `isNew`.
    func queue(_ batches: [Batch], isIdempotent: Bool = true, isNew: Bool = false) -> PartitionQueue<Batch> {
        var queue = PartitionQueue<Batch>(isIdempotent: isIdempotent, inFlightMax: 5)
        if isIdempotent {
            queue.identified(as: identity)
            if !isNew {
                let first = Batch(0)
                queue.add(first)
                _ = queue.next()
                queue.succeeded(first)
            }
        }
        for batch in batches { queue.add(batch) }
        return queue
    }

    /// Sends as many as may be sent.
    func send(_ queue: inout PartitionQueue<Batch>, nowNs: UInt64 = 0) -> [UInt64] {
        var sent: [UInt64] = []
        while queue.need(nowNs: nowNs) == .nothing, let batch = queue.next() { sent.append(batch.ordinal) }
        return sent
    }

    func batches(_ count: UInt64) -> [Batch] { (1...count).map { Batch($0 * 10) } }

    @Test func numbersFollowEachOtherAndFiveAreInFlight() {
        let all = batches(7)
        var queue = queue(all)
        #expect(send(&queue) == [10, 20, 30, 40, 50])
        #expect(all.prefix(5).map(\.sequence) == [10, 20, 30, 40, 50])
        #expect(queue.need(nowNs: 0) == .answers)
        queue.succeeded(all[0])
        #expect(send(&queue) == [60])
    }

    @Test func withoutAnIdentityNothingIsSent() {
        var queue = PartitionQueue<Batch>(isIdempotent: true, inFlightMax: 5)
        queue.add(Batch(0))
        #expect(queue.need(nowNs: 0) == .identity)
        queue.identified(as: identity)
        #expect(send(&queue) == [0])
    }

    @Test func theFirstBatchOfANewIdentityIsSentAlone() {
        let all = batches(3)
        var queue = queue(all, isNew: true)
        #expect(send(&queue) == [10])
        queue.succeeded(all[0])
        #expect(send(&queue) == [20, 30])
    }

    @Test func whatReturnsIsSentAgainInOrderOnceAllHasComeBack() {
        let all = batches(4)
        var queue = queue(all)
        #expect(send(&queue) == [10, 20, 30, 40])
        queue.returned(all[0], trace: .notFromThisSending, holdUntilNs: 50)
        #expect(queue.need(nowNs: 99) == .answers)
        queue.returned(all[2], trace: .none, holdUntilNs: 60)
        queue.returned(all[1], trace: .none, holdUntilNs: 55)
        queue.succeeded(all[3])
        #expect(queue.need(nowNs: 59) == .time(ns: 60))
        #expect(send(&queue, nowNs: 60) == [10, 20, 30])
        #expect(all.map(\.sequence) == [10, 20, 30, 40])
        #expect(all.map(\.attempts) == [2, 2, 2, 1])
    }

    @Test func aNewLeaderEndsTheWait() {
        let all = batches(1)
        var queue = queue(all)
        _ = send(&queue)
        queue.returned(all[0], trace: .notFromThisSending, holdUntilNs: 50)
        queue.leaderChanged()
        #expect(send(&queue, nowNs: 1) == [10])
    }

    @Test func newBatchesWaitForOneThatMayBeInTheLog() {
        let all = batches(2)
        var queue = queue([all[0]])
        _ = send(&queue)
        queue.returned(all[0], trace: .unknown, holdUntilNs: 0)
        queue.add(all[1])
        #expect(send(&queue) == [10])
        #expect(queue.need(nowNs: 0) == .answers)
        queue.succeeded(all[0])
        #expect(send(&queue) == [20])
    }

    @Test func aRefusalDoesNotClearAnEarlierDoubt() {
        let batch = Batch(10)
        var queue = queue([batch])
        _ = send(&queue)
        queue.returned(batch, trace: .unknown, holdUntilNs: 0)
        _ = send(&queue)
        queue.returned(batch, trace: .notFromThisSending, holdUntilNs: 0)
        #expect(batch.isUncertain)
        _ = send(&queue)
        queue.returned(batch, trace: .none, holdUntilNs: 0)
        #expect(!batch.isUncertain)
    }

    @Test func afterAGapTheDoubtfulGoFirstAndTheRestGetsANewIdentity() {
        let all = batches(3)
        var queue = queue(all)
        _ = send(&queue)
        // All three are without an answer, and the first is given up.
        for batch in all { queue.returned(batch, trace: .unknown, holdUntilNs: 0) }
        queue.gaveUp(all[0])
        // One at a time, under their old numbers.
        #expect(send(&queue) == [20])
        #expect(all[1].sequence == 20)
        queue.returned(all[1], trace: .none, holdUntilNs: 0)
        #expect(send(&queue) == [30])
        queue.succeeded(all[2])
        #expect(queue.need(nowNs: 0) == .identity)
        queue.identified(as: ProducerIdentity(id: 8, epoch: 0))
        #expect(send(&queue) == [20])
        #expect(all[1].sequence == 0 && all[1].identity.id == 8)
    }

    @Test func whatIsCertainlyNotStoredLeavesItsNumberToTheNext() {
        let all = batches(4)
        var queue = queue(all)
        _ = send(&queue)
        queue.gaveUp(all[1])
        // The broker misses it, and so refuses those behind it, which is no fault of theirs.
        #expect(queue.need(nowNs: 0) == .answers && queue.isPreceded(all[2]))
        queue.returned(all[2], trace: .none, holdUntilNs: 0)
        queue.succeeded(all[0])
        queue.returned(all[3], trace: .none, holdUntilNs: 0)
        #expect(send(&queue) == [30, 40])
        #expect(all[2].sequence == 20 && all[3].sequence == 30 && all[3].identity == identity)
    }

    @Test func whatMayStillArriveInTurnWantsANewIdentity() {
        let all = batches(2)
        var queue = queue(all)
        _ = send(&queue)
        queue.gaveUp(all[0])
        // The connection broke: it may be on its way, and would come in turn once its number was
        // given to another.
        queue.returned(all[1], trace: .unknown, holdUntilNs: 0)
        #expect(send(&queue) == [20])
        queue.returned(all[1], trace: .none, holdUntilNs: 0)
        #expect(queue.need(nowNs: 0) == .identity)
    }

    @Test func partsHaveTheNumbersOfTheWholeAndGoFirst() {
        let all = batches(3)
        var queue = queue(all)
        _ = send(&queue)
        let parts = [Batch(20, count: 3), Batch(23, count: 7)]
        queue.split(all[1], into: parts)
        #expect(queue.need(nowNs: 0) == .answers && queue.isPreceded(all[2]))
        queue.returned(all[2], trace: .none, holdUntilNs: 0)
        queue.succeeded(all[0])
        #expect(send(&queue) == [20, 23, 30])
        #expect(parts.map(\.sequence) == [20, 23] && parts.map(\.identity) == [identity, identity])
        #expect(all[2].sequence == 30)
    }

    @Test func aBatchThatWasNeverSentLeavesNoGap() {
        let all = batches(2)
        var queue = queue(all)
        queue.gaveUp(all[0])
        #expect(send(&queue) == [20])
        #expect(all[1].sequence == 10)
    }

    @Test func aMissingNumberAloneMeansANewIdentity() {
        let batch = Batch(10)
        var queue = queue([batch])
        _ = send(&queue)
        #expect(!queue.isPreceded(batch))
        queue.lostSequence()
        queue.returned(batch, trace: .none, holdUntilNs: 0)
        #expect(queue.need(nowNs: 0) == .identity)
    }

    @Test func aMissingNumberBehindAFailureIsAMereConsequence() {
        let all = batches(2)
        var queue = queue(all)
        _ = send(&queue)
        queue.returned(all[0], trace: .notFromThisSending, holdUntilNs: 0)
        #expect(queue.isPreceded(all[1]))
    }

    @Test func withoutIdempotenceNothingIsNumbered() {
        let all = batches(2)
        var queue = queue(all, isIdempotent: false)
        #expect(send(&queue) == [10, 20])
        #expect(all.map(\.sequence) == [nil, nil])
        queue.gaveUp(all[0])
        queue.returned(all[1], trace: .unknown, holdUntilNs: 0)
        #expect(send(&queue) == [20])
    }

    @Test func numbersBeginAgainAtZero() {
        #expect(sequence(.max, advancedBy: 1) == 0)
        #expect(sequence(.max - 1, advancedBy: 5) == 3)
        #expect(sequence(5, advancedBy: 5) == 10)
    }
}
