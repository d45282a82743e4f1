/// The runs of one side of a comparison: results of the same thing, made at different times.
public struct ComparisonSide: Sendable {
    /// What it is called: the file or the folder.
    public let name: String
    /// Its runs, one at least.
    public let runs: [RunResult]

    /// A side with its runs; nil of none.
    public init?(name: String, runs: [RunResult]) {
        guard !runs.isEmpty else { return nil }
        self.name = name
        self.runs = runs
    }

    /// Whether two results are of one and the same run, such as a file and its copy.
    ///
    /// A run that counts twice would have no variance from run to run.
    public static func isSameRun(_ one: RunResult, _ other: RunResult) -> Bool {
        one.runId == other.runId && one.seed == other.seed && one.startedAt == other.startedAt
    }
}

extension RunResult {
    /// Why its figures may not be compared with those of other runs, in words; nil where they may.
    public var comparisonObjection: String? {
        if endedAt == nil, !interrupted {
            return "its run has not ended: wait for it or, if it was killed, leave the file out"
        }
        for experiment in experiments {
            for cell in experiment.cells where cell.isBroken {
                let reason =
                    cell.endedEarly ?? cell.repeats.lazy.flatMap(\.invalidReasons).first { !$0.code.isBadConditions }
                let words = reason.map { "\($0.code.rawValue): \($0.detail)" } ?? "a start began elsewhere than it must"
                return "not to be trusted: \(cell.axes.place(in: experiment.name)): \(words)"
            }
        }
        if let endedEarly { return "not to be trusted: \(endedEarly.code.rawValue): \(endedEarly.detail)" }
        return isEmpty ? "nothing was measured" : nil
    }
}
