internal import Measurement
internal import Results
internal import Statistics

/// Makes an experiment's tables: the answer first, then what explains it.
struct SectionBuilder {
    let experiment: ExperimentResult
    let result: RunResult
    /// The cells' figures, in the scenario's order.
    let cells: [CellFigures]

    init(_ experiment: ExperimentResult, _ result: RunResult) throws(HistogramError) {
        self.experiment = experiment
        self.result = result
        var cells: [CellFigures] = []
        for cell in experiment.cells {
            cells.append(try CellFigures(cell, kind: experiment.kind, seed: result.seed))
        }
        self.cells = cells
    }

    func section() -> Report.Section {
        let all =
            experiment.kind == .start
            ? [startTable(), offsetTable(), milestoneTable(), explanationTable()]
            : [answerTable(), latencyTable(), breakdownTable(), explanationTable()]
        let tables = cells.isEmpty ? [] : all.compactMap { $0 }
        return Report.Section(
            heading: heading, name: experiment.name, kind: experiment.kind, tables: tables,
            notes: SectionNotes(self).lines(below: tables))
    }

    private var heading: String {
        let what =
            switch experiment.kind {
            case .produce: "produce"
            case .consume: "consume"
            case .both: "produce and consume, end to end"
            case .start: "consumer start"
            }
        let loads = cells.compactMap(\.cell.load)
        let load = loads.first.flatMap { first in loads.allSatisfy { $0 == first } ? ", \(words(for: first))" : nil }
        let starts = experiment.kind == .start && startCount > 0 ? ", \(NumberText.grouped(startCount)) starts" : ""
        return "\(experiment.name): \(what)\(load ?? "")\(starts)"
    }

    private var startCount: Int64 {
        Int64(cells.flatMap(\.cell.validRepeats).compactMap(\.starts).map(\.reachedAtNs.count).reduce(0, +))
    }

    private func words(for load: Load) -> String {
        switch load.kind {
        case .closed:
            load.kind.words + (load.concurrency.map { " of \($0) \($0 == 1 ? "sender" : "senders")" } ?? "")
        case .open: load.kind.words + (load.ratePerSecond.map { " at \(NumberText.significant($0))/s" } ?? "")
        case .unlimited: load.kind.words
        }
    }
}

// What all tables have in common: a row for each cell, which begins with its place on the axes.
extension SectionBuilder {
    /// A table with a row for each cell; nil when it would hold nothing but its axes.
    func table(
        _ caption: String, _ columns: [Column], isWorthwhile: Bool = true, _ row: (CellFigures) -> [Entry]
    ) -> Table? {
        guard isWorthwhile else { return nil }
        let axes = experiment.axes.map { Column(title: $0, key: $0, isText: true) }
        // Without an axis there is one cell, and it still wants a name.
        let names = axes.isEmpty ? [Column(title: "", key: "", isText: true)] : axes
        let table = Table(
            caption: caption, axisCount: names.count, columns: names + columns,
            rows: cells.map { cell in
                let places: [Entry] = cell.cell.axes.map { .text($0.value) }
                return (places.isEmpty ? [.text(experiment.name)] : places) + row(cell)
            })
        let kept = table.withoutEmptyColumns()
        return kept.columns.count > kept.axisCount ? kept : nil
    }

    /// How many of the repeats are invalid, and what was waived.
    var repeatColumns: [Column] {
        [
            Column(group: "repeats", title: "invalid", key: "invalidRepeats"),
            Column(group: "checks", title: "waived", key: "waived", isText: true),
        ]
    }

    func repeatEntries(_ cell: CellResult) -> [Entry] {
        let waived = unique(cell.repeats.flatMap(\.waived))
        return [
            .share(cell.repeats.filter { !$0.isValid }.count, of: cell.repeats.count),
            waived.isEmpty ? .nothing : .text(waived.joined(separator: ", ")),
        ]
    }

    /// Names of several lists in one order: the longest list's, which the others leave names out of.
    func merged(_ lists: [[String]]) -> [String] {
        unique(
            lists.enumerated().sorted { ($1.element.count, $0.offset) < ($0.element.count, $1.offset) }.flatMap(
                \.element))
    }

    func unique(_ texts: [String]) -> [String] {
        var seen: Set<String> = []
        return texts.filter { seen.insert($0).inserted }
    }
}
