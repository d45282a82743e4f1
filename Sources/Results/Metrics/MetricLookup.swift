internal import Names

// Looking figures up as people write them.
extension MetricCatalogue {
    /// The figure with a title, such as `ack p99`, as a person writes it.
    ///
    /// - Throws: ``UnknownMetric`` with the nearest title, or the experiments that have it.
    public func metric(titled title: String) throws(UnknownMetric) -> Metric {
        let words = title.split(separator: " ").joined(separator: " ")
        if let found = metrics.first(where: { $0.title == words }) { return found }
        let elsewhere = ExperimentResult.Kind.allCases.filter { other in
            other != kind && Self.listed(other).contains { $0.title == words }
        }
        let nearest = NearestName.find(words, among: metrics.map(\.title))
        throw UnknownMetric(title: words, kind: kind, nearest: nearest, elsewhere: elsewhere)
    }
}

/// A title that no figure of an experiment has.
public struct UnknownMetric: Error, Equatable, Sendable, CustomStringConvertible {
    /// What was asked for.
    public let title: String
    /// What is measured.
    public let kind: ExperimentResult.Kind
    /// The title that was meant, if one is near enough.
    public let nearest: String?
    /// The experiments that do have it.
    public let elsewhere: [ExperimentResult.Kind]

    /// What is wrong and what could stand there.
    public var description: String {
        if !elsewhere.isEmpty {
            return
                "'\(title)' is no figure of \(kind.noun): it is one of \(elsewhere.map(\.noun).joined(separator: ", "))"
        }
        return "no figure is called '\(title)'" + (nearest.map { " (did you mean '\($0)'?)" } ?? "")
    }
}

extension ExperimentResult.Kind {
    /// What an experiment of this kind is called in a sentence.
    public var noun: String {
        switch self {
        case .produce: "producing"
        case .consume: "consuming"
        case .endToEnd: "end to end"
        case .start: "consumer starts"
        }
    }
}
