/// A whole benchmark run: its conditions and every sample, the value that all tables are computed
/// from.
public struct BenchmarkRecord: Codable, Sendable {
    /// The format's name and version.
    public static let currentFormat = "weir.benchmark/1"

    /// The format's name and version.
    public var format = BenchmarkRecord.currentFormat
    /// Which benchmark it is.
    public var profile: Profile.Name
    /// What it was run on and with.
    public var conditions: Conditions
    /// Who could not be measured, and why.
    public var missing: [Contestant: String]
    /// What was left out beside that, and why.
    public var skipped: [String]
    /// The texts by which cells were chosen; empty where all of the profile's were.
    public var only: [String]
    /// Every sample, in the order they were made, the discarded ones too.
    public var samples: [Sample] = []
    /// How many rounds each cell was to have, by its id; only cells that were begun are there.
    public var plannedRounds: [String: Int] = [:]
    /// Whether it was stopped before its end.
    public var isInterrupted = false

    /// A run that begins.
    public init(
        profile: Profile.Name, conditions: Conditions, missing: [Contestant: String], skipped: [String],
        only: [String] = []
    ) {
        self.profile = profile
        self.conditions = conditions
        self.missing = missing
        self.skipped = skipped
        self.only = only
    }

    /// The samples that count of one contestant in one cell, by round.
    public func samples(_ contestant: Contestant, in cell: Cell) -> [Int: Sample] {
        let id = cell.id
        var byRound: [Int: Sample] = [:]
        for sample in samples where sample.contestant == contestant && sample.cell == id && sample.failure == nil {
            byRound[sample.round] = sample
        }
        return byRound
    }

    /// The condition in which this run differs from one that would continue it, so that they cannot
    /// share a heading; nil where all agree.
    public func difference(from other: BenchmarkRecord) -> String? {
        let own = conditions, others = other.conditions
        if own.weir != others.weir { return "weir \(own.weir)" }
        if own.timing != others.timing { return "other windows and counts" }
        if (own.cpuModel, own.coreCount, own.kernel) != (others.cpuModel, others.coreCount, others.kernel) {
            return "another machine (\(own.coreCount) cores of \(own.cpuModel), \(own.kernel))"
        }
        if own.kafkas != others.kafkas {
            return own.kafkas.isEmpty ? "no Apache Kafka" : "Apache Kafka \(own.kafkas.joined(separator: ", "))"
        }
        let changed = Set(missing.keys).symmetricDifference(other.missing.keys)
        return changed.isEmpty
            ? nil : "other clients installed (\(changed.map(\.title).sorted().joined(separator: ", ")))"
    }

    /// The version that a contestant said it has.
    public func version(of contestant: Contestant) -> String? {
        samples.last { $0.contestant == contestant && $0.version != nil }?.version
    }
}

/// What a benchmark was run on and with.
public struct Conditions: Codable, Sendable, Equatable {
    /// The processor's model.
    public var cpuModel: String
    /// The cores that could be used.
    public var coreCount: Int
    /// The memory of the host.
    public var memoryBytes: UInt64
    /// The kernel.
    public var kernel: String
    /// The distribution.
    public var operatingSystem: String
    /// Weir's version and commit.
    public var weir: String
    /// The versions of Apache Kafka that were measured against.
    public var kafkas: [String]
    /// When it began, in UTC.
    public var startedAt: String
    /// When it ended.
    public var endedAt: String?
    /// What order and payload were drawn from.
    public var seed: UInt64
    /// What all clients were set to in the fixed rows.
    public var settings: Settings
    /// How long and how often.
    public var timing: Timing

    /// The conditions of a run.
    public init(
        cpuModel: String, coreCount: Int, memoryBytes: UInt64, kernel: String, operatingSystem: String, weir: String,
        kafkas: [String], startedAt: String, seed: UInt64, settings: Settings, timing: Timing
    ) {
        self.cpuModel = cpuModel
        self.coreCount = coreCount
        self.memoryBytes = memoryBytes
        self.kernel = kernel
        self.operatingSystem = operatingSystem
        self.weir = weir
        self.kafkas = kafkas
        self.startedAt = startedAt
        self.seed = seed
        self.settings = settings
        self.timing = timing
    }
}
