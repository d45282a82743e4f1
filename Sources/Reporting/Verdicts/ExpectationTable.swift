internal import Results
internal import Statistics

/// The table of what was expected of a run, and what became of it.
struct ExpectationTable {
    let outcomes: [ExpectationOutcome]

    /// A row for each expectation; nil without any.
    var table: Table? {
        guard !outcomes.isEmpty else { return nil }
        let columns = [
            Column(title: "cell", key: "cell", isText: true),
            Column(title: "expected", key: "expected", isText: true),
            Column(title: "verdict", key: "verdict", isText: true),
            Column(title: "value", key: "value"),
            Column(title: "values", key: "valueCount"),
            Column(title: "why it cannot be told", key: "reason", isText: true),
        ]
        return Table(caption: Self.caption, axisCount: 1, columns: columns, rows: outcomes.map(row))
            .withoutEmptyColumns()
    }

    private static let caption =
        "what was expected: geometric means of the repeats with one-sided 99 % bounds, ratios round by round; "
        + "counts are sums over all repeats, and exact"

    private func row(_ outcome: ExpectationOutcome) -> [Entry] {
        [
            .text(outcome.place), .text(outcome.expectation.text), .text(outcome.verdict.rawValue),
            outcome.figure, .count(Int64(outcome.valueCount)),
            outcome.doubt.map { .text($0) } ?? .nothing,
        ]
    }

}

extension Expectation.Unit {
    /// The unit of the figure that is held against the bound.
    fileprivate var ofFigures: Metric.Unit {
        switch self {
        case .number: .one
        case .nanoseconds: .nanoseconds
        case .bytes: .bytes
        case .perSecond: .perSecond
        case .megabytesPerSecond: .megabytesPerSecond
        case .timesBaseline: .ratio
        }
    }
}

extension ExpectationOutcome {
    /// Why it cannot be told, and what would help; nil where it can.
    var doubt: String? {
        reason.map { reason in
            furtherCount.map { "\(reason): about \($0) more \($0 == 1 ? "repeat" : "repeats") would decide" } ?? reason
        }
    }

    /// The figure with its bounds; nothing where there is none.
    var figure: Entry {
        .figure(value.map { Estimate(value: $0, interval: interval) }, expectation.unit.ofFigures)
    }
}

extension [ExpectationOutcome] {
    /// What became of them, in one sentence; nil without any.
    var sentence: String? {
        guard !isEmpty else { return nil }
        let counts = ExpectationOutcome.Verdict.allCases.compactMap { verdict -> String? in
            let count = filter { $0.verdict == verdict }.count
            return count == 0 ? nil : "\(count) \(verdict.rawValue)"
        }
        return "of \(count) \(count == 1 ? "expectation" : "expectations") \(counts.joined(separator: ", "))"
    }
}
