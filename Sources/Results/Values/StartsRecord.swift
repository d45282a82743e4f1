/// The consumer starts of one repeat: when each reached its milestones, and where each began to read.
public struct StartsRecord: Sendable, Equatable {
    /// One start's way on one partition.
    public struct WrongStart: Codable, Sendable, Equatable {
        /// The start, from 0.
        public var start: Int
        /// The partition.
        public var partition: Int32
        /// The offset that the rule demands; none where the start must be refused.
        public var demanded: Int64?
        /// The offset it began at; none where it did not begin.
        public var observed: Int64?
    }

    /// The wrong starts that a result lists one by one.
    public static let wrongListedMax = 100

    /// The milestones in their order, such as `connect`, `ApiVersions` and `first record`.
    public var milestones: [String]
    /// For each start, when it reached each milestone, in nanoseconds since before construction; nil for one that it
    /// did not need. Times never fall along a row: the gap to the milestone before is what the milestone took.
    public var reachedAtNs: [[UInt64?]]
    /// Where the starts began, partition by partition.
    public var partitions: [PartitionStarts]
    /// Records before the commit that were delivered again, over all starts and partitions.
    public var replayedRecords: Int64
    /// Records after the commit that were passed over, over all starts and partitions.
    public var skippedRecords: Int64

    /// Starts, at first none.
    public init(
        milestones: [String], reachedAtNs: [[UInt64?]] = [], partitions: [PartitionStarts] = [],
        replayedRecords: Int64 = 0, skippedRecords: Int64 = 0
    ) {
        self.milestones = milestones
        self.reachedAtNs = reachedAtNs
        self.partitions = partitions
        self.replayedRecords = replayedRecords
        self.skippedRecords = skippedRecords
    }

    /// How many starts began elsewhere than demanded, counted on every partition.
    public var wrongCount: Int { partitions.map { $0.wrongStarts.count }.reduce(0, +) }

    /// The first of them, up to `wrongListedMax`.
    public var wrong: [WrongStart] {
        let all = partitions.lazy.flatMap { partition in
            partition.wrongStarts.map { start in
                WrongStart(
                    start: start, partition: partition.partition, demanded: partition.demanded[start],
                    observed: partition.observed[start])
            }
        }
        return Array(all.prefix(Self.wrongListedMax))
    }
}

/// Where the starts began on one partition.
public struct PartitionStarts: Codable, Sendable, Equatable {
    /// The partition.
    public var partition: Int32
    /// The rule that held, such as `the commit` or `new group: auto.offset.reset`.
    public var rule: String
    /// The offset that the rule demands, for each start; nil where the start must be refused.
    public var demanded: [Int64?]
    /// The offset that each start began at; nil where it did not begin.
    public var observed: [Int64?]

    /// A partition, at first without any start.
    public init(partition: Int32, rule: String, demanded: [Int64?] = [], observed: [Int64?] = []) {
        self.partition = partition
        self.rule = rule
        self.demanded = demanded
        self.observed = observed
    }

    /// The starts that began elsewhere than demanded.
    var wrongStarts: [Int] { zip(demanded, observed).enumerated().filter { $1.0 != $1.1 }.map(\.offset) }
}

extension StartsRecord: Codable {
    private enum CodingKeys: String, CodingKey {
        case milestones, reachedAtNs, partitions, replayedRecords, skippedRecords, wrongCount, wrong
    }

    /// Reads starts; what is wrong is derived anew.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        milestones = try container.decode([String].self, forKey: .milestones)
        reachedAtNs = try container.decode([[UInt64?]].self, forKey: .reachedAtNs)
        partitions = try container.decode([PartitionStarts].self, forKey: .partitions)
        replayedRecords = try container.decode(Int64.self, forKey: .replayedRecords)
        skippedRecords = try container.decode(Int64.self, forKey: .skippedRecords)
    }

    /// Writes starts, with what is wrong.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(milestones, forKey: .milestones)
        try container.encode(reachedAtNs, forKey: .reachedAtNs)
        try container.encode(partitions, forKey: .partitions)
        try container.encode(replayedRecords, forKey: .replayedRecords)
        try container.encode(skippedRecords, forKey: .skippedRecords)
        try container.encode(wrongCount, forKey: .wrongCount)
        try container.encode(wrong, forKey: .wrong)
    }
}
