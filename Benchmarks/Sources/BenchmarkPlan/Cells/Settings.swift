/// What every client is set to in the fixed rows, and how much a sample takes.
public struct Settings: Sendable, Codable, Equatable {
    /// The partitions of a cell's topic.
    public var partitions = 4
    /// `acks` where throughput is measured.
    public var acks = "1"
    /// `batch.size` in bytes.
    public var batchSize = 131_072
    /// `linger.ms`.
    public var lingerMs = 5
    /// `max.in.flight.requests.per.connection`.
    public var inFlight = 5
    /// `fetch.max.bytes`.
    public var fetchMaxBytes = 52_428_800
    /// `max.partition.fetch.bytes`.
    public var partitionFetchMaxBytes = 1_048_576
    /// `fetch.min.bytes`.
    public var fetchMinBytes = 1
    /// `fetch.max.wait.ms`: short, because a preload that is read again ends where a real log would
    /// go on.
    public var fetchMaxWaitMs = 10
    /// The share of a value that no codec can shrink.
    public var randomShare = 0.5
    /// The records of the topic that consumers are started on.
    public var startRecords = 400
    /// The values' bytes that one sample of a peer may write, so that they fit the page cache;
    /// Weir's are bounded by the window.
    public var sampleByteLimit = 1_500_000_000

    /// The settings of every profile.
    public init() {}
}

extension Settings {
    /// The options of a peer's command line for a cell's workload; `codec` and sizes of what it
    /// moves included.
    ///
    /// `batchSize` is what the peer's batches are filled to, because peers count different bytes by
    /// it.
    public func peerOptions(_ cell: Cell, payload: String, batchSize: Int) -> [(name: String, value: String)] {
        switch cell.workload {
        case .produce(let size, let codec):
            common(size, payload) + [("acks", acks), ("compression", codec.rawValue), ("idempotence", "false")]
                + (cell.settings == .fixed ? produceOptions(batchSize: batchSize) : [("defaults", "true")])
                + [("byte-limit", "\(sampleByteLimit)")]
        case .fetch(let size, let codec):
            common(size, payload) + [("compression", codec.rawValue)]
                + (cell.settings == .fixed ? fetchOptions : [("defaults", "true"), fetchMaxWait])
        case .start: common(100, payload) + fetchOptions
        case .newProducer(let isIdempotent):
            common(100, payload) + latencyOptions + [("acks", "all"), ("idempotence", "\(isIdempotent)")]
        case .keptProducer: common(100, payload) + latencyOptions + [("acks", "all"), ("idempotence", "false")]
        case .pacing, .memory, .recordLatency, .codec, .copying, .checksum, .brokerCost, .serving: []
        }
    }

    /// The options with which a topic is filled for reading.
    public func preloadOptions(
        valueSize: Int, codec: Codec, payload: String, batchSize: Int
    ) -> [(name: String, value: String)] {
        common(valueSize, payload) + produceOptions(batchSize: batchSize)
            + [("acks", acks), ("compression", codec.rawValue), ("idempotence", "false")]
    }

    private func common(_ valueSize: Int, _ payload: String) -> [(name: String, value: String)] {
        [("partitions", "\(partitions)"), ("value-size", "\(valueSize)"), ("payload", payload)]
    }

    private func produceOptions(batchSize: Int) -> [(name: String, value: String)] {
        [("batch-size", "\(batchSize)"), ("linger-ms", "\(lingerMs)"), ("in-flight", "\(inFlight)")]
    }

    /// What fetching has in fixed rows.
    public var fetchOptions: [(name: String, value: String)] {
        [
            ("fetch-max-bytes", "\(fetchMaxBytes)"), ("partition-fetch-max-bytes", "\(partitionFetchMaxBytes)"),
            ("fetch-min-bytes", "\(fetchMinBytes)"), fetchMaxWait,
        ]
    }

    /// Short with own defaults too: where a preload ends and is read again, waiting for more would
    /// only measure the wait.
    private var fetchMaxWait: (name: String, value: String) { ("fetch-max-wait-ms", "\(fetchMaxWaitMs)") }

    private var latencyOptions: [(name: String, value: String)] {
        [("batch-size", "16384"), ("linger-ms", "0"), ("in-flight", "\(inFlight)")]
    }
}
