/// What one partition knows of its idempotent producers: enough to answer a batch that was sent
/// twice and to refuse one that leaves a gap.
///
/// The rules are those of Kafka's `ProducerStateManager` (KIP-98): the last five batches of a
/// producer are remembered, as a client may have five requests in flight; a batch equal to one of
/// them is a duplicate; any other must continue the sequence of its epoch, or start a newer epoch
/// at 0.
struct ProducerStates: Equatable {
    /// The batches remembered of each producer.
    static let batchCountMax = 5
    /// The producers remembered; beyond it the quarter that wrote longest ago is forgotten, so that
    /// their late duplicates are no longer recognised.
    static let producerCountMax = 100_000

    /// The sequence numbers of a batch.
    struct Sequence: Equatable {
        var producerId: Int64
        var epoch: Int16
        var baseSequence: Int32
        var recordCount: Int32

        var lastSequence: Int32 { Self.advance(baseSequence, by: recordCount - 1) }

        /// Sequence numbers wrap from the greatest 32-bit integer to 0.
        static func advance(_ sequence: Int32, by count: Int32) -> Int32 {
            Int32(truncatingIfNeeded: (Int64(sequence) + Int64(count)) & Int64(Int32.max))
        }
    }

    /// A batch that was appended.
    struct Batch: Equatable {
        var baseSequence: Int32
        var recordCount: Int32
        var baseOffset: Int64
        var timestamp: Int64

        var lastSequence: Int32 { Sequence.advance(baseSequence, by: recordCount - 1) }
    }

    /// A producer's epoch and its last batches, the oldest first.
    struct Producer: Equatable {
        var epoch: Int16
        var batches: [Batch]
        var lastAppendMs: Int64
    }

    /// What to do with a batch.
    enum SequenceCheck: Equatable {
        case append
        case duplicate(of: Batch)
        case staleEpoch(current: Int16)
        case outOfOrder(expected: Int32)
    }

    private(set) var producers: [Int64: Producer] = [:]

    /// Judges a batch before it is appended.
    func judge(_ sequence: Sequence) -> SequenceCheck {
        guard let producer = producers[sequence.producerId], let last = producer.batches.last else { return .append }
        if sequence.epoch < producer.epoch { return .staleEpoch(current: producer.epoch) }
        if sequence.epoch > producer.epoch {
            return sequence.baseSequence == 0 ? .append : .outOfOrder(expected: 0)
        }
        let twin = producer.batches.last {
            $0.baseSequence == sequence.baseSequence && $0.recordCount == sequence.recordCount
        }
        if let twin { return .duplicate(of: twin) }
        let expected = Sequence.advance(last.lastSequence, by: 1)
        return sequence.baseSequence == expected ? .append : .outOfOrder(expected: expected)
    }

    /// Remembers a batch that was appended.
    mutating func noteAppended(_ sequence: Sequence, baseOffset: Int64, timestamp: Int64, nowMs: Int64) {
        let batch = Batch(
            baseSequence: sequence.baseSequence, recordCount: sequence.recordCount, baseOffset: baseOffset,
            timestamp: timestamp)
        if producers[sequence.producerId] == nil, producers.count >= Self.producerCountMax { forgetOldestQuarter() }
        producers[sequence.producerId, default: Producer(epoch: sequence.epoch, batches: [], lastAppendMs: nowMs)]
            .note(batch, epoch: sequence.epoch, nowMs: nowMs)
    }

    /// Puts back a producer that a snapshot kept.
    mutating func restore(_ producerId: Int64, _ producer: Producer) { producers[producerId] = producer }

    /// Forgets the producers that have not written since `cutoffMs`.
    mutating func expire(before cutoffMs: Int64) {
        producers = producers.filter { $0.value.lastAppendMs >= cutoffMs }
    }

    private mutating func forgetOldestQuarter() {
        let times = producers.values.map(\.lastAppendMs).sorted()
        let cutoff = times[times.count / 4]
        var left = producers.count / 4 + 1
        producers = producers.filter { _, producer in
            guard left > 0, producer.lastAppendMs <= cutoff else { return true }
            left -= 1
            return false
        }
    }
}

extension ProducerStates.Producer {
    fileprivate mutating func note(_ batch: ProducerStates.Batch, epoch: Int16, nowMs: Int64) {
        if epoch != self.epoch { batches.removeAll(keepingCapacity: true) }
        if batches.count == ProducerStates.batchCountMax { batches.removeFirst() }
        self.epoch = epoch
        batches.append(batch)
        lastAppendMs = nowMs
    }
}
