internal import Foundation
public import Results
internal import Statistics

/// What a gate says, for people and for programs.
public struct GateReport: Sendable {
    private let gate: GateResult
    private let judgements: [GateRule.Judgement]?
    private let course: GateCourse
    private let path: String?

    /// The report of a gate; `path` is its file, if it has one.
    public init(_ gate: GateResult, path: String? = nil) {
        (self.gate, self.path) = (gate, path)
        (judgements, course) = (gate.judgements, gate.course)
    }

    private var baseline: GateSide? { gate.sides.first }
    private var candidate: GateSide? { gate.sides.last }

    /// The verdict and what it rests on: three lines at most.
    var verdictLines: [String] {
        let sides = [candidate, baseline].map { $0?.words ?? "" }.joined(separator: " beside ")
        let advice = advice.map { [$0] } ?? []
        return ["\(gate.verdict.rawValue): \(sides)", evidence] + advice
    }

    /// What the verdict rests on.
    private var evidence: String {
        let counts = GateRule.Verdict.allCases.compactMap { verdict -> String? in
            let count = gate.rows.indices.filter { judgements?[$0].verdict == verdict }.count
            return count == 0 ? nil : "\(count) \(verdict.rawValue)"
        }
        let rows = judgements == nil ? NumberText.counted(gate.rows.count, "figure") : counts.joined(separator: ", ")
        let lastNs = gate.pairs.map(\.durationNs).reduce(0, +)
        let again =
            gate.disturbedPairs == 0
            ? ""
            : "; \(NumberText.counted(gate.disturbedPairs, "pair")) more counted for nothing (foreign load, or no slice "
                + "that both sides have)"
        return
            "\(rows); \(NumberText.counted(gate.pairs.count, "pair")) of \(gate.plan.sliceCount) slices of "
            + "\(GateText.lengths([gate.plan.sliceNs])) a side in "
            + "\(TimeText.duration(ns: Double(lastNs)))\(again)"
    }

    /// What to do, or why it ended; nil where it is clear.
    private var advice: String? {
        guard gate.verdict == .inconclusive else { return nil }
        if gate.standsStillMore {
            return "the candidate stood still in \(gate.standstills.candidate) slices, the baseline in "
                + "\(gate.standstills.baseline): look at it with weir run"
        }
        if gate.isSaturatedMore {
            return "the candidate could not follow the rate in \(gate.saturated.candidate) slices, the baseline in "
                + "\(gate.saturated.baseline): gate at a lower rate, or records/s in a closed loop"
        }
        switch gate.ending {
        case .interrupted: return "stopped before it was clear"
        case nil: return "it was ended before it was clear"
        case .budgetUsedUp where gate.disturbedPairs > gate.pairs.count:
            return "most pairs counted for nothing: gate when the host is quiet, or allow others more by --foreign"
        case .budgetUsedUp where gate.pairs.count < (GateCourse.rule.looks.last?.pairCount ?? 0):
            return "the budget of \(budget) was used up: a longer --budget or a wider margin may tell"
        case .clear, .pairsUsedUp, .budgetUsedUp:
            return
                "no look at up to \(gate.pairs.count) pairs was clear: a longer --budget gives longer pairs; "
                + "weir calibrate says what this host can tell"
        }
    }

    private var budget: String { TimeText.duration(ns: Double(gate.plan.budgetNs)) }

    // MARK: The table

    private var table: Table {
        let columns = [
            Column(title: "cell", key: "cell", isText: true), Column(title: "figure", key: "metric", isText: true),
            Column(title: "baseline", key: "baseline"), Column(title: "candidate", key: "candidate"),
            Column(title: "candidate / baseline", key: "ratio"), Column(title: "margin", key: "margin"),
            Column(title: "verdict", key: "verdict", isText: true),
        ]
        return Table(caption: "", axisCount: 2, columns: columns, rows: gate.rows.indices.map(entries))
    }

