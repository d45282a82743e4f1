/// Gives each member a range of every topic that it subscribes to, as Kafka's RangeAssignor does
/// where no racks are known.
///
/// Of n partitions and m members each gets n / m, and the first n % m members one more. Topics with
/// as many partitions and the same members are cut alike.
enum RangeAssignor {
    static func assign(_ members: [GroupMember], _ partitionCounts: [String: Int]) -> [String: [TopicPartition]] {
        var assignments: [String: [TopicPartition]] = [:]
        for member in members { assignments[member.id] = [] }
        let sorted = members.sorted(by: GroupMember.precedes)
        for topic in Set(members.flatMap(\.topics)).sorted() {
            let takers = sorted.filter { $0.topics.contains(topic) }
            let count = partitionCounts[topic] ?? 0
            var next = 0
            for (at, taker) in takers.enumerated() {
                let share = count / takers.count + (at < count % takers.count ? 1 : 0)
                assignments[taker.id]?.append(
                    contentsOf: (next..<next + share).map { TopicPartition(topic: topic, partition: Int32($0)) })
                next += share
            }
        }
        return assignments
    }
}
