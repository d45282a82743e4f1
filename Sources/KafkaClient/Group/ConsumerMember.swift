import KafkaProtocol
import System

/// A member of a group by the newer protocol (KIP-848): it heartbeats, is told what to have, gives
/// up what it is not to have and says so, as Kafka's client does.
///
/// Events go in, with the time, and actions come out. It sleeps until `wakeNs`. Whoever carries the
/// actions out sends one heartbeat at a time, and drops answers that come after `end`.
struct ConsumerMember {
    enum State: Equatable {
        /// Not begun, or left because polls stopped; the next poll joins.
        case outside
        /// Gives up what it had in an epoch that counts no longer, and joins then.
        case fenced
        /// Heartbeats; epoch 0 until it is taken in.
        case active
        /// Something does not mend itself.
        case failed
        case leaving
        case ended
    }

    let settings: MembershipSettings
    private(set) var topics: Set<String>
    private(set) var state = State.outside
    private(set) var identity: GroupIdentity
    private(set) var owned: Set<TopicPartition> = []
    /// What it is to have, until it has it.
    private var target: [TopicPartition]?
    /// Whether partitions are being given up for the target.
    private var isGivingUp = false
    private var isUnderWay = false
    /// What the coordinator was last told, if it has that.
    private var told = ConsumerHeartbeat(identity: GroupIdentity())
    private var asked = ConsumerHeartbeat(identity: GroupIdentity())
    private var nextNs: UInt64 = 0
    private var sentNs: UInt64 = 0
    private var earlyMs = ConsumerMember.earliestMs
    private var failures = 0
    private var pollDeadlineNs: UInt64?

    /// The first wait of a member that heartbeats early.
    static let earliestMs = 100

    init(_ settings: MembershipSettings, memberId: String) {
        self.settings = settings
        topics = settings.topics
        identity = GroupIdentity(memberId: memberId, generation: 0, instanceId: settings.instanceId)
    }

    var committer: GroupIdentity? { state == .active && identity.generation > 0 ? identity : nil }

    var isRebalancing: Bool { state == .fenced || state == .active && identity.generation == 0 }

    var wakeNs: UInt64? {
        guard state == .active else { return nil }
        return [isUnderWay ? nil : nextNs, pollDeadlineNs].compactMap(\.self).min()
    }

    // MARK: What the user does

    mutating func begin(nowNs: UInt64) -> Actions {
        guard state == .outside else { return [] }
        notePoll(nowNs)
        return join(nowNs)
    }

    /// The user polls; one that had left because it did not for too long joins again.
    mutating func polled(nowNs: UInt64) -> Actions {
        notePoll(nowNs)
        return state == .outside ? fence(nowNs) : []
    }

    private mutating func notePoll(_ nowNs: UInt64) {
        guard settings.isPolled else { return }
        pollDeadlineNs = nowNs.later(byMs: settings.pollIntervalMs)
    }

    /// The topics are others from now on, which the coordinator is told at once.
    mutating func subscribe(to topics: Set<String>, nowNs: UInt64) -> Actions {
        self.topics = topics
        return tellSoon(nowNs)
    }

    mutating func close() -> Actions {
        guard state != .ended, state != .leaving else { return [] }
        guard state != .outside, state != .failed || identity.generation > 0 else {
            state = .ended
            return [.end]
        }
        state = .leaving
        return [.ask(.leave(departure))]
    }

    /// A static member may come back, and its partitions wait for that.
    private var departure: GroupIdentity {
        var departure = identity
        departure.generation = settings.instanceId == nil ? -1 : -2
        return departure
    }

    mutating func left() -> Actions {
        guard state == .leaving else { return [] }
        state = .ended
        return [.end]
    }

    /// The coordinator watches topics itself.
    mutating func metadataChanged(_ counts: [String: Int], nowNs: UInt64) -> Actions { [] }

    /// The next heartbeat finds out what a refused commit means.
    mutating func commitFailed(by asked: GroupIdentity, _ error: ErrorCode, nowNs: UInt64) -> Actions {
        guard asked == identity, state == .active else { return [] }
        switch error {
        case .staleMemberEpoch, .unknownMemberId, .fencedMemberEpoch: return isUnderWay ? [] : send(nowNs)
        default: return []
        }
    }

    // MARK: Time

    mutating func woke(nowNs: UInt64) -> Actions {
        guard state == .active else { return [] }
        if let pollDeadlineNs, nowNs >= pollDeadlineNs { return leaveForLackOfPolls() }
        return !isUnderWay && nowNs >= nextNs ? send(nowNs) : []
    }

    /// What it has counts as lost once the user polls again.
    private mutating func leaveForLackOfPolls() -> Actions {
        state = .outside
        pollDeadlineNs = nil
        (isUnderWay, target) = (false, nil)
        return [.note(ClientError(.notPolled(afterMs: settings.pollIntervalMs))), .ask(.leave(departure))]
    }

    // MARK: Heartbeats

    private mutating func join(_ nowNs: UInt64) -> Actions {
        state = .active
        identity.generation = 0
        target = nil
        told = ConsumerHeartbeat(identity: GroupIdentity())
        earlyMs = Self.earliestMs
        return send(nowNs)
    }

