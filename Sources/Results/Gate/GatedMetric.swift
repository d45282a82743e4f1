/// A metric that a gate judges, with how far it may move.
public struct GatedMetric: Sendable {
    /// How far a timed figure may move, where nobody says it.
    public static let timedMargin = 0.03
    /// How far a counted figure may move: counts hardly vary, so that less shows.
    public static let countedMargin = 0.01
    /// A median is taken of so many samples of a slice at least; it is the slices' mean that counts.
    static let medianSampleCountMin: UInt64 = 5

    /// The metric.
    public let metric: Metric
    /// The margin, such as 0.03.
    public let margin: Double
    /// Whether the scenario names it.
    public let isAsked: Bool

    /// What is gated of an experiment: what is asked for, else what its load is about and what is
    /// counted. A title that the experiment does not have is left out.
    public static func list(_ kind: ExperimentResult.Kind, load: Load?, spec: GateSpec) -> [GatedMetric] {
        let catalogue = MetricCatalogue(kind)
        let asked = spec.metrics.compactMap { title in catalogue.metrics.first { $0.title == title } }
        return (spec.metrics.isEmpty ? standard(catalogue, load) : asked).map { metric in
            GatedMetric(
                metric: metric,
                margin: spec.margins[metric.title] ?? spec.margin ?? (metric.isCounted ? countedMargin : timedMargin),
                isAsked: !spec.metrics.isEmpty)
        }
    }

    /// At a fixed rate the rate says nothing; there the latency does.
    private static func standard(_ catalogue: MetricCatalogue, _ load: Load?) -> [Metric] {
        let answer =
            switch catalogue.kind {
            case .start: "firstRecord.p50"
            case .endToEnd where load?.kind == .open: "endToEnd.p50"
            case .produce where load?.kind == .open: "ack.p50"
            case .produce, .endToEnd, .consume: Metric.recordsPerSecond
            }
        let cost = "clientCPUPer\(catalogue.kind.unit.key)"
        return catalogue.metrics.filter(\.isCounted) + [answer, cost].compactMap { catalogue[$0] }
    }

    /// Its value in one slice; nil where the slice has none, or too few samples for one.
    func value(_ slice: Repeat) -> Double? {
        if case .percentile(50, let latency) = metric.kind {
            guard let count = slice.latency(latency)?.count, count >= Self.medianSampleCountMin else { return nil }
        } else if !metric.isSupported(by: slice) {
            return nil
        }
        return metric.value(slice).flatMap { $0 > 0 && $0.isFinite ? $0 : nil }
    }
}

extension Metric {
    /// Whether it counts what the same work takes, whatever the machine does beside it.
    public var isCounted: Bool { Self.countedKeys.contains(key) }

    private static let countedKeys: Set<String> = Set(
        ["Record", "Start"].flatMap { unit in
            [
                "requestsPer", "roundTripsPer", "bytesSentPer", "bytesReceivedPer", "connectionsPer",
                "clientInstructionsPer",
            ].map { $0 + unit }
        } + ["recordsPerBatch", "sendsPerRequest"])
}