    private func entries(_ index: Int) -> [Entry] {
        let row = gate.rows[index]
        let figures = gate.pairs.map { $0.figures[index] }
        func mean(_ value: (GatePair.Figure) -> Double) -> Entry {
            .figure(Estimate.geometricMean(figures.map(value)), row.figure?.unit ?? .one)
        }
        return [
            .text(row.place), .text(row.title), mean(\.baseline), mean(\.candidate), .figure(ratio(index), .ratio),
            .text("\(NumberText.plain(row.margin * 100)) %"), .text(verdict(index)),
        ]
    }

    /// How many times the baseline's figure the candidate's is, whichever way is better.
    private func ratio(_ index: Int) -> Estimate? {
        let better = gate.rows[index].figure?.better
        guard let judgement = judgements?[index] else {
            let logs = gate.pairs.map { $0.figures[index].logRatio * (better == .higher ? -1 : 1) }
            return logs.isEmpty ? nil : Estimate(value: exp(logs.reduce(0, +) / Double(logs.count)), interval: nil)
        }
        let interval = judgement.interval
        let isBounded = interval.lowerBound > 0 && interval.upperBound.isFinite
        guard better == .higher else {
            return Estimate(value: judgement.ratio, interval: isBounded ? interval : nil)
        }
        return Estimate(
            value: 1 / judgement.ratio, interval: isBounded ? 1 / interval.upperBound...1 / interval.lowerBound : nil)
    }

    private func verdict(_ index: Int) -> String {
        guard let verdict = judgements?[index].verdict else { return "–" }
        return verdict == .inconclusive && course.isTimingsWork(index) ? "varies, not judged" : verdict.rawValue
    }

    private var notes: [String] {
        let clusters = Set(gate.sides.flatMap(\.clusters)).sorted()
        let alone = gate.pairs.flatMap(\.figures).map(\.aloneCount).max() ?? 0
        var notes = [
            "the intervals hold with \(confidence) each: how far slices of the two sides, measured in turn, differ "
                + "over pairs of fresh processes (exact sign-flip test, \(alpha) over all looks and rows)"
        ]
        if !clusters.isEmpty {
            notes.append(
                "not started anew for each pair: \(clusters.joined(separator: ", ")): the verdict is about what runs "
                    + "there, and not about its version")
        }
        if alone > 0 {
            notes.append("up to \(NumberText.counted(alone, "slice")) of a pair stood alone: only one side was valid")
        }
        let leftOut = [
            ("slices in which nothing came for too long, which are left out", gate.standstills),
            ("saturated slices, whose latencies are lower bounds and left out", gate.saturated),
        ]
        for (what, counts) in leftOut where counts != SideCounts() {
            notes.append("\(what): \(counts.baseline) of the baseline, \(counts.candidate) of the candidate")
        }
        if gate.rows.indices.contains(where: course.isTimingsWork) {
            notes.append("varies, not judged: a count that differs from pair to pair as timed figures do")
        }
        return notes + gate.notes + [GateResult.citation(of: gate.calibration)]
    }

    private var alpha: String { "\(NumberText.plain(GateRule.alphaDefault * 100)) %" }

    private var confidence: String {
        let looks = GateCourse.rule.looks
        let done = looks.last { $0.pairCount <= gate.pairs.count } ?? looks[0]
        let isBetween = gate.ending == .budgetUsedUp && done.pairCount < gate.pairs.count
        let look = isBetween ? looks.first { $0.pairCount > gate.pairs.count } ?? done : done
        return "\(NumberText.plain((1 - look.alpha) * 100)) %"
    }

    // MARK: The forms

    /// The report for a terminal or a text file.
    public func console(width: Int, proseWidth: Int?, style: TextStyle) -> String {
        let renderer = ConsoleRenderer(width: width, proseWidth: proseWidth, style: style)
        let lines = verdictLines.flatMap(renderer.prose) + [""] + renderer.lines(table)
        let file = path.map { ["result: \($0) (weir show prints it again)"] } ?? []
        return (lines + [""] + (notes + file).flatMap(renderer.prose)).map { $0 + "\n" }.joined()
    }

