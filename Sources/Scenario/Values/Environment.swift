import Results

/// What a cell runs against.
public enum TargetSpec: Sendable, Codable, Equatable {
    /// Weir's own broker, started for the run with these options of Kafka's broker; only those that
    /// were set.
    case embedded(configuration: [String: String])
    /// Somebody's cluster, by connection properties in Kafka's names; `bootstrap.servers` is always
    /// there.
    case cluster(properties: [String: String])

    /// The bootstrap addresses of a cluster; none of the embedded broker.
    public var clusterAddress: String? {
        guard case .cluster(let properties) = self else { return nil }
        return properties["bootstrap.servers"]
    }

    /// Whether a scenario gives a cluster's property a value of its own that is another than this.
    public func sets(_ key: String, otherwiseThan value: String?) -> Bool {
        guard case .cluster(let properties) = self, let own = properties[key], own != value else { return false }
        return KafkaOption.connection.first { $0.name == key }?.standard != own
    }

    /// Those of a cluster's properties that are for Weir's own calls, and that no measured client
    /// follows.
    public static let ownCallKeys = Set(KafkaOption.ownCalls.map(\.name))
}

/// The topic a cell uses.
public struct TopicSpec: Sendable, Codable, Equatable {
    /// A topic that exists already and is neither made nor deleted; its partitions are looked up.
    public var existing: String?
    /// Whether an existing topic may be written to.
    public var allowsWrites: Bool
    /// What the names of made topics, and of the run's own groups, begin with; the rest of a name
    /// is Weir's.
    public var namePrefix: String
    /// How many partitions a made topic gets.
    public var partitions: Int
    /// The replicas of each partition; none leaves it to the cluster.
    public var replicationFactor: Int?
    /// The topic's options in Kafka's names; only those that were set, because the rest is the
    /// cluster's.
    public var configuration: [String: String]
    /// What is written before measuring.
    public var preload: PreloadSpec?
    /// How far the start of **each** partition's log is moved after the preload.
    public var trimRecordCount: Int

    /// The records a preload leaves on the emptiest partition, when it is spread evenly.
    public var preloadedPerPartition: Int { (preload?.recordCount ?? 0) / max(1, partitions) }
}

/// What is written into a topic before measuring.
public struct PreloadSpec: Sendable, Codable, Equatable {
    /// The records **in all**, spread evenly over the partitions.
    public var recordCount: Int
    /// What each record carries.
    public var value: ValueSpec
    /// The producer's options in Kafka's names, defaults filled in.
    public var properties: [String: String]
    /// The options of the client under it, likewise.
    public var clientProperties: [String: String]
    /// How far back the records' timestamps reach, evenly on each partition; 0: all are of now.
    public var spanNs: UInt64 = 0
}

/// The content of a record's value.
public struct ValueSpec: Sendable, Codable, Equatable {
    /// The value's length.
    public var byteCount: Int
    /// The part of it, 0 to 1, that cannot be compressed.
    public var randomShare: Double
}

/// How long and how often a cell is measured.
public struct MeasureSpec: Sendable, Codable, Equatable {
    /// What ends a repeat.
    public enum Extent: Sendable, Codable, Equatable {
        /// A window of time.
        case time(ns: UInt64)
        /// A number of records.
        case records(Int)
        /// A number of consumer starts.
        case starts(Int)
    }

    /// From when on a load by rate counts as late, where the scenario says nothing.
    static let lateNsDefault: UInt64 = 10_000_000

    /// The time before the window, discarded; 0 for starts, of which each cell discards one.
    public var warmupNs: UInt64
    /// What ends a repeat.
    public var extent: Extent
    /// How many rounds there are; the same for all cells of an experiment.
    public var repeats: Int
    /// The wait between cells.
    public var pauseNs: UInt64
    /// The seed given; without one it is drawn and recorded by the run.
    public var seed: UInt64?
    /// The share of a cell's repeats, 0 to 1, that may be left out for bad conditions.
    public var invalidShareMax = CellResult.invalidShareMaxDefault
    /// From when on a load by rate counts as late, at the 99th percentile.
    public var lateNs = MeasureSpec.lateNsDefault
    /// How long a cell's first repeat is warmed up at least; none for what the engine does by itself.
    public var ownFirstWarmupNs: UInt64?
    /// The share of the host's cores, 0 to 1, that others may take in a repeat.
    public var foreignShareMax = ForeignLoadRule.shareMaxDefault

    // What others took of the host is judged by the engine, and is in no order to a load generator.
    private enum CodingKeys: String, CodingKey {
        case warmupNs, extent, repeats, pauseNs, seed, invalidShareMax, lateNs, ownFirstWarmupNs
    }
}

/// A check that a scenario waives by name.
public enum Waiver: String, Sendable, Codable, Equatable, CaseIterable {
    /// That records are stored with the codec asked for.
    case codec
    /// That end offsets agree with what was acknowledged.
    case endOffsets = "end offsets"
    /// That a consumer reads back what was acknowledged.
    case readBack = "read back"
}
