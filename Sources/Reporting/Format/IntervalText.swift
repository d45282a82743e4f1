public import Statistics

/// What stands behind a figure for its interval.
public enum IntervalText {
    /// ` ±3%` where both ends are about as far from the figure, else both ends, ` (23.3–92.0)`;
    /// nothing without an interval.
    public static func behind(_ estimate: Estimate, _ number: (Double) -> String) -> String {
        guard let interval = estimate.interval, interval != 0...0 else { return "" }
        if let share = estimate.evenSpread { return " \(NumberText.spread(share))" }
        return " (\(ends(interval, number)))"
    }

    /// Both ends: `23.3–92.0`.
    static func ends(_ interval: ClosedRange<Double>, _ number: (Double) -> String) -> String {
        "\(number(interval.lowerBound))–\(number(interval.upperBound))"
    }

    /// The rule by which `behind` chooses, in a sentence.
    public static let rule =
        "± is how far the farther end of the interval is from the figure, where that is at most "
        + "\(NumberText.plain(Estimate.evenEndsRatioMax)) times as far as the nearer, or "
        + "\(NumberText.plain(Estimate.evenShareMax * 100)) %; else both ends stand in parentheses."
}

/// What figures of one cell are printed in: a divisor and the unit behind the number.
struct Scale {
    var divisor = 1.0
    var unit = ""

    func number(_ value: Double) -> String { NumberText.significant(value / divisor) }

    /// A number with the unit behind it.
    func withUnit(_ number: String) -> String { unit.isEmpty ? number : "\(number) \(unit)" }
}
