import KafkaProtocol
import System

/// A member of a group by the classic protocol: joins, syncs, heartbeats, and joins again when the
/// group is rebalanced, as Kafka's client does.
///
/// Events go in, with the time, and actions come out. It sleeps until `wakeNs`. Whoever carries the
/// actions out asks one JoinGroup or SyncGroup at a time, and drops answers that come after `end`.
struct ClassicMember {
    typealias Action = MembershipAction<ClassicQuestion>

    enum State: Equatable {
        /// Not begun, or left because polls stopped; the next poll joins.
        case outside
        /// Partitions are being given up before it joins.
        case preparing
        /// Waits before it joins again.
        case backingOff(untilNs: UInt64)
        case joining
        /// The leader shares out.
        case sharing
        case syncing
        /// Partitions that moved on are given up, then it joins again; the others it keeps.
        case revoking(assigned: [TopicPartition])
        case stable
        /// Something does not mend itself.
        case failed
        case leaving
        case ended
    }

    let settings: MembershipSettings
    private(set) var topics: Set<String>
    var state = State.outside
    var identity: GroupIdentity
    var strategy: AssignmentStrategy?
    /// What it reads by the group's assignment.
    var owned: Set<TopicPartition> = []
    /// How many partitions each topic had when it shared out; nil if others did.
    var sharedCounts: [String: Int]?
    /// Whether something changed that wants another rebalance once this one is done.
    var wantsRebalance = false
    /// Failures in a row of questions on the way into the group.
    var failures = 0
    /// Joins in a row that were refused and tried again at once.
    var quickRetries = 0
    var heartbeat = HeartbeatClock()
    private var pollDeadlineNs: UInt64?

    init(_ settings: MembershipSettings) {
        self.settings = settings
        topics = settings.topics
        identity = GroupIdentity(instanceId: settings.instanceId)
    }

    /// Who it is while it may commit; nil where it is in no generation, or between two.
    var committer: GroupIdentity? {
        switch state {
        case .stable, .preparing, .revoking: identity.generation >= 0 ? identity : nil
        default: nil
        }
    }

    /// Whether a rebalance is under way in which it takes part.
    var isRebalancing: Bool {
        switch state {
        case .outside, .stable, .failed, .leaving, .ended: false
        default: true
        }
    }

    /// When `woke` is to be called; nil where only events count.
    var wakeNs: UInt64? {
        switch state {
        case .backingOff(let untilNs): untilNs
        case .stable, .preparing, .revoking:
            [heartbeatDueNs, pollDeadlineNs].compactMap(\.self).min()
        default: nil
        }
    }

    private var heartbeatDueNs: UInt64? { identity.generation >= 0 ? heartbeat.wakeNs(settings) : nil }

    // MARK: What the user does

    mutating func begin(nowNs: UInt64) -> [Action] {
        guard state == .outside else { return [] }
        notePoll(nowNs)
        return prepare(nowNs)
    }

    /// The user polls; one that had left because it did not for too long joins again.
    mutating func polled(nowNs: UInt64) -> [Action] {
        notePoll(nowNs)
        return state == .outside ? prepare(nowNs) : []
    }

    private mutating func notePoll(_ nowNs: UInt64) {
        guard settings.isPolled else { return }
        pollDeadlineNs = nowNs.later(byMs: settings.pollIntervalMs)
    }

    /// The topics are others from now on.
    mutating func subscribe(to topics: Set<String>, nowNs: UInt64) -> [Action] {
        guard topics != self.topics else { return [] }
        self.topics = topics
        return rebalance(nowNs)
    }

    /// Leaves the group, unless it is a static member, whose place is kept until its session ends.
    mutating func close() -> [Action] {
        guard state != .ended, state != .leaving else { return [] }
        guard state != .outside, settings.instanceId == nil, !identity.memberId.isEmpty else {
            state = .ended
            return [.end]
        }
        state = .leaving
        return [.ask(.leave(identity))]
    }

    /// The coordinator answered to LeaveGroup, or did not: it is not asked again.
    mutating func left() -> [Action] {
        guard state == .leaving else { return [] }
        state = .ended
        return [.end]
    }

    /// How many partitions topics have by newer metadata; a leader that shared out others wants
    /// that done again.
    mutating func metadataChanged(_ counts: [String: Int], nowNs: UInt64) -> [Action] {
        guard let shared = sharedCounts, shared.contains(where: { counts[$0.key, default: $0.value] != $0.value })
        else { return [] }
        return rebalance(nowNs)
    }

    // MARK: Time

    mutating func woke(nowNs: UInt64) -> [Action] {
        switch state {
        case .backingOff(let untilNs): return nowNs >= untilNs ? prepare(nowNs) : []
        case .stable, .preparing, .revoking: break
        default: return []
        }
        if let pollDeadlineNs, nowNs >= pollDeadlineNs { return leaveForLackOfPolls() }
        guard identity.generation >= 0 else { return [] }
        var actions: [Action] = []
        if heartbeat.endSession(settings, nowNs: nowNs) { actions.append(.findCoordinatorAnew) }
        if heartbeat.begin(settings, nowNs: nowNs) { actions.append(.ask(.heartbeat(identity))) }
        return actions
    }

    /// What it has counts as lost once the user polls again.
    private mutating func leaveForLackOfPolls() -> [Action] {
        state = .outside
        pollDeadlineNs = nil
        let left = identity
        forget(memberId: true)
        let why = ClientError(.notPolled(afterMs: settings.pollIntervalMs))
        return [.note(why)] + (settings.instanceId == nil ? [.ask(.leave(left))] : [])
    }

    // MARK: Into the group

    /// Another rebalance is wanted: now, or once the one under way is done.
    mutating func rebalance(_ nowNs: UInt64) -> [Action] {
        guard state == .stable else {
            wantsRebalance = true
            return []
        }
        return prepare(nowNs)
    }

    /// Gives up what a rebalance takes away, and joins.
    mutating func prepare(_ nowNs: UInt64) -> [Action] {
        state = .preparing
        let isLost = identity.generation < 0 || identity.memberId.isEmpty
        let given = isLost || !settings.isCooperative ? owned : owned.filter { !topics.contains($0.topic) }
        guard !given.isEmpty else { return join() }
        return [.giveUp(given.sorted(), areLost: isLost)]
    }

    /// What was to be given up is, commits included.
    mutating func gaveUp(_ partitions: [TopicPartition], nowNs: UInt64) -> [Action] {
        owned.subtract(partitions)
        switch state {
        case .preparing:
            // It may have lost its place meanwhile, and then all that it had.
            guard identity.generation >= 0 || owned.isEmpty else { return prepare(nowNs) }
            return join()
        case .revoking(let assigned):
            guard identity.generation >= 0 else { return prepare(nowNs) }
            let added = assigned.filter { !owned.contains($0) }
            owned = Set(assigned)
            return [.take(added)] + prepare(nowNs)
        default: return []
        }
    }

    mutating func join() -> [Action] {
        state = .joining
        wantsRebalance = false
        sharedCounts = nil
        var subscriptions: [AssignmentStrategy: ConsumerSubscription] = [:]
        for strategy in settings.strategies {
            subscriptions[strategy] = strategy.subscription(
                topics: topics, owned: owned.sorted(), generation: identity.generation)
        }
        return [.ask(.join(identity, subscriptions))]
    }

    /// Forgets the generation, and the member id as well if that counts no longer.
    mutating func forget(memberId isForgotten: Bool) {
        identity.generation = -1
        if isForgotten { identity.memberId = "" }
    }
}
