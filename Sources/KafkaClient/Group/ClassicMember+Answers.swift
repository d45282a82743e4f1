import KafkaProtocol
import System

// What each answer, and each error in it, means to a classic member.
extension ClassicMember {
    mutating func joinAnswered(_ result: Result<JoinAnswer, ClientError>, nowNs: UInt64) -> [Action] {
        guard state == .joining else { return [] }
        guard case .success(let answer) = result else { return failed(result, nowNs) }
        switch answer.error {
        case .none: return joined(answer, nowNs)
        case .memberIdRequired:
            guard identity.memberId != answer.memberId, !answer.memberId.isEmpty else {
                return refused(answer.error, .joinGroup)
            }
            identity.memberId = answer.memberId
            return join()
        case .unknownMemberId:
            forget(memberId: true)
            return again(answer.error, .joinGroup, nowNs)
        case .rebalanceInProgress: return again(answer.error, .joinGroup, nowNs)
        case .coordinatorLoadInProgress: return backOff(answer.error, .joinGroup, nowNs)
        case .coordinatorNotAvailable, .notCoordinator:
            return [.findCoordinatorAnew] + backOff(answer.error, .joinGroup, nowNs)
        default: return refused(answer.error, .joinGroup)
        }
    }

    private mutating func joined(_ answer: JoinAnswer, _ nowNs: UInt64) -> [Action] {
        guard answer.protocolType ?? "consumer" == "consumer", let name = answer.strategy,
            let strategy = settings.strategies.first(where: { $0.rawValue == name })
        else { return refused(.inconsistentGroupProtocol, .joinGroup) }
        identity.memberId = answer.memberId
        identity.generation = answer.generation
        self.strategy = strategy
        heartbeat.heard(settings, nowNs: nowNs)
        guard answer.leader == answer.memberId, !answer.skipsAssignment else { return sync([:], counts: nil) }
        var members: [GroupMember] = []
        do throws(WireError) {
            for member in answer.members {
                members.append(try GroupMember(member.id, instanceId: member.instanceId, metadata: member.metadata))
            }
        } catch {
            let text = "what a member subscribes to cannot be read: \(error)"
            return fail(ClientError(.malformedResponse(text), api: .joinGroup))
        }
        state = .sharing
        return [.share(members, by: strategy)]
    }

    /// What the leader gives to each, and how many partitions the topics had.
    mutating func shared(_ assignments: [String: [TopicPartition]], counts: [String: Int]) -> [Action] {
        guard state == .sharing else { return [] }
        return sync(assignments, counts: counts)
    }

    private mutating func sync(_ assignments: [String: [TopicPartition]], counts: [String: Int]?) -> [Action] {
        guard let strategy else { return [] }
        state = .syncing
        sharedCounts = counts
        return [.ask(.sync(identity, strategy: strategy, assignments))]
    }

    mutating func syncAnswered(_ result: Result<SyncAnswer, ClientError>, nowNs: UInt64) -> [Action] {
        guard state == .syncing else { return [] }
        guard case .success(let answer) = result else { return failed(result, nowNs) }
        switch answer.error {
        case .none: return synced(answer, nowNs)
        case .rebalanceInProgress: return again(answer.error, .syncGroup, nowNs)
        case .unknownMemberId, .illegalGeneration:
            // A member of an older generation may still be one of the group.
            forget(memberId: answer.error == .unknownMemberId)
            return again(answer.error, .syncGroup, nowNs)
        case .coordinatorNotAvailable, .notCoordinator:
            return [.findCoordinatorAnew] + backOff(answer.error, .syncGroup, nowNs)
        default: return refused(answer.error, .syncGroup)
        }
    }

    private mutating func synced(_ answer: SyncAnswer, _ nowNs: UInt64) -> [Action] {
        guard answer.protocolType ?? "consumer" == "consumer",
            answer.strategy ?? strategy?.rawValue == strategy?.rawValue
        else { return refused(.inconsistentGroupProtocol, .syncGroup) }
        heartbeat.heard(settings, nowNs: nowNs)
        (failures, quickRetries) = (0, 0)
        let assigned: [TopicPartition]
        do throws(WireError) {
            // A member that nothing was given to may get no bytes at all.
            let given =
                answer.assignment.isEmpty ? ConsumerAssignment() : try ConsumerAssignment(parsing: answer.assignment)
            assigned = Set(given.assignedPartitions.partitions).sorted()
        } catch {
            let text = "the assignment cannot be read: \(error)"
            return fail(ClientError(.malformedResponse(text), api: .syncGroup))
        }
        // Shared out by what it subscribed to before.
        guard assigned.allSatisfy({ topics.contains($0.topic) }) else { return prepare(nowNs) }
        let revoked = owned.subtracting(assigned)
        guard revoked.isEmpty else {
            state = .revoking(assigned: assigned)
            return [.giveUp(revoked.sorted(), areLost: false)]
        }
        let added = assigned.filter { !owned.contains($0) }
        owned = Set(assigned)
        state = .stable
        return [.take(added)] + (wantsRebalance ? prepare(nowNs) : [])
    }

