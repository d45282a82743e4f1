/// Shares partitions out so that no member could get one more without taking it from one that has
/// at most one more, and everybody keeps as much as that allows (KIP-429).
///
/// What another member says it has is given to nobody yet: it is withheld until that member has
/// joined again without it.
struct CooperativeStickyAssignor {
    /// What a member gets of a topic: first what it keeps, then what is new to it.
    private struct Share {
        var partitions: [Int32] = []
        var keptCount = 0
    }

    private let members: [GroupMember]
    private let topics: [String]
    private let partitionCounts: [Int]
    /// Which members, by their places, may have a topic's partitions.
    private let takers: [[Int]]
    /// By member and topic.
    private var shares: [[Share]]
    private var counts: [Int]

    static func assign(_ members: [GroupMember], _ partitionCounts: [String: Int]) -> [String: [TopicPartition]] {
        var assignor = CooperativeStickyAssignor(members, partitionCounts)
        assignor.shareOut(assignor.keepClaims())
        assignor.balance()
        return assignor.withoutWithheld()
    }

    private init(_ members: [GroupMember], _ partitionCounts: [String: Int]) {
        let members = members.sorted(by: GroupMember.precedes)
        let topics = Set(members.flatMap(\.topics)).filter { partitionCounts[$0, default: 0] > 0 }.sorted()
        self.members = members
        self.topics = topics
        self.partitionCounts = topics.map { partitionCounts[$0, default: 0] }
        takers = topics.map { topic in members.indices.filter { members[$0].topics.contains(topic) } }
        shares = members.map { _ in topics.map { _ in Share() } }
        counts = members.map { _ in 0 }
    }

    /// Leaves each partition with the member that had it in the latest generation, and says which
    /// ones those are. Where two say so of the same generation, one of them is wrong, and neither
    /// keeps it.
    private mutating func keepClaims() -> Set<TopicPartition> {
        var claims: [TopicPartition: (member: Int?, generation: Int32)] = [:]
        for (at, member) in members.enumerated() {
            for partition in member.owned where member.topics.contains(partition.topic) {
                guard let other = claims[partition], other.member != at, member.generation <= other.generation else {
                    claims[partition] = (at, member.generation)
                    continue
                }
                if member.generation == other.generation { claims[partition]?.member = nil }
            }
        }
        var kept: Set<TopicPartition> = []
        for (partition, claim) in claims.sorted(by: { $0.key < $1.key }) {
            guard let at = claim.member, let topic = topics.firstIndex(of: partition.topic),
                (0..<partitionCounts[topic]).contains(Int(partition.partition))
            else { continue }
            give(partition.partition, of: topic, to: at)
            shares[at][topic].keptCount += 1
            kept.insert(partition)
        }
        return kept
    }

    /// Gives what nobody keeps to those who have least, first the topics that few can take.
    private mutating func shareOut(_ kept: Set<TopicPartition>) {
        for topic in topics.indices.sorted(by: { (takers[$0].count, $0) < (takers[$1].count, $1) }) {
            for number in 0..<Int32(partitionCounts[topic]) {
                guard !kept.contains(TopicPartition(topic: topics[topic], partition: number)),
                    let least = takers[topic].min(by: hasLess)
                else { continue }
                give(number, of: topic, to: least)
            }
        }
    }

    private mutating func give(_ number: Int32, of topic: Int, to member: Int) {
        shares[member][topic].partitions.append(number)
        counts[member] += 1
    }

    private func hasLess(_ one: Int, _ other: Int) -> Bool { (counts[one], one) < (counts[other], other) }

    /// Moves partitions from those who have most to those who have at least two fewer, over others
    /// between them where topics are not everybody's; each round makes the shares more even.
    private mutating func balance() {
        while let path = nextPath() {
            for (giver, taker) in zip(path, path.dropFirst()).reversed() { move(from: giver, to: taker) }
        }
    }

    /// Moves a partition, of what is new to its giver if there is such.
    private mutating func move(from giver: Int, to taker: Int) {
        let movable = topics.indices.filter {
            !shares[giver][$0].partitions.isEmpty && members[taker].topics.contains(topics[$0])
        }
        func newCount(_ topic: Int) -> Int { shares[giver][topic].partitions.count - shares[giver][topic].keptCount }
        let best = movable.max {
            (newCount($0), shares[giver][$0].partitions.count) < (newCount($1), shares[giver][$1].partitions.count)
        }
        guard let best, let number = shares[giver][best].partitions.popLast() else { return }
        counts[giver] -= 1
        shares[giver][best].keptCount = min(shares[giver][best].keptCount, shares[giver][best].partitions.count)
        give(number, of: best, to: taker)
    }

    /// Members from one to the next of which a partition moves: the first has two more than the
    /// last.
    private func nextPath() -> [Int]? {
        var tried: Set<Int> = []
        for giver in members.indices.sorted(by: { hasLess($1, $0) }) where !tried.contains(giver) {
            let before = reach(of: giver)
            if let least = before.keys.min(by: hasLess), counts[least] + 2 <= counts[giver] {
                var path = [least]
                while let last = path.last, last != giver, let one = before[last] { path.append(one) }
                return path.reversed()
            }
            // Who is reached reaches nobody else.
            tried.formUnion(before.keys)
        }
        return nil
    }

    /// To whom a partition can move from a member, directly or over others, each with the member
    /// before it.
    private func reach(of giver: Int) -> [Int: Int] {
        var before = [giver: giver]
        var queue = [giver]
        var seen: Set<Int> = []
        var at = 0
        while at < queue.count {
            let one = queue[at]
            at += 1
            for topic in topics.indices where !shares[one][topic].partitions.isEmpty && seen.insert(topic).inserted {
                for taker in takers[topic] where before[taker] == nil {
                    before[taker] = one
                    queue.append(taker)
                }
            }
        }
        return before
    }

    /// What each member gets, but for what another still has.
    private func withoutWithheld() -> [String: [TopicPartition]] {
        var owners: [TopicPartition: Set<Int>] = [:]
        for (at, member) in members.enumerated() {
            for partition in member.owned { owners[partition, default: []].insert(at) }
        }
        var assignments: [String: [TopicPartition]] = [:]
        for (at, member) in members.enumerated() {
            let share = topics.indices.flatMap { topic in
                shares[at][topic].partitions.sorted().map { TopicPartition(topic: topics[topic], partition: $0) }
            }
            assignments[member.id] = share.filter { owners[$0].map { $0.contains(at) } ?? true }
        }
        return assignments
    }
}
