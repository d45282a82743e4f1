/// One partition of a topic.
public struct TopicPartition: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The topic's name.
    public let topic: String
    /// The partition's number, from 0.
    public let partition: Int32

    /// A partition of a topic.
    public init(topic: String, partition: Int32) {
        self.topic = topic
        self.partition = partition
    }

    /// As Kafka prints it: `topic-0`; the topic alone where no partition of it is meant (−1).
    public var description: String { partition < 0 ? topic : "\(topic)-\(partition)" }

    /// By topic, then by number.
    public static func < (one: Self, other: Self) -> Bool {
        (one.topic, one.partition) < (other.topic, other.partition)
    }
}
