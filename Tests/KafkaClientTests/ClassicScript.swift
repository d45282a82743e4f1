import KafkaProtocol
import Testing

@testable import KafkaClient

/// A member, a clock and words for what it wants.
struct ClassicScript {
    var member: ClassicMember
    var nowNs: UInt64 = 1_000_000_000_000

    init(_ change: (inout MembershipSettings) -> Void = { _ in }) {
        var settings = MembershipSettings(topics: ["t"])
        change(&settings)
        member = ClassicMember(settings)
    }

    /// A follower that has these partitions of `t` in generation 1.
    static func stable(_ numbers: [Int32], _ change: (inout MembershipSettings) -> Void = { _ in }) -> ClassicScript {
        var script = ClassicScript(change)
        _ = script.begin()
        _ = script.join(leader: "other")
        _ = script.sync(numbers)
        return script
    }

    subscript(_ number: Int32) -> TopicPartition { TopicPartition(topic: "t", partition: number) }

    mutating func act(_ body: (inout ClassicMember, UInt64) -> [ClassicMember.Action]) -> [String] {
        body(&member, nowNs).map(Self.words)
    }

    mutating func begin() -> [String] { act { $0.begin(nowNs: $1) } }

    /// Lets the time come at which it wants to be woken.
    mutating func wake() -> [String] {
        guard let wakeNs = member.wakeNs else { return ["no timer"] }
        nowNs = wakeNs
        return act { $0.woke(nowNs: $1) }
    }

    func joinAnswer(leader: String, generation: Int32 = 1) -> JoinAnswer {
        var answer = JoinAnswer(memberId: "m", generation: generation, strategy: nil, leader: leader)
        answer.protocolType = "consumer"
        answer.strategy = member.settings.strategies[0].rawValue
        if leader == "m" {
            var subscription = ConsumerSubscription()
            subscription.topics = ["t"]
            answer.members = [("m", nil, (try? subscription.bytes()) ?? [])]
        }
        return answer
    }

    mutating func join(leader: String, generation: Int32 = 1) -> [String] {
        let answer = joinAnswer(leader: leader, generation: generation)
        return act { $0.joinAnswered(.success(answer), nowNs: $1) }
    }

    mutating func join(_ error: ErrorCode, memberId: String = "") -> [String] {
        act { $0.joinAnswered(.success(JoinAnswer(error: error, memberId: memberId)), nowNs: $1) }
    }

    mutating func share(_ assignments: [String: [TopicPartition]]) -> [String] {
        act { member, _ in member.shared(assignments, counts: ["t": 4]) }
    }

    mutating func sync(_ numbers: [Int32]) -> [String] {
        var assignment = ConsumerAssignment()
        assignment.assignedPartitions = numbers.map { self[$0] }.grouped()
        let bytes = (try? assignment.bytes()) ?? []
        return act { $0.syncAnswered(.success(SyncAnswer(assignment: bytes)), nowNs: $1) }
    }

    mutating func sync(_ error: ErrorCode) -> [String] {
        act { $0.syncAnswered(.success(SyncAnswer(error: error)), nowNs: $1) }
    }

    /// The answer to a heartbeat, which is let become due first.
    mutating func heartbeat(_ error: ErrorCode, isDue: Bool = true) -> [String] {
        if isDue { _ = wake() }
        return act { $0.heartbeatAnswered(by: $0.identity, .success(error), nowNs: $1) }
    }

    mutating func gaveUp(_ numbers: [Int32]) -> [String] {
        let partitions = numbers.map { self[$0] }
        return act { $0.gaveUp(partitions, nowNs: $1) }
    }

    private static func names(_ partitions: some Sequence<TopicPartition>) -> String {
        partitions.map { " \($0)" }.joined()
    }

    private static func words(_ action: ClassicMember.Action) -> String {
        switch action {
        case .ask(.join(let who, let subscriptions)):
            let owned = subscriptions.values.first?.ownedPartitions.partitions ?? []
            return "join as '\(who.memberId)' of \(who.generation)" + (owned.isEmpty ? "" : " with\(names(owned))")
        case .ask(.sync(let who, _, let assignments)):
            return "sync of \(who.generation):" + assignments.map { " \($0) gets\(names($1))" }.sorted().joined()
        case .ask(.heartbeat(let who)): return "heartbeat of \(who.generation)"
        case .ask(.leave(let who)): return "leave as '\(who.memberId)'"
        case .findCoordinatorAnew: return "find"
        case .share(let members, let strategy):
            return "share among \(members.map(\.id).joined(separator: " ")) by \(strategy.rawValue)"
        case .giveUp(let partitions, let areLost): return (areLost ? "lose" : "give up") + names(partitions)
        case .take(let partitions): return "take" + names(partitions)
        case .fail(let error): return "fail \(name(error))"
        case .note(let error): return "note \(name(error))"
        case .end: return "end"
        }
    }

    static func name(_ error: ClientError) -> String {
        if case .broker(let code) = error.code { return code.name }
        return String("\(error.code)".prefix { $0 != "(" })
    }
}
