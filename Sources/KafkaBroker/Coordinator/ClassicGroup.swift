import KafkaProtocol

/// A group of the classic protocol, as Kafka's coordinator keeps it: who its members are, and which
/// generation they have agreed on.
///
/// Pure: what happens comes in by a method, with the time in milliseconds; what is to be done goes
/// into `actions`. Whoever calls takes them out, and calls `expire` when `deadlineMs` has come.
struct ClassicGroup {
    /// Kafka's names for its states.
    enum State: String {
        case empty = "Empty", preparing = "PreparingRebalance", completing = "CompletingRebalance",
            stable = "Stable"
    }

    /// Something for the caller to do.
    enum Action: Equatable {
        case answerJoin(GroupTicket, JoinAnswer)
        case answerSync(GroupTicket, SyncAnswer)
        /// Write the group to the journal, before the answers that follow.
        case store
    }

    /// What a member is told that has joined.
    struct JoinAnswer: Equatable {
        var error = ErrorCode.none
        var memberId = ""
        var generation: Int32 = -1
        var protocolType: String?
        var protocolName: String?
        var leader = ""
        var skipAssignment = false
        var members: [ClassicMember] = []
    }

    /// What a member is told of its assignment.
    struct SyncAnswer: Equatable {
        var error = ErrorCode.none
        var protocolType: String?
        var protocolName: String?
        var assignment: [UInt8] = []
    }

    /// A rebalance that waits for members.
    struct JoinWait: Equatable {
        var deadlineMs: Int64
        /// How long it may still be put off when members come; nil unless the group was empty.
        var extensionMs: Int64?
        /// Whether a member has come since it was last put off.
        var hasNewMember = false
    }

    let settings: GroupSettings
    var state = State.empty
    var generation: Int32 = 0
    var protocolType: String?
    var protocolName: String?
    var leader: String?
    var members: [String: ClassicMember] = [:]
    /// Static members: instance ids to member ids.
    var instances: [String: String] = [:]
    /// Ids that were given out and not used yet, with when they are forgotten (KIP-394).
    var pending: [String: Int64] = [:]
    var joinWait: JoinWait?
    /// When members that have not sent SyncGroup are put out.
    var syncDeadlineMs: Int64?
    /// When the group is forgotten, if it has no commits.
    var emptyDeadlineMs: Int64?
    /// What is to be done, in order.
    var actions: [Action] = []
    private var memberCount: UInt64 = 0

    init(settings: GroupSettings) { self.settings = settings }

    /// Takes out what is to be done.
    mutating func takeActions() -> [Action] {
        defer { actions = [] }
        return actions
    }

    /// The members in the order in which they came.
    var membersInOrder: [ClassicMember] { members.values.sorted { $0.number < $1.number } }

    mutating func nextNumber() -> UInt64 {
        memberCount += 1
        return memberCount
    }

    /// When `expire` has something to do; nil if never.
    var deadlineMs: Int64? {
        var earliest = [joinWait?.deadlineMs, syncDeadlineMs, emptyDeadlineMs].compactMap { $0 }.min() ?? .max
        for member in members.values { earliest = min(earliest, member.deadlineMs ?? .max) }
        for deadline in pending.values { earliest = min(earliest, deadline) }
        return earliest == .max ? nil : earliest
    }

    /// Checks who asks: a static member by both names, any other by its id.
    func check(_ memberId: String, _ instanceId: String?) -> ErrorCode {
        if let instanceId {
            guard let current = instances[instanceId] else { return .unknownMemberId }
            guard current == memberId else { return .fencedInstanceId }
        }
        return members[memberId] == nil ? .unknownMemberId : .none
    }

    /// The topics that members subscribe to; nil where that cannot be known.
    var subscribedTopics: Set<String>? {
        guard protocolType == "consumer" else { return nil }
        guard let protocolName else { return members.isEmpty ? [] : nil }
        var topics: Set<String> = []
        for member in members.values {
            do throws(WireError) {
                topics.formUnion(try ConsumerSubscription(parsing: member.metadata(of: protocolName)).topics)
            } catch {
                return nil
            }
        }
        return topics
    }

    /// Whether a member may commit, as Kafka decides it: without a generation only while the group
    /// is empty. A commit counts as a heartbeat.
    mutating func commit(_ memberId: String, _ instanceId: String?, generation: Int32, _ nowMs: Int64) -> ErrorCode {
        if generation < 0, state == .empty { return .none }
        guard generation >= 0 || !memberId.isEmpty || instanceId != nil else { return .unknownMemberId }
        let fault = check(memberId, instanceId)
        if fault != .none { return fault }
        if generation != self.generation { return .illegalGeneration }
        if state == .completing { return .rebalanceInProgress }
        renew(memberId, nowMs)
        return .none
    }
}
