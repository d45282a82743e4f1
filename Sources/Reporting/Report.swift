public import Measurement
public import Results
internal import Statistics

/// A result as tables of figures: the value from which console, Markdown and JSON are written.
///
/// Everything in it is computed from the result alone, so that a result read from its file gives
/// the same report.
public struct Report: Sendable {
    /// One experiment's tables.
    struct Section: Sendable {
        var heading: String
        var name: String
        var kind: ExperimentResult.Kind
        var tables: [Table]
        /// The figures that no table has room for.
        var unshown: Table?
        /// What can't be read from the tables: invalid repeats with their reasons, what was waived,
        /// what is left out.
        var notes: [String]
        var endedEarly: [EarlyEnd]
    }

    /// A cell that was not measured to its end, and why.
    struct EarlyEnd: Sendable {
        var axes: [(name: String, value: String)]
        var code: String
        var detail: String
        var repeatsNotRun: Int
    }

    let heading: [String]
    /// Why the figures should not be believed although the repeats are valid; they end the heading,
    /// too.
    let doubts: [String]
    let sections: [Section]
    /// What was expected, and what became of it; nil where nothing was.
    let expectations: Table?
    /// The policies of starts side by side; nil where no state was met by two of them.
    let choices: Table?
    let legend: [String]
    let verdict: Verdict
    let verdictLine: String
    /// The scenario's name.
    let name: String
    /// Where the result was written or read from.
    let path: String?

    /// The report of a result; `path` is its file, if it has one. `outcomes` says what became of its
    /// expectations, where that is judged already.
    ///
    /// Throws only for a histogram that is not one, which a result that was read can't have.
    public init(
        _ result: RunResult, path: String? = nil, outcomes: [ExpectationOutcome]? = nil
    ) throws(HistogramError) {
        name = result.scenario.name
        doubts = ForeignLoad(result).lines
        heading = ReportHeading.lines(result) + doubts
        var sections: [Section] = []
        for experiment in result.experiments {
            sections.append(try SectionBuilder(experiment, result).section())
        }
        self.sections = sections
        let outcomes = outcomes ?? ExpectationJudge.judge(result)
        expectations = ExpectationTable(outcomes: outcomes).table
        choices = try StartChoices(result).table()
        legend = ReportLegend(sections, result).lines
        verdict = result.verdict
        verdictLine = ([ReportVerdict.line(result)] + [outcomes.sentence].compactMap { $0 }).joined(separator: "; ")
        self.path = path
    }
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

    /// The column of a figure; `group` stands above it instead of its own where it is given.
    init(_ metric: Metric, group: String? = nil) {
        self.init(
            group: group ?? metric.group, title: metric.name, key: metric.key, staysWhenEmpty: metric.isAlwaysShown)
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

    /// The repeats' figures, where they disagree.
    var disagreement: String? { if case .figure(let figure) = self { figure.disagreement } else { nil } }

    /// A figure, or nothing.
    static func figure(
        _ estimate: Estimate?, _ unit: Metric.Unit, columnScale: Scale? = nil, isLowerBound: Bool = false,
        of: String? = nil
    ) -> Entry {
        estimate.map {
            .figure(Figure(estimate: $0, unit: unit, columnScale: columnScale, isLowerBound: isLowerBound, of: of))
        } ?? .nothing
    }
}

/// A figure with its spread and its unit.
struct Figure: Sendable {
    var estimate: Estimate
    var unit: Metric.Unit
    /// What its whole column is printed in, where the unit stands above the table.
    var columnScale: Scale?
    var isLowerBound = false
    /// What a ratio is of.
    var of: String?

    /// The figure for people, with its interval behind it; the range alone where repeats disagree.
    var text: String {
        guard estimate.value.isFinite else { return NumberText.absent }
        let bound = isLowerBound ? "≥" : ""
        if let interval = estimate.interval, !estimate.disagreeing.isEmpty {
            return bound + scale.withUnit(IntervalText.ends(interval, scale.number))
        }
        let value = bound + scale.withUnit(scale.number(estimate.value))
        if unit == .ratio, let interval = estimate.interval {
            return "\(value) (\(IntervalText.ends(interval, scale.number)))"
        }
        return value + IntervalText.behind(estimate, scale.number)
    }

    /// What all numbers of the figure are printed in.
    private var scale: Scale {
        if let columnScale { return columnScale }
        switch unit {
        case .perSecond, .megabytesPerSecond, .ratio, .one: return Scale()
        case .nanoseconds: return TimeText.scale(ns: estimate.value)
        case .bytes: return NumberText.byteScale(estimate.value)
        }
    }

    /// The repeats' figures, where they disagree.
    var disagreement: String? {
        estimate.disagreeing.isEmpty
            ? nil : scale.withUnit(estimate.disagreeing.map(scale.number).joined(separator: ", "))
    }
}
