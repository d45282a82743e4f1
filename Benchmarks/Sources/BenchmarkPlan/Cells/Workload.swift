/// What a cell measures.
public enum Workload: Sendable, Hashable {
    /// Producing flat out.
    case produce(valueSize: Int, codec: Codec)
    /// Reading a preloaded topic again and again.
    case fetch(valueSize: Int, codec: Codec)
    /// From a consumer's construction to its first record.
    case start(StartMode)
    /// From a producer's construction, client and all, to its first acknowledgement.
    case newProducer(isIdempotent: Bool)
    /// One record after the other over a producer that is kept.
    case keptProducer
    /// How late the records of an open loop are handed over, while a broker takes them.
    case pacing(perSecond: Int)
    /// The memory that a minute at full speed takes.
    case memory(Direction)
    /// Recording one latency.
    case recordLatency
    /// Compressing and decompressing batches.
    case codec(Codec)
    /// Copying values into a batch, and nothing else.
    case copying(valueSize: Int)
    /// Taking the checksum of batches, and nothing else.
    case checksum(valueSize: Int)
    /// A broker's own processor time under the same load.
    case brokerCost(Direction, valueSize: Int)
    /// How fast a broker sends what it holds, beside a bare sendfile loop.
    case serving
}

/// Which way records go.
public enum Direction: String, Sendable, Hashable, CaseIterable {
    /// To the broker.
    case produce
    /// From the broker.
    case fetch
}

/// A codec of a batch by Kafka's name.
public enum Codec: String, Sendable, Hashable, CaseIterable {
    /// No codec.
    case none
    /// LZ4 frames.
    case lz4
    /// Zstandard.
    case zstd
}

/// Where a consumer that is started finds its offsets; partitions are always assigned, no group has
/// members.
public enum StartMode: String, Sendable, Hashable, CaseIterable {
    /// At the log's start, without a group.
    case earliest
    /// In a group that has no commits: at the log's start.
    case newGroup = "new-group"
    /// Where the group's commits say.
    case committed
}

extension Workload {
    /// Its name in ids of cells.
    public var id: String {
        switch self {
        case .produce(let size, let codec): "produce-\(Self.short(size))-\(codec.rawValue)"
        case .fetch(let size, let codec): "fetch-\(Self.short(size))-\(codec.rawValue)"
        case .start(let mode): "start-\(mode.rawValue)"
        case .newProducer(let isIdempotent): isIdempotent ? "new-producer-idempotent" : "new-producer"
        case .keptProducer: "kept-producer"
        case .pacing: "pacing"
        case .memory(let direction): "memory-\(direction.rawValue)"
        case .recordLatency: "record-latency"
        case .codec(let codec): "codec-\(codec.rawValue)"
        case .copying(let size): "copying-\(Self.short(size))"
        case .checksum(let size): "checksum-\(Self.short(size))"
        case .brokerCost(let direction, let size): "broker-\(direction.rawValue)-\(Self.short(size))"
        case .serving: "serving"
        }
    }

    /// What it is, for people.
    public var title: String {
        switch self {
        case .produce(let size, let codec): "produce \(Self.text(size)), \(Self.text(codec))"
        case .fetch(let size, let codec): "fetch \(Self.text(size)), \(Self.text(codec))"
        case .start(.earliest): "start without a group"
        case .start(.newGroup): "start, new group"
        case .start(.committed): "start, committed"
        case .newProducer(let isIdempotent): isIdempotent ? "new producer, idempotent" : "new producer"
        case .keptProducer: "kept producer"
        case .pacing(let perSecond): "pacing at \(perSecond)/s"
        case .memory(let direction): "memory, \(direction.rawValue)"
        case .recordLatency: "recording one latency"
        case .codec(let codec): "\(codec.rawValue) by itself"
        case .copying(let size): "memcpy of \(Self.text(size)) values"
        case .checksum(let size): "CRC32C of batches, \(Self.text(size))"
        case .brokerCost(let direction, let size): "broker's CPU, \(direction.rawValue) \(Self.text(size))"
        case .serving: "serving 1 KiB records"
        }
    }

    private static func short(_ size: Int) -> String { size % 1024 == 0 ? "\(size / 1024)KiB" : "\(size)B" }
    private static func text(_ size: Int) -> String { size % 1024 == 0 ? "\(size / 1024) KiB" : "\(size) B" }
    private static func text(_ codec: Codec) -> String { codec == .none ? "no codec" : codec.rawValue }
}
