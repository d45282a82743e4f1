import KafkaProtocol

/// What a broker's answer to one batch means for it.
enum ProduceVerdict: Equatable {
    /// It is in the log.
    case stored
    /// It may be sent again; `leavesTrace` says whether this sending may have stored it all the
    /// same.
    case again(leavesTrace: Bool)
    /// The broker misses an earlier batch.
    case outOfOrder
    /// The broker does not know the producer (any more): its batches must be numbered anew.
    case unknownProducer
    /// It is not stored, and its records may be in smaller batches.
    case tooLarge
    /// It is refused for good; `leavesTrace` as above.
    case refused(leavesTrace: Bool)

    init(_ error: ErrorCode) {
        switch error {
        case .none, .duplicateSequenceNumber: self = .stored
        case .outOfOrderSequenceNumber: self = .outOfOrder
        case .unknownProducerId, .invalidProducerEpoch: self = .unknownProducer
        case .messageTooLarge: self = .tooLarge
        // Written by the leader, but not, or not in time, by enough replicas; or nobody can say.
        case .requestTimedOut, .notEnoughReplicasAfterAppend, .networkException: self = .again(leavesTrace: true)
        case .unknownServerError: self = .refused(leavesTrace: true)
        default: self = error.isRetriable ? .again(leavesTrace: false) : .refused(leavesTrace: false)
        }
    }
}
