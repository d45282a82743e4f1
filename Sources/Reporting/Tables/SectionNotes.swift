internal import Measurement
internal import Results

/// The notes below an experiment's tables.
struct SectionNotes {
    private let builder: SectionBuilder
    /// The invalid repeats that are named one by one.
    private static let invalidListedMax = 20

    init(_ builder: SectionBuilder) { self.builder = builder }

    func lines(below tables: [Table]) -> [String] {
        ended + invalid + disagreeing(tables) + saturated + unequalLoads + movedEnds + unheldCodec + steal + missing
    }

    private var cells: [CellResult] { builder.cells.map(\.cell) }

    private var ended: [String] {
        builder.endedEarly.map { end in
            "ended early: \(name(end.cell)), after \(end.cell.repeats.count) of \(builder.experiment.plannedRepeats) repeats: "
                + "\(end.reason.code.rawValue): \(end.reason.detail)"
        }
    }

    private var invalid: [String] {
        let all = cells.flatMap { cell in
            cell.repeats.filter { !$0.isValid }.map { made in
                "invalid: \(name(cell)), repeat \(made.round): \(reasons(made))"
            }
        }
        let rest = all.count - Self.invalidListedMax
        return all.prefix(Self.invalidListedMax) + (rest > 0 ? ["… and \(rest) more invalid repeats"] : [])
    }

    private func reasons(_ made: Repeat) -> String {
        var reasons = made.invalidReasons.map { "\($0.code.rawValue): \($0.detail)" }
        let isNamed = made.invalidReasons.contains { $0.code == .wrongStartOffset }
        if let starts = made.starts, let first = starts.wrong.first, !isNamed {
            reasons.append("wrong start offset: \(starts.wrongCount), first \(words(for: first))")
        }
        return reasons.joined(separator: "; ")
    }

    private func words(for wrong: StartsRecord.WrongStart) -> String {
        let demanded = wrong.demanded.map(NumberText.grouped) ?? "a refusal"
        let observed = wrong.observed.map(NumberText.grouped) ?? "none"
        return "start \(wrong.start), partition \(wrong.partition): \(observed) instead of \(demanded)"
    }

    private var saturated: [String] {
        cells.filter { $0.validRepeats.contains(where: \.saturated) }.map { cell in
            "saturated: \(name(cell)): what is measured could not follow the rate; its latencies (≥) are lower bounds"
        }
    }

    private var unequalLoads: [String] {
        let kinds = Set(cells.compactMap(\.load?.kind))
        return kinds.count > 1 ? ["Loads differ in kind: their rates, CPU and latencies can't be compared."] : []
    }

    /// The repeats' own figures where those of the answer disagree.
    private func disagreeing(_ tables: [Table]) -> [String] {
        guard let answer = tables.first else { return [] }
        let all = zip(cells, answer.rows).flatMap { cell, row in
            zip(answer.columns, row).compactMap { column, entry -> String? in
                // The rate in bytes disagrees where the rate in records does.
                guard column.key != Metric.megabytesPerSecond, let figures = entry.disagreement else { return nil }
                return "repeats disagree: \(name(cell)), \(column.fullTitle): \(figures)"
            }
        }
        let rest = all.count - Self.invalidListedMax
        return all.prefix(Self.invalidListedMax) + (rest > 0 ? ["… and \(rest) more that disagree"] : [])
    }

    /// That the ends of logs moved during starts, and how wide that made the ranges of right
    /// offsets.
    private var movedEnds: [String] {
        let widest = cells.compactMap { StartOffsets($0)?.widest }.max() ?? 0
        guard widest > 0 else { return [] }
        return [
            "ends moved: others wrote to the topic, its retention went on, or a group's owner committed, during starts. Every offset "
                + "between an end or commit before and after a start is right; they lay up to \(NumberText.grouped(widest)) apart"
        ]
    }

    /// The cells whose stored codec could not be checked.
    private var unheldCodec: [String] {
        let unheld = cells.filter { cell in
            cell.validRepeats.contains { made in
                guard let counts = made.reconciliation, !made.waived.contains("codec") else { return false }
                return counts.codecExpected == nil && !counts.codecsStored.isEmpty
            }
        }
        guard !unheld.isEmpty else { return [] }
        return [
            "codec not checked: \(unheld.map(name).joined(separator: "; ")): which codec should be stored is not known, as the cluster does not "
                + "say the topic's compression.type, or it is the producers' own"
        ]
    }

    private static let stealShareMin = 0.01

    private var steal: [String] {
        let coreCount = Double(max(builder.result.host.coreCount, 1))
        let shares = cells.flatMap(\.validRepeats).compactMap(\.stolenCores).map { $0 / coreCount }
        guard let most = shares.max(), most >= Self.stealShareMin else { return [] }
        return ["steal: the hypervisor took up to \(NumberText.significant(most * 100)) % of the host's processor time"]
    }

    private var missing: [String] {
        let planned = builder.experiment.plannedRepeats
        let made = cells.map(\.repeats.count).reduce(0, +)
        // Cells that ended early have a note of their own.
        guard cells.contains(where: { $0.endedEarly == nil && $0.repeats.count < planned }) else { return [] }
        return ["incomplete: \(made) of \(planned * cells.count) repeats were made"]
    }

    private func name(_ cell: CellResult) -> String {
        cell.axes.isEmpty
            ? builder.experiment.name : cell.axes.map { "\($0.name) \($0.value)" }.joined(separator: ", ")
    }
}
