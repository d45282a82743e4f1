import KafkaProtocol

/// What is known of the cluster: its brokers, the topics asked for, and who leads their partitions.
struct MetadataCache {
    /// A broker's advertised address.
    struct BrokerNode: Equatable {
        let id: Int32
        let host: String
        let port: Int32
    }

    /// A partition's leader by the last answer.
    struct Partition: Equatable {
        /// −1: none at present.
        var leaderId: Int32
        var leaderEpoch: Int32
    }

    /// A topic by the last answer.
    struct Topic: Equatable {
        var error: ErrorCode
        /// Another one when the topic was deleted and made anew; zero where the broker is too old
        /// to say (KIP-516).
        var id = KafkaUUID.zero
        var partitions: [Partition]

        /// Whether another answer is of this very topic, as far as both say; one in an older
        /// version names no id.
        func isSame(as other: Topic) -> Bool { id == other.id || id == .zero || other.id == .zero }

        /// Whether every partition has a leader.
        var isLed: Bool { error == .none && !partitions.isEmpty && partitions.allSatisfy { $0.leaderId >= 0 } }
    }

    /// A topic that is in use.
    struct UsedTopic {
        /// By the last answer; nil before the first one.
        var latest: Topic?
    }

    private(set) var nodes: [Int32: BrokerNode] = [:] { didSet { version += 1 } }
    /// Topics that somebody uses, and so are asked for with every refresh.
    private(set) var used: [String: UsedTopic] = [:] { didSet { version += 1 } }
    /// Another after every change of nodes or topics, so that what was looked up need not be looked
    /// up again.
    private(set) var version = 0
    /// The broker that makes and deletes topics; −1 if it is not known.
    var controllerId: Int32 = -1
    /// When the last answer came; nil before the first.
    private(set) var updatedNs: UInt64?

    /// What was last heard of a topic that somebody uses.
    func topic(_ name: String) -> Topic? { used[name]?.latest }

    /// Names topics to be asked for from now on.
    mutating func want(_ names: [String]) {
        for name in names where used[name] == nil { used[name] = UsedTopic(latest: nil) }
    }

    /// Forgets a topic that is not in use or was deleted.
    mutating func forget(_ name: String) { used[name] = nil }

    /// A broker that another answer named.
    mutating func learn(_ node: BrokerNode) { nodes[node.id] = node }

    /// Takes in an answer; of two leaders the one of the later epoch stands.
    mutating func update(nodes: [BrokerNode], topics answered: [(name: String, topic: Topic)], nowNs: UInt64) {
        self.nodes.removeAll(keepingCapacity: true)
        for node in nodes { self.nodes[node.id] = node }
        updatedNs = nowNs
        for (name, topic) in answered {
            guard let at = used.index(forKey: name) else { continue }
            used.values[at].latest = merged(used.values[at].latest, topic)
        }
    }

    private func merged(_ old: Topic?, _ new: Topic) -> Topic {
        // A broker that lags may not have heard of the topic; what an earlier answer said of it
        // still stands.
        guard new.error == .none else { return old?.error == ErrorCode.none && new.error.isRetriable ? old! : new }
        guard let old, old.isSame(as: new), old.partitions.count <= new.partitions.count else { return new }
        var merged = new
        for (at, known) in old.partitions.enumerated() where known.leaderEpoch > new.partitions[at].leaderEpoch {
            // A topic made anew starts at epoch 0 again, and an older broker says −1: both are
            // believed.
            if new.partitions[at].leaderEpoch > 0 { merged.partitions[at] = known }
        }
        return merged
    }

    /// The leader of a partition, if it is known and there is one.
    func leader(of topicPartition: TopicPartition) -> Int32? {
        var lookup = LeaderLookup(self)
        return lookup.leader(of: topicPartition)
    }

    /// The leader's epoch, −1 if it is not known.
    func leaderEpoch(of topicPartition: TopicPartition) -> Int32 {
        var lookup = LeaderLookup(self)
        return lookup.leaderEpoch(of: topicPartition)
    }
}
