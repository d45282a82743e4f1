internal import Statistics

/// What must hold of a cell's figures, such as `ack p99 <= 20 ms` or
/// `records/s >= 0.97 x baseline`.
public struct Expectation: Sendable, Codable, Equatable {
    /// How the figure must stand to the bound.
    public enum Relation: String, Sendable, Codable, CaseIterable {
        /// No more than it.
        case atMost = "<="
        /// No less than it.
        case atLeast = ">="
        /// The very same; for counts.
        case equal = "="
    }

    /// What a bound's number is measured in.
    public enum Unit: String, Sendable, Codable, CaseIterable {
        /// No unit was written.
        case number
        /// A time, in nanoseconds.
        case nanoseconds
        /// A size, in bytes.
        case bytes
        /// Amounts a second.
        case perSecond
        /// Millions of bytes a second.
        case megabytesPerSecond
        /// So many times the baseline's figure of the same round.
        case timesBaseline
    }

    /// The metric, by the title that tables show.
    public var metric: String
    /// How it must stand to the bound.
    public var relation: Relation
    /// What it is held against, in the unit's own measure.
    public var bound: Double
    /// What the bound is measured in.
    public var unit: Unit
    /// The line as it was written.
    public var text: String

    /// An expectation as it was written.
    public init(metric: String, relation: Relation, bound: Double, unit: Unit, text: String) {
        self.metric = metric
        self.relation = relation
        self.bound = bound
        self.unit = unit
        self.text = text
    }

    /// How many repeats, or rounds, a verdict on anything but a count wants.
    public static let valueCountMin = LogarithmicTest.countMin

    /// How many values a verdict wants in an experiment of this kind.
    public func valueCountMin(in kind: ExperimentResult.Kind) -> Int {
        let isCount = MetricCatalogue(kind).metrics.contains { $0.title == metric && $0.kind == .count }
        return isCount && unit != .timesBaseline ? 1 : Self.valueCountMin
    }
}
