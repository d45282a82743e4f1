/// What became of one expectation of one cell.
public struct ExpectationOutcome: Sendable, Equatable {
    /// What is said of it.
    public enum Verdict: String, Sendable, Codable, CaseIterable {
        /// It holds.
        case met
        /// It does not hold.
        case notMet = "not met"
        /// It cannot be told.
        case inconclusive
    }

    /// The experiment's name.
    public var experiment: String
    /// Where the cell stands.
    public var axes: [AxisSetting]
    /// What was expected.
    public var expectation: Expectation
    /// What is said of it.
    public var verdict: Verdict
    /// The figure: the geometric mean of the repeats' (a ratio to the baseline where one was
    /// expected); of a count, the sum over all repeats.
    public var value: Double?
    /// Where the figure lies with the stated confidence on either side; none of a count, which is
    /// exact.
    public var interval: ClosedRange<Double>?
    /// How many repeats, or rounds, it is from.
    public var valueCount: Int
    /// How many more would decide it, at the spread seen.
    public var furtherCount: Int?
    /// Why it cannot be told.
    public var reason: String?

    /// The cell's place in words: the experiment, then its axes' values.
    public var place: String { axes.place(in: experiment) }
}
