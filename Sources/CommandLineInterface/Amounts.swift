/// Amounts on the command line, spelt as in scenarios.
enum Amounts {
    private static let times: [(unit: String, ns: Double)] = [("h", 3.6e12), ("min", 6e10), ("s", 1e9)]
    /// No budget is longer: a week.
    private static let nsMax = 6.048e14

    /// The share that an option says, such as `3 %`; nil without the option.
    static func share(_ option: String, _ arguments: ParsedArguments, of command: String) throws(UsageError) -> Double?
    {
        guard let text = arguments.last(option) else { return nil }
        guard let percent = number(text, unit: "%"), percent > 0, percent < 1000 else {
            throw UsageError(message: "\(command): --\(option) '\(text)' is no share: write one like '3 %'")
        }
        return percent / 100
    }

    /// The time that an option says, such as `10 min`, in nanoseconds; nil without the option.
    static func duration(
        _ option: String, _ arguments: ParsedArguments, of command: String
    ) throws(UsageError) -> UInt64? {
        guard let text = arguments.last(option) else { return nil }
        let found = times.lazy.compactMap { time in number(text, unit: time.unit).map { $0 * time.ns } }.first
        guard let found, found >= 1e9, found <= nsMax else {
            throw UsageError(message: "\(command): --\(option) '\(text)' is no time: write one like '10 min' or '90 s'")
        }
        return UInt64(found)
    }

    private static func number(_ text: String, unit: String) -> Double? {
        guard text.hasSuffix(unit) else { return nil }
        let head = text.dropLast(unit.count)
        let digits = head.hasSuffix(" ") ? head.dropLast() : head
        guard !digits.isEmpty, digits.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ".") }) else { return nil }
        return Double(digits)
    }
}
