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
}
