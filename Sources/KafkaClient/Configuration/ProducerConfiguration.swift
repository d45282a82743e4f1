public import KafkaCompression

/// How to produce: Kafka's producer options, with the defaults and rules of its Java client 4.3.
public struct ProducerConfiguration: Sendable {
    /// Whose word an acknowledgement is.
    public enum Acks: Int16, Sendable {
        /// Of no broker: the record counts as delivered when it is written to the socket.
        case none = 0
        /// The leader's.
        case leader = 1
        /// That of all replicas in sync.
        case all = -1
    }

    /// Where a record without an explicit partition goes.
    public enum Partitioner: Sendable {
        /// Keys by murmur2; records without a key stay on one partition until a batch is full.
        case standard
        /// All partitions in turn, whatever the key.
        case roundRobin
    }

    /// `acks`.
    public var acks: Acks = .all
    /// `linger.ms`: how long a batch waits for more records.
    public var lingerMs = 5
    /// `batch.size`: the bytes of a batch, its header included; a larger record gets a batch of its
    /// own.
    public var batchByteCount = 16_384
    /// `buffer.memory`: the bytes of all batches that are not delivered yet.
    public var bufferByteCount = 33_554_432
    /// `max.block.ms`: how long `send` may wait for room or metadata.
    public var blockMs = 60_000
    /// `delivery.timeout.ms`: how long a record may take from `send` to its acknowledgement, over
    /// all attempts.
    public var deliveryTimeoutMs = 120_000
    /// `request.timeout.ms` for produce requests; nil is the client's.
    public var requestTimeoutMs: Int?
    /// `max.request.size`: the bytes of one request and, before compression, of one batch.
    public var requestByteCountMax = 1_048_576
    /// `max.in.flight.requests.per.connection`.
    public var inFlightMax = 5
    /// `retries`: attempts after the first.
    public var retries = Int(Int32.max)
    /// `enable.idempotence`: whether a batch sent again is stored once.
    public var isIdempotent = true
    /// `compression.type`.
    public var compression: CompressionType = .none
    /// `compression.gzip.level`, `.lz4.level` or `.zstd.level`, whichever fits the type; nil is the
    /// codec's default.
    public var compressionLevel: Int?
    /// `partitioner.class`: empty, or the name of Java's RoundRobinPartitioner.
    public var partitioner: Partitioner = .standard
    /// `partitioner.ignore.keys`: treats every record as one without a key.
    public var ignoresKeys = false

    /// `partitioner.adaptive.partitioning.enable`: whether a partition is the less likely to be
    /// chosen the longer its queue is (KIP-794).
    public var isAdaptive = true
    /// `partitioner.availability.timeout.ms`: after how long partitions of a broker that takes
    /// nothing are not chosen; 0 is never (KIP-794).
    public var availabilityTimeoutMs = 0

    /// The options this type reads.
    public static let keys = [
        "acks", "linger.ms", "batch.size", "buffer.memory", "max.block.ms", "delivery.timeout.ms", "request.timeout.ms",
        "max.request.size", "max.in.flight.requests.per.connection", "retries", "enable.idempotence",
        "compression.type", "compression.gzip.level", "compression.lz4.level", "compression.zstd.level",
        "partitioner.class", "partitioner.ignore.keys", "partitioner.adaptive.partitioning.enable",
        "partitioner.availability.timeout.ms",
    ]

    /// The defaults.
    public init() {}

    /// Reads Kafka's option names; every wrong or unknown one, and what excludes each other, is
    /// reported at once.
    public init(properties: [String: String]) throws(ConfigurationError) {
        var reader = OptionReader(properties, known: Self.keys)
        acks = reader.choice("acks", default: .all, [("all", .all), ("-1", .all), ("0", .none), ("1", .leader)])
        readBatching(&reader)
        readTimes(&reader)
        readCompression(&reader)
        partitioner = reader.choice("partitioner.class", default: .standard, Self.partitioners)
        ignoresKeys = reader.boolean("partitioner.ignore.keys", default: false)
        isAdaptive = reader.boolean("partitioner.adaptive.partitioning.enable", default: true)
        availabilityTimeoutMs = reader.integer(
            "partitioner.availability.timeout.ms", default: 0, in: 0...Int(Int32.max))
        readIdempotence(&reader)
        try reader.finish()
    }