    mutating func heartbeatAnswered(
        by asked: GroupIdentity, _ result: Result<ErrorCode, ClientError>, nowNs: UInt64
    ) -> [Action] {
        guard asked == identity else { return [] }
        guard case .success(let error) = result else {
            guard case .failure(let failure) = result else { return [] }
            guard failure.isRetriable else { return fail(failure) }
            heartbeat.failed(settings, nowNs: nowNs)
            return [.note(failure), .findCoordinatorAnew]
        }
        switch error {
        case .none:
            heartbeat.heard(settings, nowNs: nowNs)
            return []
        case .rebalanceInProgress:
            heartbeat.heard(settings, nowNs: nowNs)
            return state == .stable ? prepare(nowNs) : []
        case .coordinatorLoadInProgress, .coordinatorNotAvailable, .notCoordinator:
            heartbeat.failed(settings, nowNs: nowNs)
            let note = Action.note(ClientError(.broker(error), api: .heartbeat))
            return error == .coordinatorLoadInProgress ? [note] : [note, .findCoordinatorAnew]
        case .unknownMemberId, .illegalGeneration: return lost(error, .heartbeat, nowNs)
        default: return refused(error, .heartbeat)
        }
    }

    /// A commit under its name failed.
    mutating func commitFailed(by asked: GroupIdentity, _ error: ErrorCode, nowNs: UInt64) -> [Action] {
        guard asked == identity else { return [] }
        switch error {
        case .rebalanceInProgress: return rebalance(nowNs)
        case .unknownMemberId, .illegalGeneration: return lost(error, .offsetCommit, nowNs)
        case .fencedInstanceId: return refused(error, .offsetCommit)
        default: return []
        }
    }

    /// It is no member any more, or not of this generation: what it has may be others' already.
    private mutating func lost(_ error: ErrorCode, _ api: ApiKey, _ nowNs: UInt64) -> [Action] {
        forget(memberId: error == .unknownMemberId)
        let note = Action.note(ClientError(.broker(error), api: api))
        // What is being given up goes on, and finds out.
        return state == .stable ? [note] + prepare(nowNs) : [note]
    }

    // MARK: Failures on the way into the group

    private mutating func failed<Answer>(_ result: Result<Answer, ClientError>, _ nowNs: UInt64) -> [Action] {
        guard case .failure(let error) = result else { return [] }
        guard error.isRetriable else { return fail(error) }
        return [.findCoordinatorAnew] + backOff(error, nowNs)
    }

    private mutating func fail(_ error: ClientError) -> [Action] {
        state = .failed
        return [.fail(error)]
    }

    /// Kafka's client surfaces every other error.
    private mutating func refused(_ error: ErrorCode, _ api: ApiKey) -> [Action] {
        fail(ClientError(.broker(error), api: api))
    }

    /// Joins again at once, as Kafka's client does; with back-off where that was refused, too.
    private mutating func again(_ error: ErrorCode, _ api: ApiKey, _ nowNs: UInt64) -> [Action] {
        quickRetries += 1
        guard quickRetries <= 1 else { return backOff(error, api, nowNs) }
        return [.note(ClientError(.broker(error), api: api))] + prepare(nowNs)
    }

    private mutating func backOff(_ error: ErrorCode, _ api: ApiKey, _ nowNs: UInt64) -> [Action] {
        backOff(ClientError(.broker(error), api: api), nowNs)
    }

    private mutating func backOff(_ error: ClientError, _ nowNs: UInt64) -> [Action] {
        failures += 1
        state = .backingOff(untilNs: nowNs.later(by: settings.backoff.waitNs(afterFailures: failures)))
        return [.note(error)]
    }
}
