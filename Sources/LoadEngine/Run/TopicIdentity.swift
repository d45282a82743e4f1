import KafkaClient
import KafkaProtocol

/// Whether a topic is still the one that it was, by what the cluster says of it; pure.
struct TopicIdentity {
    /// What became of it.
    enum Change: Equatable {
        /// There is none of its name.
        case deleted
        /// There is another one of its name.
        case madeAnew(id: KafkaUUID, before: KafkaUUID)
        /// It has more partitions, or another one of its name has fewer.
        case partitionCount(Int, before: Int)
        /// A log ends before where it ended, by a cluster that gives topics no ids.
        case endWentBack(partition: Int, to: Int64, before: Int64)
    }

    private var known: TopicDescription?
    private var ends: [Int64] = []
    private var missingSinceNs: UInt64?
    /// What became of it; nil while it is what it was.
    private(set) var change: Change?

    /// How long a topic must be missing before it counts as deleted: a broker that just started may
    /// not know it yet.
    static let missingNs: UInt64 = 500_000_000

    /// Whether the last answer named no such topic, and the next is to decide.
    var isInDoubt: Bool { missingSinceNs != nil && change == nil }

    /// Whether the cluster gives topics ids, as far as it has said.
    var hasId: Bool { known.map { $0.id != .zero } ?? false }

    /// Takes in the cluster's description of the topic; nil if it has none of that name.
    mutating func observe(_ topic: TopicDescription?, nowNs: UInt64) {
        guard change == nil else { return }
        guard let topic else {
            let sinceNs = missingSinceNs ?? nowNs
            missingSinceNs = sinceNs
            if nowNs >= sinceNs + Self.missingNs { change = .deleted }
            return
        }
        missingSinceNs = nil
        guard let before = known else { return known = topic }
        if before.id == .zero { known?.id = topic.id }
        if isAnother(topic) {
            change = .madeAnew(id: topic.id, before: before.id)
        } else if topic.partitionCount != before.partitionCount {
            change = .partitionCount(topic.partitionCount, before: before.partitionCount)
        }
    }

    /// Takes in where its partitions end. Where topics have ids only the number of partitions
    /// counts, because reconciliation finds what a leader lost.
    mutating func observe(ends: [Int64]) {
        guard change == nil else { return }
        if let known, known.partitionCount != ends.count {
            return change = .partitionCount(ends.count, before: known.partitionCount)
        }
        let before = self.ends
        self.ends = ends
        guard !hasId else { return }
        for (partition, (end, before)) in zip(ends, before).enumerated() where end < before {
            return change = .endWentBack(partition: partition, to: end, before: before)
        }
    }

    /// Whether this is surely not the topic that was there first.
    func isAnother(_ topic: TopicDescription) -> Bool {
        guard let known, known.id != .zero, topic.id != .zero else { return false }
        return known.id != topic.id
    }
}

extension TopicIdentity.Change {
    /// What became of a topic of this name, in words.
    func words(_ topic: String) -> String {
        switch self {
        case .deleted: "topic \(topic) was deleted while it was measured"
        case .madeAnew(let id, let before):
            "topic \(topic) was deleted and made anew while it was measured: its id was \(before) and is \(id)"
        case .partitionCount(let count, let before):
            "topic \(topic) has \(count) partitions, where it had \(before) before"
        case .endWentBack(let partition, let end, let before):
            "\(topic)-\(partition) ends at offset \(end), where it ended at \(before) before: "
                + "the topic was made anew, or lost records"
        }
    }
}
