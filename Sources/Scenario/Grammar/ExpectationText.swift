import Names
import Results

/// Reads a line of `expect`: a metric, a relation and a bound.
enum ExpectationText {
    static let lengthMax = 200
    static let wanted = "a line like ack p99 <= 20 ms, records/s >= 0.97 x baseline or wrong starts = 0"
    /// The line's spelling as a regular expression.
    static let pattern = "^[^<>=]*[^<>= ] (<=|>=|=) [0-9]+(\\.[0-9]+)?( ?[^ ]+| x baseline)?$"

    private static let units: [(spelling: String, unit: Expectation.Unit, factor: Double)] = [
        ("ns", .nanoseconds, 1), ("µs", .nanoseconds, 1e3), ("us", .nanoseconds, 1e3), ("ms", .nanoseconds, 1e6),
        ("s", .nanoseconds, 1e9), ("min", .nanoseconds, 6e10), ("h", .nanoseconds, 3.6e12),
        ("B", .bytes, 1), ("KiB", .bytes, 1024), ("MiB", .bytes, 1_048_576), ("GiB", .bytes, 1_073_741_824),
        ("/s", .perSecond, 1), ("MB/s", .megabytesPerSecond, 1),
    ]

    static func read(_ text: String) -> Result<Expectation, KafkaOption.Rejection> {
        guard text.unicodeScalars.count <= lengthMax else {
            return .failure(.init("a line of expect is longer than \(lengthMax) characters"))
        }
        guard let sign = text.firstIndex(where: "<>=≤≥".contains) else {
            return .failure(.init("expect: '\(text)' has no <=, >= or =: write \(wanted)"))
        }
        let signs = text[sign...].prefix { "<>=≤≥".contains($0) }
        guard let relation = Expectation.Relation(rawValue: String(signs)) else {
            return .failure(.init("expect: '\(text)': write \(meant(String(signs))) for \(signs)"))
        }
        let metric = trimmed(text[..<sign])
        guard !metric.isEmpty else { return .failure(.init("expect: '\(text)' names no metric: write \(wanted)")) }
        return bound(trimmed(text[sign...].dropFirst(signs.count)), of: text).map { bound, unit in
            Expectation(metric: metric, relation: relation, bound: bound, unit: unit, text: text)
        }
    }

    private static func meant(_ signs: String) -> String {
        if signs.contains("<") || signs.contains("≤") { return "<=" }
        return signs.contains(">") || signs.contains("≥") ? ">=" : "="
    }

    private static func bound(
        _ text: String, of line: String
    ) -> Result<(Double, Expectation.Unit), KafkaOption.Rejection> {
        guard let (number, rest) = Quantity.split(text) else {
            return .failure(.init("expect: '\(line)': '\(text)' is no number: write \(wanted)"))
        }
        let unit = trimmed(rest[...])
        if unit.isEmpty { return .success((number.value, .number)) }
        if unit == "x baseline" {
            return number.value > 0
                ? .success((number.value, .timesBaseline))
                : .failure(.init("expect: '\(line)': 0 x baseline is nothing"))
        }
        if let known = units.first(where: { $0.spelling == unit }) {
            return .success((number.value * known.factor, known.unit))
        }
        if ["x", "baseline", "* baseline", "times baseline", "× baseline", "x the baseline"].contains(unit) {
            return .failure(.init("expect: '\(line)': write \(DecimalNumber.text(number.value)) x baseline"))
        }
        if unit == "%" {
            return .failure(.init("expect: '\(line)': write shares as numbers, such as 0.97 x baseline"))
        }
        let hint = NearestName.word(unit, among: units.map(\.spelling)).map { " (did you mean '\($0)'?)" } ?? ""
        let known = units.map(\.spelling).filter { $0 != "us" }.joined(separator: ", ")
        return .failure(.init("expect: '\(line)': '\(unit)' is no unit\(hint): write x baseline, or one of \(known)"))
    }

    private static func trimmed(_ text: Substring) -> String {
        let blank: Set<Character> = [" ", "\t"]
        let head = text.drop(while: blank.contains)
        return String(head.prefix(head.count - head.reversed().prefix(while: blank.contains).count))
    }
}
