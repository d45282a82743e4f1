import KafkaProtocol

/// What a member by the newer protocol (KIP-848) asks its coordinator.
enum ConsumerQuestion: Equatable {
    /// A heartbeat, which joins where its epoch is 0.
    case heartbeat(ConsumerHeartbeat)
    /// The heartbeat that leaves: epoch −1, or −2 for a static member that may come back.
    case leave(GroupIdentity)
}

/// A heartbeat with what is new since the last; nil where nothing is.
struct ConsumerHeartbeat: Equatable {
    var identity: GroupIdentity
    var rebalanceTimeoutMs: Int?
    var topics: Set<String>?
    var assignor: String?
    var owned: [TopicPartition]?
}

/// The answer to a heartbeat.
struct ConsumerHeartbeatAnswer {
    var error: ErrorCode = .none
    /// What a broker of the first version calls the member; later ones leave that to the member.
    var memberId: String?
    var epoch: Int32 = 0
    var intervalMs = 5_000
    /// What the member is to have; nil for what it was told last.
    var assignment: [TopicPartition]?
}
