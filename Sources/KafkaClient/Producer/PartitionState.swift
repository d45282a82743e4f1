import System

/// What a producer keeps for one partition.
final class PartitionState {
    /// A caller that waits for one record's delivery.
    struct Waiter {
        let ordinal: UInt64
        let done: (Result<RecordMetadata, ClientError>) -> Void
    }

    let index: Int
    let topicPartition: TopicPartition
    @safe @exclusivity(unchecked) var queue: PartitionQueue<ProducerBatch>
    /// The batch that records are appended to.
    var open: ProducerBatch?
    /// How many records were enqueued so far.
    var nextOrdinal: UInt64 = 0
    /// The leader that batches were last sent to or, without one, that metadata named.
    var leader: Int32?
    /// The leader that metadata named when it last was of this version.
    var cachedLeader: (version: Int, leader: Int32?) = (-1, nil)
    /// Whether it is in the producer's list of partitions with something to send.
    var isListed = false
    @safe @exclusivity(unchecked) var waiters: [Waiter] = []
    /// What its batches were last sent again for.
    var lastRetryError: ClientError?

    init(index: Int, _ topicPartition: TopicPartition, _ configuration: ProducerConfiguration) {
        self.index = index
        self.topicPartition = topicPartition
        queue = PartitionQueue(isIdempotent: configuration.isIdempotent, inFlightMax: configuration.inFlightMax)
    }

    /// Whether something was enqueued that was not sent, or must be sent again.
    var hasUnsent: Bool { open != nil || queue.hasUnsent }

    /// Ends the waits for records of a batch.
    func settleWaiters(of delivery: BatchDelivery) {
        guard !waiters.isEmpty else { return }
        let end = delivery.firstOrdinal + UInt64(delivery.recordCount)
        let concerned = waiters.filter { $0.ordinal >= delivery.firstOrdinal && $0.ordinal < end }
        waiters.removeAll { $0.ordinal >= delivery.firstOrdinal && $0.ordinal < end }
        for waiter in concerned { waiter.done(result(of: delivery, waiter.ordinal)) }
    }

    private func result(of delivery: BatchDelivery, _ ordinal: UInt64) -> Result<RecordMetadata, ClientError> {
        if let error = delivery.error { return .failure(error) }
        let place = Int64(ordinal.since(delivery.firstOrdinal))
        let offset = delivery.baseOffset < 0 ? -1 : delivery.baseOffset + place
        return .success(RecordMetadata(topicPartition: topicPartition, offset: offset, ackNs: delivery.ackNs))
    }
}
