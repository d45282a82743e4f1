/// What a cell measures.
public enum Workload: Sendable, Codable, Equatable {
    /// Producing, to the acknowledgement.
    case produce(ProduceSpec)
    /// Consuming what was preloaded.
    case consume(ConsumeSpec)
    /// Producing and consuming at once.
    case endToEnd(ProduceSpec, ConsumeSpec)
    /// Starting a consumer.
    case start(StartSpec)

    /// Which of them it is; the same for all cells of an experiment.
    public enum Kind: String, Sendable, Codable, Equatable {
        /// Producing, to the acknowledgement.
        case produce
        /// Consuming what was preloaded.
        case consume
        /// Producing and consuming at once.
        case endToEnd = "end to end"
        /// Starting a consumer.
        case start
    }

    /// Which of them it is.
    public var kind: Kind {
        switch self {
        case .produce: .produce
        case .consume: .consume
        case .endToEnd: .endToEnd
        case .start: .start
        }
    }

    /// What is produced, where records are.
    public var produce: ProduceSpec? {
        switch self {
        case .produce(let produce), .endToEnd(let produce, _): produce
        case .consume, .start: nil
        }
    }

    /// What is consumed, where records are.
    public var consume: ConsumeSpec? {
        switch self {
        case .consume(let consume), .endToEnd(_, let consume): consume
        case .produce, .start: nil
        }
    }

    /// The start that is measured, where one is.
    public var start: StartSpec? {
        guard case .start(let start) = self else { return nil }
        return start
    }
}

/// What is produced.
public struct ProduceSpec: Sendable, Codable, Equatable {
    /// What each record carries.
    public var value: ValueSpec
    /// What drives the senders.
    public var load: LoadSpec
    /// What is thrown away and made anew, and how often.
    public var recreate: RecreateSpec
    /// How many kept producers the senders share; without meaning where a sender re-creates its
    /// own.
    public var producers: Int
    /// The producer's options in Kafka's names, defaults filled in.
    public var properties: [String: String]
    /// The options of the client under it, likewise.
    public var clientProperties: [String: String]
    /// The names of the options in both that the scenario said, sorted; the others were filled in.
    public var said: [String] = []
}

/// What drives the senders.
public enum LoadSpec: Sendable, Codable, Equatable {
    /// Closed loop: this many senders, each waiting for its acknowledgement.
    case concurrency(Int)
    /// Open loop: records have intended times, this many a second.
    case rate(perSecond: Double)
    /// As fast as the producer takes them.
    case unlimited
}

/// What a sender throws away and makes anew.
public enum RecreateSpec: Sendable, Codable, Equatable {
    /// Nothing: producers are kept.
    case never
    /// The producer after so many records; the client under it is kept with its connections and
    /// metadata.
    case producer(afterRecords: Int)
    /// Everything after so many records, to bootstrap anew.
    case client(afterRecords: Int)
}

/// What is consumed.
public struct ConsumeSpec: Sendable, Codable, Equatable {
    /// The consumer's options in Kafka's names, defaults filled in.
    public var properties: [String: String]
    /// The options of the client under it, likewise.
    public var clientProperties: [String: String]
    /// The names of the options in both that the scenario said, sorted; the others were filled in.
    public var said: [String] = []
}

/// The consumer start that is measured.
public struct StartSpec: Sendable, Codable, Equatable {
    /// The event that ends a start.
    public enum End: String, Sendable, Codable, Equatable, CaseIterable {
        /// Positions are known and the first Fetch is sent.
        case ready
        /// The first record has arrived.
        case firstRecord = "first record"
        /// Every partition was read to the end it had.
        case caughtUp = "caught up"
    }

    /// The group a start has.
    public enum Group: Sendable, Codable, Equatable {
        /// Each start has a group of its own, new, or with the commit that `committed` says;
        /// without a prefix it is the topic's.
        case new(prefix: String?)
        /// Partitions are assigned without any group.
        case groupless
        /// Somebody's group, whose commits starts resume from; committed to only where that is
        /// allowed.
        case existing(name: String, commits: Bool)
    }

    /// Where the group's commit stands on every partition before a start.
    public enum Committed: Sendable, Codable, Equatable {
        /// The group never committed; an existing one is left as it is.
        case nothing
        /// So many records before each partition's end.
        case behind(records: Int)
        /// At the first record of each partition that is not older than that.
        case behindTime(ns: UInt64)
        /// Before the first record that there is, half-way from offset 0.
        case belowStart
        /// Beyond the end, by as many records as there are, and one at least.
        case aboveEnd
        /// It stood in the middle of each partition's log, and is gone.
        case expired
        /// At this offset on each partition.
        case at(offset: Int64)
    }

    /// Where a start seeks to.
    public enum Position: Sendable, Codable, Equatable {
        /// At the first record not older than this, in ms since 1970.
        case timestamp(ms: Int64)
        /// At the first record not older than that.
        case ago(ns: UInt64)
        /// At this offset of each partition.
        case offset(Int64)
        /// At the newest so many records by timestamp, over all partitions.
        case last(records: Int)
    }

    /// The event that ends a start.
    public var until: End
    /// The group a start has.
    public var group: Group
    /// Where its commit stands.
    public var committed: Committed
    /// Whether a start goes by `auto.offset.reset` whatever is committed.
    public var resetsOnStart: Bool
    /// The consumer's options in Kafka's names, defaults filled in.
    public var properties: [String: String]
    /// The options of the client under it, likewise.
    public var clientProperties: [String: String]
    /// The names of the options in both that the scenario said, sorted; the others were filled in.
    public var said: [String] = []
    /// Where it seeks to, whatever is committed; nil for a start by the rules.
    public var position: Position? = nil
}