    private static let partitioners: [(String, Partitioner)] = [
        ("", .standard), ("roundrobinpartitioner", .roundRobin),
        ("org.apache.kafka.clients.producer.roundrobinpartitioner", .roundRobin),
    ]

    private mutating func readBatching(_ reader: inout OptionReader) {
        let any = 0...Int(Int32.max)
        batchByteCount = reader.integer("batch.size", default: batchByteCount, in: any)
        bufferByteCount = reader.integer("buffer.memory", default: bufferByteCount, in: 0...Int.max)
        if bufferByteCount < batchByteCount {
            reader.reject(
                "buffer.memory", "\(bufferByteCount) has no room for a batch of batch.size, \(batchByteCount)")
        }
        requestByteCountMax = reader.integer("max.request.size", default: requestByteCountMax, in: 1...Int(Int32.max))
        inFlightMax = reader.integer("max.in.flight.requests.per.connection", default: inFlightMax, in: 1...1_000)
        retries = reader.integer("retries", default: retries, in: any)
    }

    private mutating func readTimes(_ reader: inout OptionReader) {
        let any = 0...Int(Int32.max)
        lingerMs = reader.integer("linger.ms", default: lingerMs, in: any)
        blockMs = reader.integer("max.block.ms", default: blockMs, in: any)
        deliveryTimeoutMs = reader.integer("delivery.timeout.ms", default: deliveryTimeoutMs, in: any)
        if reader.has("request.timeout.ms") {
            requestTimeoutMs = reader.integer("request.timeout.ms", default: 30_000, in: 1...Int(Int32.max))
        }
        let least = lingerMs + (requestTimeoutMs ?? 30_000)
        guard deliveryTimeoutMs < least else { return }
        // Java refuses only what the user wrote, and raises a default.
        if reader.has("delivery.timeout.ms") {
            reader.reject(
                "delivery.timeout.ms", "\(deliveryTimeoutMs) is below linger.ms + request.timeout.ms, \(least)")
        }
        deliveryTimeoutMs = least
    }

    private mutating func readCompression(_ reader: inout OptionReader) {
        let types: [(String, CompressionType)] = [
            ("none", .none), ("gzip", .gzip), ("snappy", .snappy), ("lz4", .lz4), ("zstd", .zstd),
        ]
        compression = reader.choice("compression.type", default: .none, types)
        let levels: [(CompressionType, String, ClosedRange<Int>)] = [
            (.gzip, "compression.gzip.level", -1...9), (.lz4, "compression.lz4.level", 1...17),
            (.zstd, "compression.zstd.level", -131_072...22),
        ]
        for (type, key, range) in levels where reader.has(key) {
            let level = reader.integer(key, default: range.upperBound, in: range)
            // Java reads −1 for gzip as the library's own default.
            if type == compression, level != -1 || type != .gzip { compressionLevel = level }
        }
    }

    private mutating func readIdempotence(_ reader: inout OptionReader) {
        let isAsked = reader.has("enable.idempotence")
        isIdempotent = reader.boolean("enable.idempotence", default: true)
        guard isIdempotent else { return }
        let conflicts = [
            ("acks", acks == .all, "acks=all"),
            ("max.in.flight.requests.per.connection", inFlightMax <= 5, "at most 5 requests in flight"),
            ("retries", retries > 0, "retries above 0"),
        ]
        for (key, isFine, wanted) in conflicts where !isFine {
            isIdempotent = false
            if isAsked { reader.reject(key, "enable.idempotence=true wants \(wanted)") }
        }
    }
}
