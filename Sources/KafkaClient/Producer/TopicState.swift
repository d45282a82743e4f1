/// What a producer keeps for one topic.
final class TopicState {
    let name: String
    /// Those of its first partitions that were asked for, in the order of their numbers.
    var handles: [PartitionHandle] = []
    @safe @exclusivity(unchecked) var chooser: PartitionChooser

    init(_ name: String, _ configuration: ProducerConfiguration) {
        self.name = name
        chooser = PartitionChooser(configuration)
    }
}

/// When a broker had batches to take, and when it could take them (KIP-794).
struct NodeTimes {
    var readyNs: UInt64
    var drainNs: UInt64
}
