import System

/// How to consume: Kafka's consumer options, with the defaults of its Java client 4.3, but that
/// nothing is committed unless asked.
public struct ConsumerConfiguration: Sendable {
    /// Where to start without a committed offset, and after an offset that is out of range.
    public enum OffsetReset: Equatable, Sendable {
        /// At the first record.
        case earliest
        /// After the last record.
        case latest
        /// Nowhere: it is an error.
        case none
        /// At the first record not older than this (`by_duration:P…`, KIP-1106).
        case byDuration(ms: Int64)
    }

    /// Which records of transactions are handed out.
    public enum IsolationLevel: Int8, Sendable {
        /// All.
        case readUncommitted = 0
        /// Those before the last stable offset.
        case readCommitted = 1
    }

    /// `group.id`: whose commits to start from and to write; nil has none.
    public var groupId: String?
    /// `auto.offset.reset`.
    public var offsetReset: OffsetReset = .latest
    /// Whether to start by `offsetReset` whatever is committed: PyKafka's `reset_offset_on_start`.
    public var resetsOnStart = false
    /// `isolation.level`.
    public var isolationLevel: IsolationLevel = .readUncommitted
    /// `fetch.min.bytes`: how many bytes a fetch waits for.
    public var fetchMinByteCount = 1
    /// `fetch.max.bytes`: how many bytes a fetch brings from one broker, but that the first batch
    /// always comes.
    public var fetchMaxByteCount = 52_428_800
    /// `fetch.max.wait.ms`: how long a fetch waits for `fetchMinByteCount`.
    public var fetchMaxWaitMs = 500
    /// `max.partition.fetch.bytes`: the same bound for one partition.
    public var partitionFetchMaxByteCount = 1_048_576
    /// `max.poll.records`: how many records `poll` returns at most.
    public var pollRecordCountMax = 500
    /// `enable.auto.commit` and `auto.commit.interval.ms`: how often positions are committed without
    /// being asked, and when partitions are given up and at the stop as well; nil for never.
    public var autoCommitMs: Int?
    /// How to be a member of the group, for a consumer that subscribes.
    public var membership = MembershipConfiguration()
    /// `check.crcs`: whether the checksum of each batch is verified.
    public var checksChecksums = true
    /// Offsets at which a fetch does not wait: ends of what a load reads again and again, which a
    /// consumer that goes on would not come to.
    public var waitlessOffsets: [TopicPartition: Int64] = [:]
    /// How many bytes a batch may decompress to; more is refused as a bomb. Unless it is set,
    /// `decompressedRatioMax` times `max.partition.fetch.bytes` (64 MiB by default), not below 16
    /// MiB nor above 1 GiB.
    public var decompressedByteCountMax: Int {
        get {
            let multiple = partitionFetchMaxByteCount.multipliedReportingOverflow(by: Self.decompressedRatioMax)
            return givenDecompressedByteCountMax ?? min(max(multiple.partialValue, 16 << 20), 1 << 30)
        }
        set { givenDecompressedByteCountMax = newValue }
    }
    private var givenDecompressedByteCountMax: Int?

    /// How many times what it asks a partition for a consumer decompresses a batch to.
    ///
    /// Producers that fill a batch to `max.request.size` before compression (1 MiB; Weir,
    /// librdkafka, PyKafka) stay far below. Java's fills by the compressed size that it expects:
    /// its 16 KiB of data that shrink a thousandfold are 16 MiB. What is larger is readable with a
    /// larger `max.partition.fetch.bytes`.
    public static let decompressedRatioMax = 64

    /// The options this type reads.
    public static let keys =
        [
            "group.id", "auto.offset.reset", "isolation.level", "fetch.min.bytes", "fetch.max.bytes",
            "fetch.max.wait.ms", "max.partition.fetch.bytes", "max.poll.records", "check.crcs", "enable.auto.commit",
            "auto.commit.interval.ms",
        ] + MembershipConfiguration.keys

    /// The defaults.
    public init() {}

    /// Reads Kafka's option names; every wrong or unknown one is reported at once.
    public init(properties: [String: String]) throws(ConfigurationError) {
        let any = 0...Int(Int32.max)
        var reader = OptionReader(properties, known: Self.keys)
        groupId = reader.text("group.id").flatMap { $0.isEmpty ? nil : $0 }
        offsetReset = Self.offsetReset(&reader)
        isolationLevel = reader.choice(
            "isolation.level", default: .readUncommitted,
            [("read_uncommitted", .readUncommitted), ("read_committed", .readCommitted)])
        fetchMinByteCount = reader.integer("fetch.min.bytes", default: fetchMinByteCount, in: any)
        fetchMaxByteCount = reader.integer("fetch.max.bytes", default: fetchMaxByteCount, in: any)
        fetchMaxWaitMs = reader.integer("fetch.max.wait.ms", default: fetchMaxWaitMs, in: any)
        partitionFetchMaxByteCount = reader.integer(
            "max.partition.fetch.bytes", default: partitionFetchMaxByteCount, in: any)
        pollRecordCountMax = reader.integer("max.poll.records", default: pollRecordCountMax, in: 1...Int(Int32.max))
        checksChecksums = reader.boolean("check.crcs", default: checksChecksums)
        membership = MembershipConfiguration(&reader)
        let commitMs = reader.integer("auto.commit.interval.ms", default: 5_000, in: 1...Int(Int32.max))
        if reader.boolean("enable.auto.commit", default: false) {
            autoCommitMs = commitMs
            if groupId == nil { reader.reject("enable.auto.commit", "commits need a group.id") }
        }
        try reader.finish()
    }

    private static func offsetReset(_ reader: inout OptionReader) -> OffsetReset {
        let key = "auto.offset.reset"
        guard let text = reader.text(key) else { return .latest }
        let prefix = "by_duration:"
        guard text.lowercased().hasPrefix(prefix) else {
            return reader.choice(
                key, default: .latest, [("earliest", .earliest), ("latest", .latest), ("none", .none)])
        }
        guard let ms = ISO8601.durationMs(text.dropFirst(prefix.count)) else {
            reader.reject(key, "'\(text)' is no by_duration:PnDTnHnMnS")
            return .latest
        }
        return .byDuration(ms: ms)
    }
}
