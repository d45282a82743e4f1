/// What an experiment gave, cell by cell.
public struct ExperimentResult: Codable, Sendable, Equatable {
    /// What is measured.
    public enum Kind: String, Codable, Sendable, CaseIterable {
        /// Producing, to the acknowledgement.
        case produce
        /// Consuming what was preloaded.
        case consume
        /// Producing and consuming at once.
        case endToEnd = "both"
        /// Starting a consumer.
        case start
    }

    /// Its name in the scenario.
    public var name: String
    /// What is measured.
    public var kind: Kind
    /// What the cells' axes are called, in the order of the table's first columns.
    public var axes: [String]
    /// The settings of the cells that others are compared with; none without a baseline.
    public var baseline: [AxisSetting]?
    /// How many repeats each cell was to have.
    public var plannedRepeats: Int
    /// The cells in the scenario's order, also those without a repeat yet.
    public var cells: [CellResult]

    /// An experiment with its cells.
    public init(
        name: String, kind: Kind, axes: [String], baseline: [AxisSetting]? = nil, plannedRepeats: Int,
        cells: [CellResult]
    ) {
        self.name = name
        self.kind = kind
        self.axes = axes
        self.baseline = baseline
        self.plannedRepeats = plannedRepeats
        self.cells = cells
    }

    /// The cell that has the baseline's settings and, on all other axes, the same as this cell; it
    /// may be this cell.
    public func baselineCell(of cell: CellResult) -> CellResult? {
        guard let baseline else { return nil }
        let wanted = cell.axes.map { axis in baseline.first { $0.name == axis.name } ?? axis }
        return cells.first { $0.axes == wanted }
    }
}

/// A cell's place on one axis.
public struct AxisSetting: Codable, Sendable, Hashable {
    /// The axis's name, such as `recreate`.
    public var name: String
    /// Its value as the table shows it, such as `client: 1 record`.
    public var value: String

    /// A place on an axis.
    public init(name: String, value: String) {
        self.name = name
        self.value = value
    }
}

extension [AxisSetting] {
    /// A cell's place in words: the experiment, then its axes' values.
    public func place(in experiment: String) -> String {
        ([experiment] + map(\.value)).joined(separator: ", ")
    }
}

/// One combination of the axes, with its repeats.
public struct CellResult: Sendable, Equatable {
    /// Where it stands, a value for each axis of the experiment, in that order.
    public var axes: [AxisSetting]
    /// The name of the broker it ran against.
    public var broker: String
    /// What drove the senders; none where nothing is produced.
    public var load: Load?
    /// The policy of its starts and the state that they meet; none where no start is measured, and in
    /// results before it was noted.
    public var start: StartChoice?
    /// The repeats in the order they were made.
    public var repeats: [Repeat]
    /// What was expected of it; none in results before there was any such thing.
    public var expectations: [Expectation]?
    /// The share of its repeats that may be left out for bad conditions; none in results before it
    /// could be said.
    public var invalidShareMax: Double?
    /// Why it ended early, if it did.
    public var endedEarly: InvalidReason?

    /// A cell with its repeats.
    public init(
        axes: [AxisSetting], broker: String, load: Load? = nil, start: StartChoice? = nil, repeats: [Repeat] = [],
        expectations: [Expectation]? = nil, invalidShareMax: Double? = nil, endedEarly: InvalidReason? = nil
    ) {
        self.axes = axes
        self.broker = broker
        self.load = load
        self.start = start
        self.repeats = repeats
        self.expectations = expectations
        self.invalidShareMax = invalidShareMax
        self.endedEarly = endedEarly
    }

    /// The repeats that can be trusted.
    public var validRepeats: [Repeat] { repeats.filter(\.isValid) }

    /// What the repeats make of the cell: one that can't be trusted makes it invalid, and so does
    /// whatever ended it early.
    public var verdict: Verdict {
        if endedEarly != nil { return .invalid }
        if repeats.isEmpty { return .notRun }
        if isBroken || hadBadConditions { return .invalid }
        return repeats.contains(where: \.saturated) ? .saturated : .valid
    }
}

extension CellResult: Codable {
    private enum CodingKeys: String, CodingKey {
        case axes, broker, load, start, verdict, endedEarly, expectations, invalidShareMax, repeats
    }

    /// Reads a cell; its verdict is derived anew from its repeats.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        axes = try container.decode([AxisSetting].self, forKey: .axes)
        broker = try container.decode(String.self, forKey: .broker)
        load = try container.decodeIfPresent(Load.self, forKey: .load)
        start = try container.decodeIfPresent(StartChoice.self, forKey: .start)
        repeats = try container.decode([Repeat].self, forKey: .repeats)
        endedEarly = try container.decodeIfPresent(InvalidReason.self, forKey: .endedEarly)
        expectations = try container.decodeIfPresent([Expectation].self, forKey: .expectations)
        invalidShareMax = try container.decodeIfPresent(Double.self, forKey: .invalidShareMax)
    }

    /// Writes a cell with its verdict.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(axes, forKey: .axes)
        try container.encode(broker, forKey: .broker)
        try container.encodeIfPresent(load, forKey: .load)
        try container.encodeIfPresent(start, forKey: .start)
        try container.encode(verdict, forKey: .verdict)
        try container.encodeIfPresent(endedEarly, forKey: .endedEarly)
        try container.encodeIfPresent(expectations, forKey: .expectations)
        try container.encodeIfPresent(invalidShareMax, forKey: .invalidShareMax)
        try container.encode(repeats, forKey: .repeats)
    }
}

/// What drives a cell's senders.
public struct Load: Codable, Sendable, Equatable {
    /// Whether senders wait, follow a schedule, or neither.
    public enum Kind: String, Codable, Sendable {
        /// So many senders, each waiting for its acknowledgement.
        case closed
        /// Records have intended times.
        case open
        /// As fast as the producer takes them.
        case unlimited
    }

    /// Whether senders wait, follow a schedule, or neither.
    public var kind: Kind
    /// The senders of a closed loop.
    public var concurrency: Int?
    /// The records a second of an open loop.
    public var ratePerSecond: Double?

    /// A closed loop.
    public static func closed(concurrency: Int) -> Load { Load(kind: .closed, concurrency: concurrency) }
    /// An open loop.
    public static func open(ratePerSecond: Double) -> Load { Load(kind: .open, ratePerSecond: ratePerSecond) }
    /// No limit and no schedule.
    public static let unlimited = Load(kind: .unlimited)
}
