/// What became of one batch of records: every record enqueued is told of exactly once, batch by
/// batch.
public struct BatchDelivery: Sendable {
    /// What became of it.
    public enum Outcome: Sendable {
        /// The broker has stored it.
        case acknowledged
        /// With `acks=0`: it was written to the socket, and nothing more is known.
        case sent
        /// It is not in the log: the broker refused it, or it was never sent.
        case refused(ClientError)
        /// It was sent at least once and not answered: it may be in the log.
        case unknown(ClientError)
    }

    /// The partition, by the producer's handle.
    public let partition: PartitionHandle
    /// The records of the batch.
    public let recordCount: Int
    /// The place of the first record in the order in which this producer was given records for this
    /// partition, from 0.
    public let firstOrdinal: UInt64
    /// What became of it.
    public let outcome: Outcome
    /// The offset of the first record; −1 if it is not known.
    public let baseOffset: Int64
    /// How many bytes the batch took on the wire.
    public let byteCount: Int
    /// When the answer was read (or given up on), on the monotonic clock.
    public let ackNs: UInt64
    /// How often the batch was sent.
    public let attempts: Int

    /// The error, if the batch is not known to be stored.
    public var error: ClientError? {
        switch outcome {
        case .acknowledged, .sent: nil
        case .refused(let error), .unknown(let error): error
        }
    }
}

/// A partition as one producer counts them: looked up once, then enqueued to without a look-up.
public struct PartitionHandle: Hashable, Sendable {
    /// The place in `Producer.partitions`.
    public let index: Int
}

/// A topic as one producer counts them, whose records go where its partitioner says.
public struct TopicHandle: Hashable, Sendable {
    /// The place among the producer's topics.
    let index: Int
}

/// What a producer could not deliver before it was closed.
public struct UndeliveredReport: Sendable, Equatable {
    /// Records that are certainly not in the log.
    public var refusedRecordCount = 0
    /// Records that were sent and not answered: they may be in the log.
    public var unknownRecordCount = 0

    /// Nothing undelivered, unless said otherwise.
    public init(refusedRecordCount: Int = 0, unknownRecordCount: Int = 0) {
        self.refusedRecordCount = refusedRecordCount
        self.unknownRecordCount = unknownRecordCount
    }

    /// Whether everything was delivered.
    public var isEmpty: Bool { refusedRecordCount == 0 && unknownRecordCount == 0 }
}
