/// Every figure that repeats of one kind of experiment have, in the order of the tables' columns.
///
/// A new figure is an entry in one of the lists of `Metrics+….swift`.
public struct MetricCatalogue: Sendable {
    /// What is measured.
    public let kind: ExperimentResult.Kind
    /// The figures.
    public let metrics: [Metric]

    /// The figures of an experiment, with those that only its repeats tell: its steps, and APIs
    /// unknown here.
    public init(_ kind: ExperimentResult.Kind, of repeats: [Repeat] = []) {
        self.kind = kind
        let listed = Self.listed(kind)
        let known = Set(listed.map(\.key))
        let requests = Metric.requests(kind, seenIn: repeats).filter { !known.contains($0.key) }
        metrics = listed + requests + Metric.steps(of: repeats)
    }

    static func listed(_ kind: ExperimentResult.Kind) -> [Metric] {
        let own = kind == .start ? Metric.offsets : Metric.rates(kind)
        return own + Metric.latencies(kind) + Metric.costs(kind) + Metric.requests(kind) + Metric.disturbances(kind)
    }

    /// The figures that a table has columns for.
    public func metrics(in table: Metric.Table) -> [Metric] { metrics.filter { $0.table == table } }

    /// The figure with a key, such as `ack.p99`.
    public subscript(key: String) -> Metric? { metrics.first { $0.key == key } }

    /// The figures of all kinds of experiments, each once.
    public static var all: [Metric] {
        var keys: Set<String> = []
        return ExperimentResult.Kind.allCases.flatMap(listed).filter { keys.insert($0.key).inserted }
    }
}