    /// Sends what is new; all of it where the coordinator may not know what it was told.
    private mutating func send(_ nowNs: UInt64) -> Actions {
        let isNew = identity.generation == 0 || told.identity.memberId.isEmpty
        let timeoutMs = settings.pollIntervalMs
        let owned = owned.sorted()
        asked = ConsumerHeartbeat(
            identity: identity, rebalanceTimeoutMs: timeoutMs, topics: topics, assignor: settings.remoteAssignor,
            owned: owned)
        isUnderWay = true
        sentNs = nowNs
        var heartbeat = asked
        if !isNew {
            heartbeat.rebalanceTimeoutMs = nil
            heartbeat.assignor = nil
            if told.topics == topics { heartbeat.topics = nil }
            if told.owned == owned { heartbeat.owned = nil }
        }
        return [.ask(.heartbeat(heartbeat))]
    }

    /// Tells the coordinator now what has changed, or once it has answered what it is asked.
    private mutating func tellSoon(_ nowNs: UInt64) -> Actions {
        guard state == .active else { return [] }
        return isUnderWay ? [] : send(nowNs)
    }

    private var hasNews: Bool { told.topics != topics || told.owned != owned.sorted() }

    mutating func heartbeatAnswered(
        by identity: GroupIdentity, _ result: Result<ConsumerHeartbeatAnswer, ClientError>, nowNs: UInt64
    ) -> Actions {
        guard state == .active, isUnderWay, identity == self.identity else { return [] }
        isUnderWay = false
        switch result {
        case .failure(let error):
            return error.isRetriable ? [.findCoordinatorAnew] + backOff(error, nowNs) : fail(error)
        case .success(let answer):
            guard answer.error != .none else { return accepted(answer, nowNs) }
            return refused(answer.error, nowNs)
        }
    }

    private mutating func accepted(_ answer: ConsumerHeartbeatAnswer, _ nowNs: UInt64) -> Actions {
        let isFirst = identity.generation == 0
        failures = 0
        if let id = answer.memberId, !id.isEmpty { identity.memberId = id }
        identity.generation = answer.epoch
        told = asked
        told.identity = identity
        if let assignment = answer.assignment { target = Set(assignment).sorted() }
        nextNs = max(nowNs, sentNs.later(byMs: answer.intervalMs))
        let actions = reconcile(nowNs, isFirst: isFirst)
        if settings.heartbeatsEarly, owned.isEmpty, target == nil {
            nextNs = min(nextNs, nowNs.later(byMs: earlyMs))
            earlyMs = min(earlyMs * 2, max(answer.intervalMs, Self.earliestMs))
        }
        return actions
    }

    /// Gives up what it is not to have; then takes what it is to have, and says that it has it.
    private mutating func reconcile(_ nowNs: UInt64, isFirst: Bool = false) -> Actions {
        guard !isGivingUp else { return [] }
        var actions: Actions = []
        if let target {
            let revoked = owned.subtracting(target)
            guard revoked.isEmpty else {
                isGivingUp = true
                return [.giveUp(revoked.sorted(), areLost: false)]
            }
            let added = target.filter { !owned.contains($0) }
            owned = Set(target)
            self.target = nil
            if isFirst || !added.isEmpty { actions = [.take(added)] }
        } else if isFirst {
            actions = [.take([])]
        }
        if hasNews, !isUnderWay { actions += send(nowNs) }
        return actions
    }

    mutating func gaveUp(_ partitions: [TopicPartition], nowNs: UInt64) -> Actions {
        owned.subtract(partitions)
        isGivingUp = false
        switch state {
        case .fenced: return fence(nowNs)
        case .active: return reconcile(nowNs)
        default: return []
        }
    }

    // MARK: Errors

    private mutating func refused(_ error: ErrorCode, _ nowNs: UInt64) -> Actions {
        let failure = ClientError(.broker(error), api: .consumerGroupHeartbeat)
        switch error {
        case .fencedMemberEpoch, .unknownMemberId:
            failures += 1
            // Refused again on joining, it waits.
            guard identity.generation != 0 || failures <= 1 else { return backOff(failure, nowNs) }
            return [.note(failure)] + fence(nowNs)
        case .notCoordinator, .coordinatorNotAvailable: return [.findCoordinatorAnew] + backOff(failure, nowNs)
        case .coordinatorLoadInProgress, .topicAuthorizationFailed: return backOff(failure, nowNs)
        default: return fail(failure)
        }
    }

    /// Gives up all that it had, which may be others' already, and joins anew.
    private mutating func fence(_ nowNs: UInt64) -> Actions {
        state = .fenced
        identity.generation = 0
        guard !isGivingUp else { return [] }
        guard !owned.isEmpty else { return join(nowNs) }
        isGivingUp = true
        return [.giveUp(owned.sorted(), areLost: true)]
    }

    private mutating func backOff(_ error: ClientError, _ nowNs: UInt64) -> Actions {
        failures += 1
        told = ConsumerHeartbeat(identity: GroupIdentity())
        nextNs = nowNs.later(by: settings.backoff.waitNs(afterFailures: failures))
        return [.note(error)]
    }

    private mutating func fail(_ error: ClientError) -> Actions {
        state = .failed
        return [.fail(error)]
    }
}

extension ConsumerMember: MemberMachine {
    typealias Question = ConsumerQuestion
}
