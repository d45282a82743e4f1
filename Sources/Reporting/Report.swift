public import Measurement
public import Results
internal import Statistics

/// What a result says, as tables of figures: the value that the console, Markdown and JSON forms are written from.
///
/// Everything in it is computed from the result alone, so that a result read from its file gives the same report.
public struct Report: Sendable {
    /// One experiment's tables.
    struct Section: Sendable {
        var heading: String
        var name: String
        var kind: ExperimentResult.Kind
        var tables: [Table]
        /// What can't be read from the tables: invalid repeats with their reasons, what was waived, what is left out.
        var notes: [String]
    }

    let heading: [String]
    /// Why the figures should not be believed although the repeats are valid; they end the heading, too.
    let doubts: [String]
    let sections: [Section]
    let legend: [String]
    let verdict: Verdict
    let verdictLine: String
    /// The scenario's name.
    let name: String
    /// Where the result was written or read from.
    let path: String?

    /// The report of a result; `path` is its file, if it has one.
    ///
    /// Throws only for a histogram that is not one, which a result that was read can't have.
    public init(_ result: RunResult, path: String? = nil) throws(HistogramError) {
        name = result.scenario.name
        doubts = ForeignLoad(result).lines
        heading = ReportHeading.lines(result) + doubts
        var sections: [Section] = []
        for experiment in result.experiments {
            sections.append(try SectionBuilder(experiment, result).section())
        }
        self.sections = sections
        let hasRatio = sections.flatMap(\.tables).flatMap(\.columns).contains { $0.key == "ratio" }
        legend = sections.allSatisfy(\.tables.isEmpty) ? [] : Self.legendLines + (hasRatio ? Self.ratioLines : [])
        verdict = result.verdict
        verdictLine = ReportVerdict.line(result)
        self.path = path
    }

    private static let legendLines = [
        "± is half the range of the valid repeats; of a percentile, half its 95 % interval from resampling repeats.",
        "Percentiles are over the samples of all valid repeats, and left out (–) with fewer than ten samples beyond.",
    ]
    private static let ratioLines = [
        "Ratios are of records/s, and of starts of the median time, taken in each round in which both cells are valid."
    ]
}

/// A table: rows of entries under columns, the first of which say which cell a row is.
struct Table: Sendable {
    var caption: String
    /// How many of the first columns name the cell.
    var axisCount: Int
    var columns: [Column]
    var rows: [[Entry]]

    /// The table without the columns in which no row has anything.
    func withoutEmptyColumns() -> Table {
        let kept = columns.indices.filter { index in
            index < axisCount || columns[index].staysWhenEmpty || rows.contains { !$0[index].isNothing }
        }
        return Table(
            caption: caption, axisCount: axisCount, columns: kept.map { columns[$0] },
            rows: rows.map { row in kept.map { row[$0] } })
    }
}

/// A column's name for people and for programs.
struct Column: Sendable {
    /// What several neighbours have in common, printed once above them.
    var group = ""
    var title: String
    /// The name in the JSON form.
    var key: String
    var isText = false
    var staysWhenEmpty = false

    /// A column for a phase; `first Fetch` and `first record` share their first word above them.
    init(phase: String, key: String) {
        let words = phase.split(separator: " ", maxSplits: 1).map(String.init)
        self.init(group: words.count > 1 ? words[0] : "", title: words.last ?? phase, key: key)
    }

    init(group: String = "", title: String, key: String, isText: Bool = false, staysWhenEmpty: Bool = false) {
        self.group = group
        self.title = title
        self.key = key
        self.isText = isText
        self.staysWhenEmpty = staysWhenEmpty
    }

    /// The name where there is no line for groups.
    var fullTitle: String { group.isEmpty ? title : "\(group) \(title)" }
}

/// What stands in a row under a column.
enum Entry: Sendable {
    case text(String)
    case count(Int64)
    case figure(Figure)
    /// So many of all.
    case share(Int, of: Int)
    /// The offsets of many starts.
    case offsets(OffsetRange)
    /// The cell that others are compared with.
    case baseline
    /// A percentile with too few samples beyond it.
    case leftOut
    /// Nothing was measured.
    case nothing

    var isNothing: Bool { if case .nothing = self { true } else { false } }

    /// A figure, or nothing.
    static func figure(_ estimate: Estimate?, _ unit: Figure.Unit, isLowerBound: Bool = false) -> Entry {
        estimate.map { .figure(Figure(estimate: $0, unit: unit, isLowerBound: isLowerBound)) } ?? .nothing
    }
}

/// A figure with its spread and its unit.
struct Figure: Sendable {
    /// What a figure is measured in.
    enum Unit: String, Sendable {
        case perSecond = "1/s"
        case megabytesPerSecond = "MB/s"
        case nanoseconds = "ns"
        /// Nanoseconds printed in the unit that the column's title names.
        case microsecondColumn = "ns (shown as µs)"
        case millisecondColumn = "ns (shown as ms)"
        case bytes = "B"
        case ratio
        case amount = "1"
    }

    var estimate: Estimate
    var unit: Unit
    var isLowerBound = false

    /// The figure for people, with its spread behind it.
    var text: String {
        let bound = isLowerBound ? "≥" : ""
        if unit == .ratio {
            guard let interval = estimate.interval else { return bound + number }
            let low = NumberText.significant(interval.lowerBound), high = NumberText.significant(interval.upperBound)
            return "\(bound)\(number) (\(low)–\(high))"
        }
        guard let share = estimate.relativeHalfWidth else { return bound + number }
        return "\(bound)\(number) \(NumberText.spread(share))"
    }

    private var number: String {
        switch unit {
        case .perSecond, .megabytesPerSecond, .ratio, .amount: NumberText.significant(estimate.value)
        case .nanoseconds: TimeText.latency(ns: estimate.value)
        case .microsecondColumn: NumberText.significant(estimate.value / 1e3)
        case .millisecondColumn: NumberText.significant(estimate.value / 1e6)
        case .bytes: NumberText.bytes(estimate.value)
        }
    }
}