    /// The report as GitHub-flavoured Markdown.
    public func markdown() -> String {
        let renderer = MarkdownRenderer()
        let lines =
            ["**\(renderer.escaped(verdictLines[0]))**", ""] + verdictLines.dropFirst().map(renderer.escaped) + [""]
            + renderer.lines(table)
        return (lines + [""] + notes.map { "- \(renderer.escaped($0))" }).map { $0 + "\n" }.joined()
    }

    /// The report as JSON, format `weir.report/1`.
    public func json() -> String {
        let renderer = JSONRenderer()
        var root: [String: Any] = [
            "format": JSONRenderer.format, "scenario": gate.scenario.name, "verdict": gate.verdict.rawValue,
            "verdictText": verdictLines.joined(separator: "; "), "experiments": [Any](), "legend": notes,
        ]
        if let path { root["result"] = path }
        var object: [String: Any] = [
            "sides": gate.sides.map(JSONRenderer.object), "pairs": gate.pairs.count,
            "disturbedPairs": gate.disturbedPairs, "slicesPerPair": gate.plan.sliceCount,
            "sliceNs": gate.plan.sliceNs,
            "budgetNs": gate.plan.budgetNs, "rows": rows(renderer),
        ]
        if let ending = gate.ending { object["ending"] = ending.rawValue }
        root["gate"] = object
        return renderer.text(root)
    }

    private func rows(_ renderer: JSONRenderer) -> [[String: Any]] {
        zip(gate.rows.indices, renderer.rows(table)).map { index, object in
            let row = gate.rows[index]
            return object.merging([
                "margin": row.margin, "isCounted": row.isCounted, "verdict": judgements?[index].verdict.rawValue ?? "",
                "isJudged": !(course.isTimingsWork(index) && judgements?[index].verdict == .inconclusive),
            ]) { $1 }
        }
    }

    /// Its rows as checks.
    public var checks: [Check] { whole.map { [$0] + rowChecks } ?? rowChecks }

    /// What no row says: that the gate as a whole is not clear.
    private var whole: Check? {
        guard gate.verdict == .inconclusive, !rowChecks.contains(where: { $0.status == .inconclusive }) else {
            return nil
        }
        return Check(
            suite: gate.scenario.name, name: "the gate is clear", status: .inconclusive,
            message: verdictLines.joined(separator: "; "))
    }

    private var rowChecks: [Check] {
        gate.rows.indices.map { index in
            let row = gate.rows[index]
            let verdict = judgements?[index].verdict ?? .inconclusive
            let isLeftOut = verdict == .inconclusive && course.isTimingsWork(index)
            let status: Check.Status =
                switch verdict {
                case .pass, .improved: .passed
                case .regressed: .failed
                case .inconclusive: isLeftOut ? .passed : .inconclusive
                }
            let ratio = Entry.figure(ratio(index), .ratio).text
            return Check(
                suite: row.experiment, name: (row.axes.map(\.value) + [row.title]).joined(separator: ", "),
                status: status,
                message: "\(isLeftOut ? "varies, not judged" : verdict.rawValue): candidate is \(ratio) × baseline, "
                    + "margin \(NumberText.plain(row.margin * 100)) %, \(gate.pairs.count) pairs")
        }
    }
}

extension JSONRenderer {
    /// A side as an object.
    static func object(_ side: GateSide) -> [String: Any] {
        [
            "name": side.name, "said": side.said, "clusters": side.clusters,
            "weir": ["version": side.weir.version, "commit": side.weir.commit],
        ]
    }
}

extension Estimate {
    /// The geometric mean of figures above 0; nil without any.
    fileprivate static func geometricMean(_ figures: [Double]) -> Estimate? {
        guard !figures.isEmpty else { return nil }
        return Estimate(value: exp(figures.map { log($0) }.reduce(0, +) / Double(figures.count)), interval: nil)
    }
}
