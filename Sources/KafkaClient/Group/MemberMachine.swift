import KafkaProtocol

/// A state machine of a group's member, by either protocol: events in, with the time, and actions
/// out.
protocol MemberMachine {
    associatedtype Question
    typealias Actions = [MembershipAction<Question>]

    /// What it subscribes to.
    var topics: Set<String> { get }
    /// Who it is while it may commit.
    var committer: GroupIdentity? { get }
    /// Whether it may not commit because of a rebalance, rather than for being no member.
    var isRebalancing: Bool { get }
    /// When `woke` is to be called.
    var wakeNs: UInt64? { get }

    mutating func begin(nowNs: UInt64) -> Actions
    mutating func polled(nowNs: UInt64) -> Actions
    mutating func subscribe(to topics: Set<String>, nowNs: UInt64) -> Actions
    mutating func woke(nowNs: UInt64) -> Actions
    mutating func gaveUp(_ partitions: [TopicPartition], nowNs: UInt64) -> Actions
    mutating func metadataChanged(_ counts: [String: Int], nowNs: UInt64) -> Actions
    mutating func commitFailed(by asked: GroupIdentity, _ error: ErrorCode, nowNs: UInt64) -> Actions
    mutating func close() -> Actions
    mutating func left() -> Actions
}

extension ClassicMember: MemberMachine {}

/// A consumer's place in its group, whatever the protocol. On the consumer's loop only.
protocol GroupMembership: AnyObject {
    /// Who it is while it may commit.
    var committer: GroupIdentity? { get }
    var isRebalancing: Bool { get }
    /// Joins; `done` is told once it is known where to read what was first assigned, or why not.
    func begin(_ done: @escaping (Result<Void, ClientError>) -> Void)
    /// The user has done with what it was handed, and waits for more until `pollEnded`.
    func pollBegan()
    func pollEnded()
    func subscribe(to topics: Set<String>)
    func metadataUpdated()
    /// Tells who it is once it may commit: after a rebalance that is under way.
    func whenCommitter(_ done: @escaping () -> Void)
    /// A commit under its name was refused.
    func commitFailed(by asked: GroupIdentity, _ error: ErrorCode)
    /// Leaves, once these are committed; calls `done` when the coordinator has answered, or does
    /// not.
    func close(committing offsets: [TopicPartition: Int64], _ done: @escaping () -> Void)
}
