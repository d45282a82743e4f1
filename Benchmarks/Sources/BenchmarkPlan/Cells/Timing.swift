/// How long a sample's window is, and how often a start or a producer is made within one.
public struct Timing: Sendable, Codable, Equatable {
    /// What is thrown away before a window.
    public var warmupMs: Int
    /// The window of a throughput sample.
    public var windowMs: Int
    /// The window of a codec, each way.
    public var codecMs: Int { min(windowMs, 150) }
    /// What is thrown away before the window of a pacing sample.
    public var pacingWarmupMs: Int { 300 }
    /// The window of a pacing sample.
    public var pacingMs: Int
    /// The window of a memory sample.
    public var memoryMs: Int
    /// Starts, or new producers, of a contestant that takes milliseconds for one.
    public var fastCount: Int
    /// New producers of a contestant that takes a tenth of a millisecond for one: a few would
    /// measure cold caches.
    public var briefCount: Int
    /// The same of who waits for half a second in each.
    public var slowCount: Int
    /// Records of a kept producer.
    public var keptCount: Int
    /// The bytes of values that a broker's own cost is measured over.
    public var brokerBytes: Int
    /// The bytes of values in a topic that is read.
    public var preloadBytes: Int

    /// The timing of a profile.
    public init(_ profile: Profile.Name) {
        switch profile {
        case .quick:
            self.init(
                warmupMs: 100, windowMs: 250, pacingMs: 1_000, memoryMs: 5_000, fastCount: 5, briefCount: 20,
                slowCount: 1, keptCount: 20, brokerBytes: 100_000_000, preloadBytes: 60_000_000)
        case .bench:
            self.init(
                warmupMs: 120, windowMs: 350, pacingMs: 1_000, memoryMs: 60_000, fastCount: 8, briefCount: 200,
                slowCount: 1, keptCount: 40, brokerBytes: 150_000_000, preloadBytes: 200_000_000)
        case .full:
            self.init(
                warmupMs: 500, windowMs: 1_000, pacingMs: 5_000, memoryMs: 60_000, fastCount: 20, briefCount: 200,
                slowCount: 5, keptCount: 100, brokerBytes: 400_000_000, preloadBytes: 600_000_000)
        }
    }

    private init(
        warmupMs: Int, windowMs: Int, pacingMs: Int, memoryMs: Int, fastCount: Int, briefCount: Int, slowCount: Int,
        keptCount: Int, brokerBytes: Int, preloadBytes: Int
    ) {
        self.warmupMs = warmupMs
        self.windowMs = windowMs
        self.pacingMs = pacingMs
        self.memoryMs = memoryMs
        self.fastCount = fastCount
        self.briefCount = briefCount
        self.slowCount = slowCount
        self.keptCount = keptCount
        self.brokerBytes = brokerBytes
        self.preloadBytes = preloadBytes
    }

    /// Reads a record's timing; before new producers of a tenth of a millisecond had a count of
    /// their own, they had `fastCount`.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        func int(_ key: CodingKeys) throws -> Int { try values.decode(Int.self, forKey: key) }
        self.init(
            warmupMs: try int(.warmupMs), windowMs: try int(.windowMs), pacingMs: try int(.pacingMs),
            memoryMs: try int(.memoryMs), fastCount: try int(.fastCount),
            briefCount: try values.decodeIfPresent(Int.self, forKey: .briefCount) ?? int(.fastCount),
            slowCount: try int(.slowCount), keptCount: try int(.keptCount), brokerBytes: try int(.brokerBytes),
            preloadBytes: try int(.preloadBytes))
    }

    /// How often a contestant does what a cell is about, within one sample.
    public func count(_ contestant: Contestant, in cell: Cell) -> Int {
        switch cell.workload {
        case .keptProducer: keptCount
        case .newProducer where cell.delayMs == 0 && (contestant == .weir || contestant == .floor): briefCount
        case .newProducer(let isIdempotent): waits(contestant) && isIdempotent ? slowCount : fastCount
        case .start: waits(contestant) ? slowCount : fastCount
        default: 1
        }
    }

    /// Clients that wait for half a second before they ask again.
    private func waits(_ contestant: Contestant) -> Bool {
        switch contestant {
        case .librdkafkaDebian, .librdkafkaWheel, .confluentKafka, .kafkaPython: true
        default: false
        }
    }
}
