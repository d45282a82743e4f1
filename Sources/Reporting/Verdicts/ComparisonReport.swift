internal import Foundation
public import Results
internal import Statistics

/// What a comparison of two sides says, for people and for programs.
public struct ComparisonReport: Sendable {
    private let first: ComparisonSide
    private let second: ComparisonSide
    private let comparison: RunComparison
    /// What differs and was to be compared all the same, in sentences.
    private let unlike: [String]
    private let margin: Double

    /// The report of a comparison.
    public init(
        _ first: ComparisonSide, _ second: ComparisonSide, _ comparison: RunComparison, unlike: [String],
        margin: Double
    ) {
        (self.first, self.second, self.comparison, self.unlike) = (first, second, comparison, unlike)
        self.margin = margin
    }

    /// The verdict and what it rests on: three lines at most.
    var verdictLines: [String] {
        let counts = GateRule.Verdict.allCases.compactMap { verdict -> String? in
            let count = comparison.rows.filter { $0.verdict == verdict }.count
            return count == 0 ? nil : "\(count) \(verdict.rawValue)"
        }
        let runs = "\(first.runs.count) and \(second.runs.count) runs, not paired"
        let head = comparison.isConclusive ? comparison.verdict.rawValue : "nothing can be concluded"
        let figures = "\(comparison.rows.count) figures, margin \(NumberText.significant(margin * 100)) %"
        return [
            "\(head): \(second.name) beside \(first.name)", "\(figures): \(counts.joined(separator: ", ")) (\(runs))",
        ]
            + (comparison.isConclusive ? [] : [Self.advice])
    }

    private static let advice =
        "one run a side says nothing beyond itself: run each side five times or more, into a folder of its own"

    private var table: Table {
        let columns = [
            Column(title: "cell", key: "cell", isText: true), Column(title: "figure", key: "metric", isText: true),
            Column(title: "A", key: "first"), Column(title: "B", key: "second"),
            Column(title: "B / A (99 %)", key: "ratio"), Column(title: "verdict", key: "verdict", isText: true),
        ]
        return Table(caption: "", axisCount: 2, columns: columns, rows: comparison.rows.map(row))
    }

    private func row(_ row: RunComparison.Row) -> [Entry] {
        func figure(_ value: Double) -> Entry { .figure(Estimate(value: value, interval: nil), row.metric.unit) }
        return [
            .text(row.axes.place(in: row.experiment)), .text(row.metric.title), figure(row.first), figure(row.second),
            ratio(row),
            .text(comparison.isConclusive ? row.verdict.rawValue : "–"),
        ]
    }

    private func ratio(_ row: RunComparison.Row) -> Entry {
        .figure(row.ratio.map { Estimate(value: $0, interval: row.interval) }, .ratio)
    }

    private var notes: [String] { unlike + stopped + comparison.untold + comparison.unmatched }

    /// The runs that were stopped have fewer repeats than were planned.
    private var stopped: [String] {
        [first, second].compactMap { side in
            let count = side.runs.count(where: \.interrupted)
            return count == 0 ? nil : "\(NumberText.counted(count, "run")) of \(side.name) was stopped before its end"
        }
    }

    /// The report for a terminal or a text file.
    public func console(width: Int, proseWidth: Int?, style: TextStyle) -> String {
        let renderer = ConsoleRenderer(width: width, proseWidth: proseWidth, style: style)
        let lines = verdictLines.flatMap(renderer.prose) + [""] + renderer.lines(table)
        let below = notes.isEmpty ? [] : [""] + notes.flatMap(renderer.prose)
        return (lines + below).map { $0 + "\n" }.joined()
    }

    /// The report as GitHub-flavoured Markdown.
    public func markdown() -> String {
        let renderer = MarkdownRenderer()
        let lines =
            ["**\(renderer.escaped(verdictLines[0]))**", ""] + verdictLines.dropFirst().map(renderer.escaped) + [""]
            + renderer.lines(table)
        let below = notes.isEmpty ? [] : [""] + notes.map { "- \(renderer.escaped($0))" }
        return (lines + below).map { $0 + "\n" }.joined()
    }

    /// Reports as JSON, format `weir.comparison/1`: an object or, of several, a list of them.
    public static func json(_ reports: [ComparisonReport]) -> String {
        let objects = reports.map(\.object)
        return JSONRenderer().text(objects.count == 1 ? objects[0] as Any : objects)
    }

    private var object: [String: Any] {
        let renderer = JSONRenderer()
        return [
            "format": "weir.comparison/1", "first": first.name, "second": second.name,
            "runs": [first.runs.count, second.runs.count], "margin": margin,
            "verdict": comparison.verdict.rawValue,
            "rows": renderer.rows(table), "notes": notes,
        ]
    }

    /// Its rows as checks, in suites that name the second side where there are several.
    public func checks(namesSide: Bool) -> [Check] {
        let prefix = namesSide ? "\(second.name): " : ""
        let untold = comparison.untold.map {
            Check(suite: "\(prefix)weir compare", name: $0, status: .inconclusive, message: $0)
        }
        return untold
            + comparison.rows.map { row in
                let place = row.axes.map(\.value) + [row.metric.title]
                let status: Check.Status =
                    switch row.verdict {
                    case .pass, .improved: .passed
                    case .regressed: .failed
                    case .inconclusive: .inconclusive
                    }
                return Check(
                    suite: prefix + row.experiment, name: place.joined(separator: ", "), status: status,
                    message: "\(row.verdict.rawValue): \(second.name) is \(ratio(row).text) × \(first.name)")
            }
    }
}
