internal import Measurement
public import Results
internal import Statistics

/// What a calibration tells, for people and for programs.
public struct CalibrationReport: Sendable {
    private let result: GateResult
    private let calibration: Calibration?
    private let path: String?

    /// The report of pairs of A against A; `path` is its file, if it has one.
    public init(_ result: GateResult, path: String? = nil) {
        (self.result, self.path) = (result, path)
        calibration = Calibration(result)
    }

    private var lines: [String] {
        let whole = TimeText.duration(ns: Double(result.pairs.map(\.durationNs).reduce(0, +)))
        let head =
            "calibration of \(result.host.name) by \(result.scenario.name): "
            + "\(NumberText.counted(result.pairs.count, "pair")) of \(result.plan.sliceCount) slices of "
            + "\(GateText.lengths(lengthsNs)) a side in \(whole)"
        guard let calibration else { return [head, "too few pairs to tell anything: a longer --budget gives more"] }
        let best =
            "best for a budget: "
            + zip(Calibration.budgetsNs, calibration.splits).map { budget, split in
                "\(TimeText.duration(ns: Double(budget))) "
                    + (split.map {
                        "\($0.pairCount) pairs of \($0.sliceCount) of \(GateText.lengths([$0.length.sliceNs]))"
                    } ?? "is too little")
            }.joined(separator: ", ")
        return [head, alarmLine].compactMap { $0 } + calibration.lengths.map(Self.line) + [best]
    }

    private static func line(_ length: GateLength) -> String {
        "slices of \(GateText.lengths([length.sliceNs])): a pair takes "
            + "\(TimeText.latency(ns: Double(length.cost.fixedNs))) and "
            + "\(TimeText.latency(ns: Double(length.cost.roundNs))) for each round; standard deviation from slice to "
            + "slice \(NumberText.significant(length.noise.within * 100)) %, of the timed figure that differs most"
    }

    private var lengthsNs: [UInt64] { Array(Set(result.pairs.map { $0.sliceNs ?? result.plan.sliceNs })) }

    private var alarmLine: String? {
        result.simulated.map { simulated in
            let share = IntervalText.ends(simulated.interval.share) { NumberText.significant($0 * 100) }
            return
                "of \(NumberText.grouped(Int64(simulated.gates))) gates simulated from these pairs "
                + "\(NumberText.grouped(Int64(simulated.alarms))) cried wolf (\(share) %, 95 % by Clopper and Pearson)"
        }
    }

    private var table: Table {
        let budgets = Calibration.budgetsNs.map { TimeText.duration(ns: Double($0)) }
        let columns =
            [
                Column(title: "cell", key: "cell", isText: true), Column(title: "figure", key: "metric", isText: true),
                Column(group: "standard deviation", title: "slices", key: "within"),
                Column(group: "standard deviation", title: "processes", key: "between"),
                Column(group: "standard deviation", title: "a pair", key: "deviation"),
            ]
            + budgets.map { Column(group: "smallest effect found (90 %) in", title: $0, key: "effect.\($0)") } + [
                Column(title: "margin", key: "margin"), Column(title: "pairs to pass it", key: "pairsToPass"),
            ]
        return Table(
            caption: "", axisCount: 2, columns: columns, rows: (calibration?.rows ?? []).map(entries))
    }

    private func entries(_ row: Calibration.Row) -> [Entry] {
        func percent(_ share: Double?) -> Entry { .text(share.map { "\(NumberText.significant($0 * 100)) %" } ?? "–") }
        let most = GateCourse.rule.looks.last?.pairCount ?? 0
        return [
            .text(row.row.place), .text(row.row.title), percent(row.noise.within), percent(row.noise.between),
            percent(row.deviation),
        ] + row.effects.map(percent) + [
            .text("\(NumberText.plain(row.row.margin * 100)) %"),
            .text(row.pairsToPass.map { "\($0)" } ?? "over \(most)"),
        ]
    }

    private var notes: [String] {
        let disturbed =
            result.disturbedPairs == 0
            ? []
            : [
                "\(NumberText.counted(result.disturbedPairs, "pair")) more counted for nothing (foreign load, or no slice "
                    + "that both sides have)"
            ]
        return [
            "A against A: deviations are of the logarithm of the ratio of two sides that are the same, within a pair from "
                + "slice to slice, and from pair to pair as fresh processes bring it; effects are those beyond the margin"
                + (calibration.map { "; deviations are those of slices of \(GateText.lengths([$0.best.sliceNs]))" }
                    ?? "")
        ] + disturbed + result.notes
    }

    /// The report for a terminal or a text file.
    public func console(width: Int, proseWidth: Int?, style: TextStyle) -> String {
        let renderer = ConsoleRenderer(width: width, proseWidth: proseWidth, style: style)
        let file = path.map { ["result: \($0) (weir show prints it again)"] } ?? []
        let text = lines.flatMap(renderer.prose) + [""] + renderer.lines(table) + [""]
        return (text + (notes + file).flatMap(renderer.prose)).map { $0 + "\n" }.joined()
    }

    /// The report as GitHub-flavoured Markdown.
    public func markdown() -> String {
        let renderer = MarkdownRenderer()
        let text = lines.flatMap { [renderer.escaped($0), ""] } + renderer.lines(table)
        return (text + [""] + notes.map { "- \(renderer.escaped($0))" }).map { $0 + "\n" }.joined()
    }

    /// The report as JSON, format `weir.report/1`.
    public func json() -> String {
        let renderer = JSONRenderer()
        var root: [String: Any] = [
            "format": JSONRenderer.format, "scenario": result.scenario.name, "verdict": Verdict.valid.rawValue,
            "verdictText": lines.joined(separator: "; "), "experiments": [Any](), "legend": notes,
        ]
        if let path { root["result"] = path }
        var object: [String: Any] = [
            "pairs": result.pairs.count, "disturbedPairs": result.disturbedPairs,
            "slicesPerPair": result.plan.sliceCount,
            "rows": (calibration?.rows ?? []).map(Self.object),
        ]
        if let best = calibration?.best {
            (object["fixedNs"], object["roundNs"]) = (best.cost.fixedNs, best.cost.roundNs)
            object["sliceNs"] = best.sliceNs
        }
        object["lengths"] = calibration?.lengths.map {
            [
                "sliceNs": $0.sliceNs, "fixedNs": $0.cost.fixedNs, "roundNs": $0.cost.roundNs,
                "within": $0.noise.within, "between": $0.noise.between,
            ] as [String: Any]
        }
        if let simulated = result.simulated {
            object["simulatedGates"] = simulated.gates
            object["falseAlarms"] = simulated.alarms
        }
        root["calibration"] = object
        return renderer.text(root)
    }

    private static func object(_ row: Calibration.Row) -> [String: Any] {
        var object: [String: Any] = [
            "cell": row.row.place, "metric": row.row.title, "within": row.noise.within, "between": row.noise.between,
            "deviation": row.deviation, "margin": row.row.margin,
            "effects": zip(Calibration.budgetsNs, row.effects).compactMap { budget, effect in
                effect.map { ["budgetNs": budget, "effect": $0] as [String: Any] }
            },
        ]
        if let pairs = row.pairsToPass { object["pairsToPass"] = pairs }
        return object
    }
}
