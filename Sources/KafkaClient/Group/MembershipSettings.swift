import KafkaProtocol
import System

/// What membership in a group goes by: the options of `ConsumerConfiguration`, and how long to wait
/// before a request is sent again.
struct MembershipSettings {
    var topics: Set<String>
    /// `group.instance.id` of a static member.
    var instanceId: String?
    /// `partition.assignment.strategy`, the preferred one first.
    var strategies: [AssignmentStrategy] = [.range, .cooperativeSticky]
    /// `session.timeout.ms`.
    var sessionTimeoutMs = 45_000
    /// `heartbeat.interval.ms`.
    var heartbeatMs = 3_000
    /// `max.poll.interval.ms`, which is also how long a rebalance may take.
    var pollIntervalMs = 300_000
    /// `group.remote.assignor`; nil leaves it to the broker.
    var remoteAssignor: String?
    /// Whether it heartbeats early while it has nothing.
    var heartbeatsEarly = false
    /// Whether records are polled for, so that polls can stop.
    var isPolled = false
    var backoff = Backoff(baseMs: 100, maxMs: 1_000)

    /// Whether a rebalance takes away only what moves: where every strategy can do with that.
    var isCooperative: Bool { strategies.allSatisfy { $0 == .cooperativeSticky } }
}

/// Who a member is to its coordinator.
struct GroupIdentity: Equatable {
    var memberId = ""
    /// The generation of the group, or the epoch of the member; −1 before there is one.
    var generation: Int32 = -1
    var instanceId: String?
}

/// What a classic member asks its coordinator.
enum ClassicQuestion: Equatable {
    /// JoinGroup, with what it subscribes to by strategy.
    case join(GroupIdentity, [AssignmentStrategy: ConsumerSubscription])
    /// SyncGroup; from the leader with what each member gets.
    case sync(GroupIdentity, strategy: AssignmentStrategy, [String: [TopicPartition]])
    case heartbeat(GroupIdentity)
    case leave(GroupIdentity)
}

/// The answer to JoinGroup, as far as it says something to the member.
struct JoinAnswer {
    var error: ErrorCode = .none
    var memberId = ""
    var generation: Int32 = -1
    /// Null in older versions, else "consumer".
    var protocolType: String?
    var strategy: String?
    var leader = ""
    /// Whether the leader leaves the assignment as it is: a static one that has come back
    /// (KIP-814).
    var skipsAssignment = false
    /// Told to the leader only, with what each sent.
    var members: [(id: String, instanceId: String?, metadata: [UInt8])] = []
}

/// The answer to SyncGroup.
struct SyncAnswer {
    var error: ErrorCode = .none
    var protocolType: String?
    var strategy: String?
    var assignment: [UInt8] = []
}

/// What a state machine of a group's member wants done.
enum MembershipAction<Question> {
    case ask(Question)
    /// The coordinator is another one, or does not answer: look for it before the next question.
    case findCoordinatorAnew
    /// The leader shares out, among members who want these topics; `shared` takes what came of it.
    case share([GroupMember], by: AssignmentStrategy)
    /// Stop reading these, and commit what is to be committed unless they are lost, as others may
    /// read them already; then call `gaveUp`.
    case giveUp([TopicPartition], areLost: Bool)
    /// Read these as well: what was assigned and is not read yet. Maybe none.
    case take([TopicPartition])
    /// It does not mend itself.
    case fail(ClientError)
    /// What was tried and failed, and is tried again.
    case note(ClientError)
    /// It has left.
    case end
}
