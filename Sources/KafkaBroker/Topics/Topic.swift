import KafkaProtocol

/// A topic as it is served: its name, its id, and a log for each partition.
final class Topic {
    let name: String
    let id: KafkaUUID
    let configuration: TopicConfiguration
    private(set) var partitions: [Partition]

    /// Takes in partitions that were added behind the last.
    func add(_ added: [Partition]) { partitions += added }

    init(name: String, id: KafkaUUID, configuration: TopicConfiguration, partitions: [Partition]) {
        self.name = name
        self.id = id
        self.configuration = configuration
        self.partitions = partitions
    }

    /// The partition of an index off the wire.
    func partition(_ index: Int32) -> Partition? {
        index >= 0 && Int(index) < partitions.count ? partitions[Int(index)] : nil
    }
}

/// A partition of a topic.
final class Partition {
    /// The epoch of the only leader there ever is.
    static let leaderEpoch: Int32 = 0

    /// Checks the leader epoch that a client believes in; −1 is none.
    static func checkEpoch(_ epoch: Int32) -> ErrorCode {
        if epoch < 0 || epoch == leaderEpoch { return .none }
        return epoch > leaderEpoch ? .unknownLeaderEpoch : .fencedLeaderEpoch
    }

    let index: Int32
    let log: PartitionLog

    init(index: Int32, log: PartitionLog) {
        self.index = index
        self.log = log
    }
}
