/// The partitions that were asked for, and whether an answer names them; quick where it names them
/// in their order.
struct AskedPartitions {
    private let partitions: [TopicPartition]
    private var next = 0
    private lazy var set = Set(partitions)

    init(_ partitions: [TopicPartition]) { self.partitions = partitions }

    /// Whether the answer's next partition was asked for.
    mutating func contains(_ topicPartition: TopicPartition) -> Bool {
        if next < partitions.count, partitions[next] == topicPartition {
            next += 1
            return true
        }
        return set.contains(topicPartition)
    }

    /// The first that is missing in what was answered.
    func first(missingIn answered: [TopicPartition: some Any]) -> TopicPartition? {
        // Those that came in order were each entered.
        partitions[next...].first { answered[$0] == nil }
    }
}
