/// A whole benchmark: which cells, in which groups, how often and how long.
public struct Profile: Sendable {
    /// The benchmarks there are.
    public enum Name: String, Sendable, CaseIterable, Codable {
        /// A smoke of the next, in under three minutes.
        case quick
        /// Weir, librdkafka and the floors on the embedded broker, in under fifteen minutes.
        case bench
        /// Every peer on every broker, cell by cell.
        case full
    }

    /// Cells whose rounds are interleaved.
    public struct Group: Sendable {
        /// How many rounds.
        public var rounds: Int
        /// Who is measured in each of its cells.
        public var entries: [Entry]

        /// A group.
        public init(rounds: Int, entries: [Entry]) {
            self.rounds = rounds
            self.entries = entries
        }

        /// The samples it takes.
        public var sampleCount: Int { rounds * entries.map(\.contestants.count).reduce(0, +) }
    }

    /// A cell with its contestants.
    public struct Entry: Sendable, Hashable {
        /// The cell.
        public var cell: Cell
        /// Who is measured, each once a round.
        public var contestants: [Contestant]

        /// A cell with its contestants.
        public init(cell: Cell, contestants: [Contestant]) {
            self.cell = cell
            self.contestants = contestants
        }
    }

    /// Which one it is.
    public var name: Name
    /// How long and how often things are done within a sample.
    public var timing: Timing
    /// The groups in their order.
    public var groups: [Group]

    /// The samples in all.
    public var sampleCount: Int { groups.map(\.sampleCount).reduce(0, +) }

    /// The fewest rounds from which a target is judged.
    public static let judgedRounds = 7
}

extension Profile {
    /// A profile by name; `kafkas` are the versions of Apache Kafka that are there, `rounds`
    /// replaces the profile's own.
    public init(_ name: Name, kafkas: [String], rounds: Int? = nil, only: [String] = []) {
        self.name = name
        timing = Timing(name)
        let rounds = rounds ?? (name == .quick ? 1 : Self.judgedRounds)
        switch name {
        case .quick, .bench: groups = Self.benchGroups(name, kafkas: kafkas, rounds: rounds)
        case .full: groups = Self.fullGroups(kafkas: kafkas, rounds: rounds)
        }
        select(only)
    }

    /// Keeps the cells whose id contains one of the texts; all of them when there is none.
    private mutating func select(_ only: [String]) {
        guard !only.isEmpty else { return }
        for index in groups.indices {
            groups[index].entries.removeAll { entry in !only.contains { entry.cell.id.contains($0) } }
        }
        groups.removeAll(where: \.entries.isEmpty)
    }

    private static let core: Set<Contestant> = Contestant.librdkafka.union(Contestant.floors).union([.weir])

    private static func benchGroups(_ name: Name, kafkas: [String], rounds: Int) -> [Group] {
        let main =
            entries(CellSet.throughput(.embedded), among: core)
            + entries(CellSet.plainDefaults(.embedded), among: core)
            + entries(CellSet.latency(.embedded), among: core)
            + entries(CellSet.machine, among: core)
        var groups = [Group(rounds: rounds, entries: main)]
        if let newest = kafkas.last {
            groups.append(Group(rounds: rounds, entries: entries(CellSet.brokerCost(beside: newest), among: nil)))
        }
        groups.append(Group(rounds: 1, entries: entries(CellSet.memory, among: core)))
        return groups
    }

    /// Each cell is a group of its own, so that a run that was interrupted continues with the next
    /// cell.
    private static func fullGroups(kafkas: [String], rounds: Int) -> [Group] {
        var all: [Entry] = []
        for broker in [BrokerChoice.embedded] + kafkas.map({ .kafka(version: $0) }) {
            let cells = CellSet.throughput(broker) + CellSet.allDefaults(broker) + CellSet.latency(broker)
            all += entries(cells.filter { $0.delayMs == 0 } + cells.filter { $0.delayMs != 0 }, among: nil)
        }
        all += entries(CellSet.machine, among: nil)
        if let newest = kafkas.last { all += entries(CellSet.brokerCost(beside: newest), among: nil) }
        return all.map { Group(rounds: rounds, entries: [$0]) }
            + entries(CellSet.memory, among: nil).map { Group(rounds: 1, entries: [$0]) }
    }

    private static func entries(_ cells: [Cell], among: Set<Contestant>?) -> [Entry] {
        cells.map { cell in
            let able = Contestant.allCases.filter { $0.takesPart(in: cell) && among?.contains($0) != false }
            return Entry(cell: cell, contestants: able)
        }
    }
}

/// The families of cells.
enum CellSet {
    static let sizes = [100, 1024]

    static func throughput(_ broker: BrokerChoice, _ settings: SettingsChoice = .fixed) -> [Cell] {
        Direction.allCases.flatMap { direction in
            sizes.flatMap { size in
                Codec.allCases.map { codec in
                    let workload: Workload =
                        direction == .produce
                        ? .produce(valueSize: size, codec: codec) : .fetch(valueSize: size, codec: codec)
                    return Cell(workload, broker: broker, settings: settings)
                }
            }
        }
    }

    static func allDefaults(_ broker: BrokerChoice) -> [Cell] { throughput(broker, .clientDefaults) }

    /// The rows of own defaults that are not about codecs.
    static func plainDefaults(_ broker: BrokerChoice) -> [Cell] {
        allDefaults(broker).filter { $0.workload.codec == Codec.none }
    }

    static func latency(_ broker: BrokerChoice) -> [Cell] {
        let workloads =
            StartMode.allCases.map(Workload.start)
            + [.newProducer(isIdempotent: false), .newProducer(isIdempotent: true), .keptProducer]
        return workloads.flatMap { workload in [0, 5].map { Cell(workload, broker: broker, delayMs: $0) } }
    }

    /// What is about this machine and the embedded broker only.
    static let machine: [Cell] =
        [Cell(.pacing(perSecond: 50_000)), Cell(.recordLatency), Cell(.serving)]
        + [Codec.lz4, .zstd].map { Cell(.codec($0)) }
        + sizes.flatMap { [Cell(.copying(valueSize: $0)), Cell(.checksum(valueSize: $0))] }

    static func brokerCost(beside kafka: String) -> [Cell] {
        Direction.allCases.flatMap { direction in
            sizes.map { Cell(.brokerCost(direction, valueSize: $0), broker: .kafka(version: kafka)) }
        }
    }

    static let memory = Direction.allCases.map { Cell(.memory($0)) }
}

extension Workload {
    /// Whether each sample has a topic of its own, to be deleted after it.
    public var writes: Bool { if case .produce = self { true } else { false } }

    /// The codec of what is produced or fetched; nil where codecs play no part.
    public var codec: Codec? {
        switch self {
        case .produce(_, let codec), .fetch(_, let codec): codec
        default: nil
        }
    }
}
