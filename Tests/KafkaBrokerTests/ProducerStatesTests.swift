import Testing

@testable import KafkaBroker

@Suite struct ProducerStatesTests {
    private var states = ProducerStates()

    private func sequence(_ base: Int32, _ count: Int32 = 1, epoch: Int16 = 0, id: Int64 = 7) -> ProducerStates.Sequence
    {
        ProducerStates.Sequence(producerId: id, epoch: epoch, baseSequence: base, recordCount: count)
    }

    private mutating func append(_ sequence: ProducerStates.Sequence, at offset: Int64) {
        #expect(states.judge(sequence) == .append)
        states.noteAppended(sequence, baseOffset: offset, timestamp: 0, nowMs: 0)
    }

    @Test mutating func takesBatchesThatContinue() {
        append(sequence(0, 3), at: 10)
        append(sequence(3, 2), at: 13)
        append(sequence(5), at: 15)
        #expect(states.producers[7]?.batches.map(\.baseOffset) == [10, 13, 15])
    }

    @Test mutating func knowsTheLastFiveAgain() {
        for index in 0..<6 { append(sequence(Int32(index)), at: Int64(100 + index)) }
        for index in 1..<6 {
            guard case .duplicate(let twin) = states.judge(sequence(Int32(index))) else {
                Issue.record("batch \(index) was not known again")
                continue
            }
            #expect(twin.baseOffset == Int64(100 + index))
        }
        #expect(states.judge(sequence(0)) == .outOfOrder(expected: 6))
    }

    @Test mutating func refusesGapsAndHalfDuplicates() {
        append(sequence(0, 3), at: 0)
        #expect(states.judge(sequence(4)) == .outOfOrder(expected: 3))
        #expect(states.judge(sequence(0, 2)) == .outOfOrder(expected: 3))
        #expect(states.judge(sequence(1, 2)) == .outOfOrder(expected: 3))
    }

    @Test mutating func fencesOldEpochsAndStartsNewOnesAtZero() {
        append(sequence(0, epoch: 4), at: 0)
        #expect(states.judge(sequence(1, epoch: 3)) == .staleEpoch(current: 4))
        #expect(states.judge(sequence(1, epoch: 5)) == .outOfOrder(expected: 0))
        append(sequence(0, epoch: 5), at: 1)
        #expect(states.judge(sequence(0, epoch: 4)) == .staleEpoch(current: 5))
        #expect(states.producers[7]?.batches.count == 1)
    }

    @Test mutating func wrapsSequencesToZero() {
        append(sequence(.max - 1, 3), at: 0)
        #expect(states.producers[7]?.batches.last?.lastSequence == 0)
        append(sequence(1), at: 3)
    }

    /// As in Kafka: what is forgotten may have expired, so its next batch is taken as it comes.
    @Test func takesAnUnknownProducerAtAnySequence() {
        #expect(states.judge(sequence(12_345)) == .append)
    }

    @Test mutating func forgetsTheSilent() {
        states.noteAppended(sequence(0, id: 1), baseOffset: 0, timestamp: 0, nowMs: 100)
        states.noteAppended(sequence(0, id: 2), baseOffset: 1, timestamp: 0, nowMs: 200)
        states.expire(before: 200)
        #expect(Set(states.producers.keys) == [2])
    }

    @Test mutating func staysBounded() {
        for id in 0...Int64(ProducerStates.producerCountMax) {
            states.noteAppended(sequence(0, id: id), baseOffset: id, timestamp: 0, nowMs: id)
        }
        #expect(states.producers.count <= ProducerStates.producerCountMax)
        #expect(states.producers[Int64(ProducerStates.producerCountMax)] != nil)
        #expect(states.producers[0] == nil)
    }
}
