public import Measurement
public import Statistics

/// What a gate, or a calibration, leaves: its pairs, and all that is needed to judge them again.
public struct GateResult: Codable, Sendable, Equatable {
    /// The name and version of the format, the first thing a reader checks.
    public static let currentFormat = "weir.gate/1"

    /// What the pairs are for.
    public enum Purpose: String, Codable, Sendable, CaseIterable {
        /// To judge a candidate.
        case gate
        /// To learn how the same differs from itself.
        case calibration
    }

    /// The format's name and version.
    public private(set) var format = GateResult.currentFormat
    /// What the pairs are for.
    public var purpose: Purpose
    /// The scenario, as the baseline has it.
    public var scenario: ScenarioRecord
    /// The seed of everything that was drawn; below 2⁵³.
    public var seed: UInt64
    /// The Weir that measured and judged.
    public var weir: BuildRecord
    /// The machine.
    public var host: HostDescription
    /// The baseline, then the candidate.
    public var sides: [GateSide]
    /// How it was measured.
    public var plan: GatePlan
    /// When it began.
    public var startedAt: UTCTime
    /// When it ended; none while it goes on, or if it was killed.
    public var endedAt: UTCTime?
    /// Why no more pairs were measured; none while it goes on, or if it was killed.
    public var ending: GateEnding?
    /// What is judged.
    public var rows: [GateRow]
    /// The pairs in their order.
    public var pairs: [GatePair]
    /// How many more there were under foreign load, which count for nothing.
    public var disturbedPairs: Int
    /// What could not be judged, and what else is to be known of it.
    public var notes: [String]
    /// The file of the newest calibration of this host when it began; none without one.
    public var calibration: String?

    /// The gates that were simulated from a calibration's pairs; none of a gate.
    public var simulated: SimulatedGates?

    /// A gate that begins, without any pair yet.
    public init(
        purpose: Purpose, scenario: ScenarioRecord, seed: UInt64, weir: BuildRecord,
        host: HostDescription = .current(), sides: [GateSide], plan: GatePlan, startedAt: UTCTime = .now(),
        notes: [String] = [], calibration: String? = nil
    ) {
        (self.purpose, self.scenario, self.seed, self.weir, self.host) = (purpose, scenario, seed, weir, host)
        (self.sides, self.plan, self.startedAt, self.notes) = (sides, plan, startedAt, notes)
        (rows, pairs, disturbedPairs, self.calibration) = ([], [], 0, calibration)
    }
}

/// How many gates that were simulated from pairs of A against A cried wolf.
public struct SimulatedGates: Codable, Sendable, Equatable {
    /// How many there were.
    public var gates: Int
    /// How many said regressed or improved.
    public var alarms: Int

    /// So many alarms of so many gates.
    public init(gates: Int, alarms: Int) { (self.gates, self.alarms) = (gates, alarms) }

    /// How often that happens, with 95 % confidence.
    public var interval: BinomialInterval { BinomialInterval(count: alarms, of: gates) }
}

/// One side of a gate.
public struct GateSide: Codable, Sendable, Equatable {
    /// `baseline` or `candidate`.
    public var name: String
    /// What the command line said of it, each as `weir=PATH`; empty for the scenario as it stands.
    public var said: [String]
    /// The build of its load generator and embedded broker.
    public var weir: BuildRecord
    /// The clusters that it is measured on, which cannot be started anew.
    public var clusters: [String]

    /// A side.
    public init(name: String, said: [String], weir: BuildRecord, clusters: [String]) {
        (self.name, self.said, self.weir, self.clusters) = (name, said, weir, clusters)
    }

    /// The side in words: `candidate (set=linger.ms=5)`.
    public var words: String { said.isEmpty ? name : "\(name) (\(said.joined(separator: ", ")))" }
}

/// How a gate measures.
public struct GatePlan: Codable, Sendable, Equatable {
    /// How long it may take.
    public var budgetNs: UInt64
    /// The rounds of slices in a pair.
    public var sliceCount: Int
    /// How long a slice is; those of starts end by their number.
    public var sliceNs: UInt64
    /// How many of the host's cores others may keep busy on the mean of a pair.
    public var foreignCoresMax: Double

    /// A plan; others may keep a share of this host's cores busy.
    public init(budgetNs: UInt64, sliceCount: Int, sliceNs: UInt64, foreignShareMax: Double) {
        (self.budgetNs, self.sliceCount, self.sliceNs) = (budgetNs, sliceCount, sliceNs)
        foreignCoresMax = foreignShareMax * Double(HostDescription.current().coreCount)
    }
}

extension GateResult {
    /// The pairs as the rule of looks takes them; what it says is derived anew from them.
    public var course: GateCourse {
        var course = GateCourse(budgetNs: .max, seed: seed, goesToEnd: true)
        course.rows = rows
        for pair in pairs { _ = course.enter(pair, elapsedNs: 0) }
        return course
    }

    /// What the last look said of each row; nil before the first.
    public var judgements: [GateRule.Judgement]? { course.judgements(after: ending) }

    /// What the gate says; a stopped one never more than that it cannot be told.
    public var verdict: GateRule.Verdict {
        guard let judgements, ending != nil, ending != .interrupted else { return .inconclusive }
        let verdict = course.verdict(judgements)
        // What is left out must not hide what it was left out for.
        return (standsStillMore || isSaturatedMore) && verdict != .regressed ? .inconclusive : verdict
    }

    /// The slices of each side that stood still, over all pairs.
    public var standstills: SideCounts {
        pairs.map { SideCounts(baseline: $0.baselineStandstills, candidate: $0.candidateStandstills) }
            .reduce(SideCounts(), +)
    }

    /// The slices of each side that were saturated, over all pairs.
    public var saturated: SideCounts { pairs.compactMap(\.saturated).reduce(SideCounts(), +) }

    /// Whether the candidate stood still more often than chance does it.
    public var standsStillMore: Bool { standstills.isCandidatesMore }

    /// Whether the candidate was saturated more often than chance does it.
    public var isSaturatedMore: Bool { saturated.isCandidatesMore }

    /// Why a pair was so disturbed that it counts for nothing; nil where it was not.
    public func disturbance(of pair: GatePair) -> String? {
        let limit = plan.foreignCoresMax
        let loads = [
            ("other processes kept", pair.othersCores), ("the hypervisor took", pair.stolenCores),
            ("a control group's limit took", pair.throttledCores),
        ]
        for case (let what, let cores?) in loads where cores > limit {
            return "\(what) \(Self.hundredths(cores)) cores (limit \(Self.hundredths(limit)))"
        }
        guard let bytes = pair.writebackBytes, bytes > Self.writebackBytesMax else { return nil }
        return "\(bytes >> 20) MiB were under way to the disks when it began (limit \(Self.writebackBytesMax >> 20))"
    }

    /// How much may be under way to the disks when a pair begins.
    static let writebackBytesMax: UInt64 = 64 << 20

    private static func hundredths(_ value: Double) -> String { "\((value * 100).rounded() / 100)" }
}
