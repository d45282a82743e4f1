/// The consumer starts of one repeat: when each reached its milestones, and where each began to
/// read.
public struct StartsRecord: Sendable, Equatable {
    /// One start that began at a wrong offset of one partition.
    public struct WrongStart: Codable, Sendable, Equatable {
        /// The start, from 0.
        public var start: Int
        /// The partition.
        public var partition: Int32
        /// The offset that the rule demands, the first where several are right; none where the
        /// start must be refused.
        public var demanded: Int64?
        /// The offset it began at; none where it did not begin.
        public var observed: Int64?
    }

    /// What the accounts of the starts are counted in.
    public enum Unit: String, Codable, Sendable, CaseIterable {
        /// Weir wrote the topic, with a record at each offset.
        case records
        /// Others wrote it: an offset may hold no record.
        case offsets
    }

    /// Starts that were refused, because the consumer had no valid commit and no reset.
    public struct Refusal: Codable, Sendable, Equatable {
        /// Kafka's name of the error.
        public var error: String
        /// How many starts ended with it.
        public var count: Int
    }

    /// A record that was sent for a start that begins at the end of the log.
    public struct SentRecord: Codable, Sendable, Equatable {
        /// The start, from 0.
        public var start: Int
        /// From when the record was due until it was handed to a producer, in nanoseconds; part of
        /// no time of the start.
        public var gapNs: UInt64
        /// From before construction until the broker had appended it, without the gap.
        public var appendedNs: UInt64

        /// A record.
        public init(start: Int, gapNs: UInt64, appendedNs: UInt64) {
            self.start = start
            self.gapNs = gapNs
            self.appendedNs = appendedNs
        }
    }

    /// The wrong starts that a result lists one by one.
    public static let wrongListedMax = 100

    /// The milestones in their order, such as `connect`, `ApiVersions` and `first record`.
    public var milestones: [String]
    /// For each start, when it reached each milestone, in nanoseconds since before construction;
    /// nil for one that it did not need. Times never fall along a row: the gap to the milestone
    /// before is what the milestone took.
    public var reachedAtNs: [[UInt64?]]
    /// Where the starts began, partition by partition.
    public var partitions: [PartitionStarts]
    /// What replayed, skipped, lost and unread are counted in; nil in old results.
    public var unit: Unit?
    /// The starts that were refused, by Kafka's name of the error.
    public var refusals: [Refusal] = []
    /// The records that starts waited for.
    public var sentRecords: [SentRecord] = []
    /// The sums of an old result, which has nothing to compute them from.
    private var recorded = StartTotals()

    /// Starts, at first none.
    public init(
        milestones: [String], reachedAtNs: [[UInt64?]] = [], partitions: [PartitionStarts] = [], unit: Unit? = nil
    ) {
        self.milestones = milestones
        self.reachedAtNs = reachedAtNs
        self.partitions = partitions
        self.unit = unit
    }

    /// Counts a start that was refused.
    public mutating func refuse(_ error: String) {
        if let place = refusals.firstIndex(where: { $0.error == error }) {
            refusals[place].count += 1
        } else {
            refusals.append(Refusal(error: error, count: 1))
        }
    }

    /// What the starts meant for their groups, over all starts and partitions.
    public var totals: StartTotals {
        var totals = StartTotals()
        for partition in partitions {
            guard let more = partition.totals else { return recorded }
            totals.add(more)
        }
        return totals
    }

    /// Records, or offsets, before the commit that were read again, over all starts and partitions.
    public var replayedRecords: Int64? { totals.replayed }
    /// Records, or offsets, after the commit that were passed over, over all starts and partitions.
    public var skippedRecords: Int64? { totals.skipped }

    /// What was unread when starts began, over all partitions, a second from their first Fetch until
    /// they had caught up; nil where none has.
    public var drainedPerSecond: Double? {
        guard let from = milestones.firstIndex(of: "first Fetch"), let to = milestones.firstIndex(of: "caught up")
        else { return nil }
        var (unread, ns) = (0.0, 0.0)
        for (start, row) in reachedAtNs.enumerated() {
            guard row.count == milestones.count, let begin = row[from], let end = row[to], end > begin else { continue }
            ns += Double(end) - Double(begin)
            for partition in partitions {
                guard partition.observed.indices.contains(start), let offset = partition.observed[start],
                    let ends = partition.logEnd, ends.indices.contains(start)
                else { continue }
                unread += max(0, Double(ends[start]) - Double(offset))
            }
        }
        return ns > 0 && unread > 0 ? unread / ns * 1e9 : nil
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

extension StartsRecord: Codable {
    private enum CodingKeys: String, CodingKey {
        case milestones, reachedAtNs, partitions, unit, refusals, sentRecords, replayedRecords, skippedRecords,
            lostRecords
        case unreadRecords, commitsAboveEnd, wrongCount, wrong
    }

    /// Reads starts. Wrong starts and totals are computed anew where the file has what they need.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        milestones = try container.decode([String].self, forKey: .milestones)
        reachedAtNs = try container.decode([[UInt64?]].self, forKey: .reachedAtNs)
        partitions = try container.decode([PartitionStarts].self, forKey: .partitions)
        unit = try container.decodeIfPresent(Unit.self, forKey: .unit)
        refusals = try container.decodeIfPresent([Refusal].self, forKey: .refusals) ?? []
        sentRecords = try container.decodeIfPresent([SentRecord].self, forKey: .sentRecords) ?? []
        guard partitions.contains(where: { $0.totals == nil }) else { return }
        recorded = StartTotals(
            replayed: try container.decodeIfPresent(Int64.self, forKey: .replayedRecords),
            skipped: try container.decodeIfPresent(Int64.self, forKey: .skippedRecords))
    }

    /// Writes starts, with what is wrong and what they meant.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(milestones, forKey: .milestones)
        try container.encode(reachedAtNs, forKey: .reachedAtNs)
        try container.encode(partitions, forKey: .partitions)
        try container.encodeIfPresent(unit, forKey: .unit)
        if !refusals.isEmpty { try container.encode(refusals, forKey: .refusals) }
        if !sentRecords.isEmpty { try container.encode(sentRecords, forKey: .sentRecords) }
        let totals = totals
        try container.encodeIfPresent(totals.replayed, forKey: .replayedRecords)
        try container.encodeIfPresent(totals.skipped, forKey: .skippedRecords)
        try container.encodeIfPresent(totals.lost, forKey: .lostRecords)
        try container.encodeIfPresent(totals.unread, forKey: .unreadRecords)
        if totals.commitsAboveEnd > 0 { try container.encode(totals.commitsAboveEnd, forKey: .commitsAboveEnd) }
        try container.encode(wrongCount, forKey: .wrongCount)
        try container.encode(wrong, forKey: .wrong)
    }
}
