internal import Measurement
internal import Results
internal import Statistics

/// Makes an experiment's tables: the answer first, then what explains it.
struct SectionBuilder {
    let experiment: ExperimentResult
    let result: RunResult
    /// The cells' figures, in the scenario's order.
    let cells: [CellFigures]
    /// The figures that there are.
    let catalogue: MetricCatalogue

    init(_ experiment: ExperimentResult, _ result: RunResult) throws(HistogramError) {
        self.experiment = experiment
        self.result = result
        var cells: [CellFigures] = []
        for cell in experiment.cells {
            cells.append(try CellFigures(cell, seed: result.seed))
        }
        self.cells = cells
        catalogue = MetricCatalogue(experiment.kind, of: experiment.cells.flatMap(\.validRepeats))
    }

    func section() -> Report.Section {
        let all = [
            answerTable(), latencyTable(), offsetTable(), stepTable(), costTable(), requestTable(), disturbanceTable(),
        ]
        let tables = cells.isEmpty ? [] : all.compactMap { $0 }
        return Report.Section(
            heading: heading, name: experiment.name, kind: experiment.kind, tables: tables,
            unshown: tables.isEmpty ? nil : unshownTable(),
            notes: SectionNotes(self).lines(below: tables),
            endedEarly: endedEarly.map { end in
                Report.EarlyEnd(
                    axes: end.cell.axes.map { ($0.name, $0.value) }, code: end.reason.code.rawValue,
                    detail: end.reason.detail, repeatsNotRun: notRunCount(end.cell))
            })
    }

    /// The cells that were not measured to their end.
    var endedEarly: [(cell: CellResult, reason: InvalidReason)] {
        experiment.cells.compactMap { cell in cell.endedEarly.map { (cell, $0) } }
    }

    private var heading: String {
        let what =
            switch experiment.kind {
            case .produce: "produce"
            case .consume: "consume"
            case .endToEnd: "produce and consume, end to end"
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
    func table(_ caption: String, _ fields: [Field]) -> Table? {
        let axes = experiment.axes.map { Column(title: $0, key: $0, isText: true) }
        // Without an axis there is one cell, and it still wants a name.
        let names = axes.isEmpty ? [Column(title: "", key: "", isText: true)] : axes
        let table = Table(
            caption: caption, axisCount: names.count, columns: names + fields.map(\.column),
            rows: cells.map { cell in
                let places: [Entry] = cell.cell.axes.map { .text($0.value) }
                return (places.isEmpty ? [.text(experiment.name)] : places) + fields.map { $0.entry(cell) }
            })
        let kept = table.withoutEmptyColumns()
        return kept.columns.count > kept.axisCount ? kept : nil
    }

    /// How many of the repeats are invalid, and what was waived.
    var repeatFields: [Field] {
        [
            Field(Column(group: "repeats", title: "invalid", key: "invalidRepeats")) { figures in
                let repeats = figures.cell.repeats
                return .share(repeats.filter { !$0.isValid }.count, of: repeats.count)
            },
            Field(Column(group: "repeats", title: "not run", key: "repeatsNotRun")) { figures in
                figures.cell.endedEarly == nil ? .nothing : .count(Int64(notRunCount(figures.cell)))
            },
            .text(group: "checks", "waived", key: "waived") { figures in
                let waived = unique(figures.cell.repeats.flatMap(\.waived))
                return waived.isEmpty ? nil : waived.joined(separator: ", ")
            },
        ]
    }

    private func notRunCount(_ cell: CellResult) -> Int { max(0, experiment.plannedRepeats - cell.repeats.count) }

    /// Each of them once, where it stands first.
    func unique<T: Hashable>(_ all: [T]) -> [T] {
        var seen: Set<T> = []
        return all.filter { seen.insert($0).inserted }
    }
}
