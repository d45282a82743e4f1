public import Results

/// How far a run has come, for one line on a terminal.
public struct RunProgress: Sendable, Equatable {
    /// The experiment that runs.
    public var experiment: String
    /// The cell that runs.
    public var axes: [AxisSetting]
    /// The round that runs, from 1, and how many there are.
    public var round: Int
    /// How many rounds there are.
    public var roundCount: Int
    /// The repeats that are done, over all experiments.
    public var repeatsDone: Int
    /// The repeats that there are, over all experiments.
    public var repeatCount: Int
    /// How long the run has lasted.
    public var elapsedNs: UInt64
    /// How long it is expected to last from now; nil where nobody can say.
    public var leftNs: UInt64?
    /// What happens now, such as `warm-up`; nil in the measured window.
    public var step: String?
    /// The present rate; nil while there is none.
    public var perSecond: Double?
    /// What the rate counts: `records` or `starts`.
    public var unit: String

    /// A state of a run.
    public init(
        experiment: String, axes: [AxisSetting], round: Int, roundCount: Int, repeatsDone: Int, repeatCount: Int,
        elapsedNs: UInt64, leftNs: UInt64? = nil, step: String? = nil, perSecond: Double? = nil,
        unit: String = "records"
    ) {
        self.experiment = experiment
        self.axes = axes
        self.round = round
        self.roundCount = roundCount
        self.repeatsDone = repeatsDone
        self.repeatCount = repeatCount
        self.elapsedNs = elapsedNs
        self.leftNs = leftNs
        self.step = step
        self.perSecond = perSecond
        self.unit = unit
    }

    /// What takes a moving line off a terminal, before anything else is written there.
    public static let erasure = "\r\u{1b}[2K"

    /// The moving line: to be written over the one before, without a line's end; it leaves the last column free, as
    /// some terminals wrap there.
    public func terminalLine(width: Int, style: TextStyle = .unicode) -> String {
        Self.erasure + style.cut(style.clean(parts.joined(separator: " | ")), to: max(width - 1, 0))
    }

    private var parts: [String] {
        let left = leftNs.map { ", \(TimeText.clock(ns: $0)) left" } ?? ""
        let rate = perSecond.map { "\(NumberText.significant($0)) \(unit)/s" }
        let clock = "\(TimeText.clock(ns: elapsedNs)) elapsed\(left)"
        let place = ["\(repeatsDone)/\(repeatCount)", clock, experiment] + (axes.isEmpty ? [] : [cellName(axes)])
        return place + ["repeat \(round)/\(roundCount)"] + [step, rate].compactMap { $0 }
    }

    /// The line that says, where there is no terminal, how the repeat went that is just done.
    public func plainLine(
        after made: Repeat, kind: ExperimentResult.Kind, style: TextStyle = .unicode
    ) -> String {
        let cell = axes.isEmpty ? "" : ", \(cellName(axes))"
        let left = leftNs.map { ", \(TimeText.duration(ns: Double($0))) left" } ?? ""
        return style.clean(
            "\(repeatsDone)/\(repeatCount) \(experiment)\(cell), repeat \(round)/\(roundCount): "
                + "\(outcome(made, kind))\(left)")
    }

    private func outcome(_ made: Repeat, _ kind: ExperimentResult.Kind) -> String {
        guard made.isValid else {
            let reasons = made.invalidReasons.map { "\($0.code.rawValue): \($0.detail)" }
            return "INVALID (\(reasons.isEmpty ? "wrong start offset" : reasons.joined(separator: "; ")))"
        }
        let saturated = made.saturated ? ", saturated" : ""
        if kind == .start {
            let end = made.latency(.firstRecord) ?? made.latency(.caughtUp) ?? made.latency(.ready)
            let median = end.map { ", median \(TimeText.latency(ns: Double($0.p50Ns))) to \($0.kind.rawValue)" } ?? ""
            return "\(NumberText.grouped(Int64(made.starts?.reachedAtNs.count ?? 0))) starts\(median)"
        }
        let rate = made.perSecond(made.records(kind)).map { "\(NumberText.significant($0)) records/s" } ?? "no time"
        let latency = made.latency(kind == .both ? .endToEnd : .acknowledgement)
        let median = latency.map { ", median \(TimeText.latency(ns: Double($0.p50Ns)))" } ?? ""
        return rate + median + saturated
    }
}

private func cellName(_ axes: [AxisSetting]) -> String {
    axes.map { "\($0.name) \($0.value)" }.joined(separator: ", ")
}
