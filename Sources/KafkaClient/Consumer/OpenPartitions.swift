/// The partitions of a fetch that its answer has not named yet; quick where it names them in their
/// order.
struct OpenPartitions {
    private let requested: [ConsumerCore.RequestedPartition]
    private var next = 0
    /// Those from `next` on by name, once the answer has another order.
    private var rest: [TopicPartition: ConsumerCore.RequestedPartition]?

    init(_ requested: [ConsumerCore.RequestedPartition]) { self.requested = requested }

    /// The partition of that name, unless it was not asked for or is named a second time.
    mutating func take(_ topicPartition: TopicPartition) -> ConsumerCore.RequestedPartition? {
        if rest == nil {
            if next < requested.count, requested[next].partition.topicPartition == topicPartition {
                defer { next += 1 }
                return requested[next]
            }
            rest = Dictionary(
                requested[next...].map { ($0.partition.topicPartition, $0) }, uniquingKeysWith: { one, _ in one })
        }
        return rest?.removeValue(forKey: topicPartition)
    }

    /// One that was not named; nil if there is none.
    var first: TopicPartition? {
        if let rest { return rest.keys.first }
        return next < requested.count ? requested[next].partition.topicPartition : nil
    }
}
