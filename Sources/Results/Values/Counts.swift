/// What was counted in the measured window.
public struct WindowCounts: Codable, Sendable, Equatable {
    /// Records handed to the producer.
    public var attempted: Int64
    /// Records that the broker acknowledged.
    public var acknowledged: Int64
    /// Records that failed.
    public var failed: Int64
    /// The bytes of key and value of the acknowledged records.
    public var acknowledgedBytes: Int64
    /// Records that a consumer received.
    public var consumed: Int64
    /// The bytes of key and value of the consumed records.
    public var consumedBytes: Int64
    /// How often the preload was read to its end; none where nothing is read again.
    public var passes: Int?

    /// Counts, 0 unless given.
    public init(
        attempted: Int64 = 0, acknowledged: Int64 = 0, failed: Int64 = 0, acknowledgedBytes: Int64 = 0,
        consumed: Int64 = 0, consumedBytes: Int64 = 0, passes: Int? = nil
    ) {
        self.attempted = attempted
        self.acknowledged = acknowledged
        self.failed = failed
        self.acknowledgedBytes = acknowledgedBytes
        self.consumed = consumed
        self.consumedBytes = consumedBytes
        self.passes = passes
    }
}

/// The counts of a whole repeat, warm-up included, that must agree with each other.
public struct Reconciliation: Codable, Sendable, Equatable {
    /// Records handed to the producer.
    public var attempted: Int64
    /// Records that the broker acknowledged.
    public var acknowledged: Int64
    /// Records that failed for certain.
    public var failed: Int64
    /// Records of which it is unknown whether they were stored, such as those of a lost connection
    /// or with acks=0.
    public var unknownOutcomes: Int64
    /// How far the partitions' end offsets moved; none when waived.
    public var endOffsetDelta: Int64?
    /// Records that a consumer read back; none when waived.
    public var readBack: Int64?
    /// The codec that the topic's batches must be stored with: the topic's own `compression.type`
    /// or, where it leaves that to the producer, the producer's; none when waived or unknown.
    public var codecExpected: String?
    /// The batches found stored with each codec.
    public var codecsStored: [String: Int64]

    /// Counts, 0 unless given.
    public init(
        attempted: Int64 = 0, acknowledged: Int64 = 0, failed: Int64 = 0, unknownOutcomes: Int64 = 0,
        endOffsetDelta: Int64? = nil, readBack: Int64? = nil, codecExpected: String? = nil,
        codecsStored: [String: Int64] = [:]
    ) {
        self.attempted = attempted
        self.acknowledged = acknowledged
        self.failed = failed
        self.unknownOutcomes = unknownOutcomes
        self.endOffsetDelta = endOffsetDelta
        self.readBack = readBack
        self.codecExpected = codecExpected
        self.codecsStored = codecsStored
    }
}

/// Records in each second of a repeat.
public struct PerSecond: Codable, Sendable, Equatable {
    /// The second that the lists begin with, counted from the begin of the window: −2 after a
    /// warm-up of two seconds.
    public var firstSecond: Int
    /// Acknowledged records; empty where nothing is produced.
    public var acknowledged: [Int64]
    /// Consumed records; empty where nothing is consumed.
    public var consumed: [Int64]

    /// A series.
    public init(firstSecond: Int = 0, acknowledged: [Int64] = [], consumed: [Int64] = []) {
        self.firstSecond = firstSecond
        self.acknowledged = acknowledged
        self.consumed = consumed
    }
}

/// What went over the wire in the window.
public struct Traffic: Codable, Sendable, Equatable {
    /// Bytes sent.
    public var bytesSent: Int64
    /// Bytes received.
    public var bytesReceived: Int64
    /// Connections opened.
    public var connectionsOpened: Int64
    /// Requests by the API's name, such as `Produce`.
    public var requestsByApi: [String: Int64]
    /// Of each client the longest chain of requests, each sent after the answer to the one before,
    /// added up; nil in results of before it was counted.
    public var roundTrips: Int64?

    /// Traffic, 0 unless given.
    public init(
        bytesSent: Int64 = 0, bytesReceived: Int64 = 0, connectionsOpened: Int64 = 0,
        requestsByApi: [String: Int64] = [:], roundTrips: Int64? = nil
    ) {
        self.bytesSent = bytesSent
        self.bytesReceived = bytesReceived
        self.connectionsOpened = connectionsOpened
        self.requestsByApi = requestsByApi
        self.roundTrips = roundTrips
    }
}

/// Where the time went, added up over many lives of a producer, or over many records.
public struct Breakdown: Codable, Sendable, Equatable {
    /// The way to one milestone from the one before.
    public struct Step: Codable, Sendable, Equatable {
        /// What was done, such as `connect` or `flush and close`.
        public var name: String
        /// How many passed it.
        public var count: Int64
        /// How long they took since the milestone before, in all.
        public var totalNs: UInt64

        /// A step.
        public init(name: String, count: Int64, totalNs: UInt64) {
            self.name = name
            self.count = count
            self.totalNs = totalNs
        }
    }

    /// What `count` counts: `client`, `producer` or `record`.
    public var per: String
    /// How many there were; a step's mean is its total over this, so that the means sum to the
    /// whole.
    public var count: Int64
    /// The steps in the order of the table's columns.
    public var steps: [Step]

    /// A breakdown.
    public init(per: String, count: Int64, steps: [Step]) {
        self.per = per
        self.count = count
        self.steps = steps
    }

    private enum CodingKeys: String, CodingKey {
        case per, count
        case steps = "phases"
    }
}
