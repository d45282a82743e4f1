import Names

/// Reads Kafka's options out of a dictionary, checks each, and notes every problem instead of
/// stopping at the first.
struct OptionReader {
    private let properties: [String: String]
    private(set) var problems: [ConfigurationError.Problem] = []

    /// Notes every key of `properties` that is not among `known`.
    init(_ properties: [String: String], known: [String]) {
        self.properties = properties
        for key in properties.keys.sorted() where !known.contains(key) {
            problems.append(.init(key: key, reason: "unknown option", nearest: NearestName.find(key, among: known)))
        }
    }

    /// Whether the user gave this option.
    func has(_ key: String) -> Bool { properties[key] != nil }

    /// An option's text without surrounding blanks.
    func text(_ key: String) -> String? { properties[key].map(trimmed) }

    /// Notes that an option is wrong.
    mutating func reject(_ key: String, _ reason: String) {
        problems.append(.init(key: key, reason: reason))
    }

    /// A whole number within `range`.
    mutating func integer(_ key: String, default standard: Int, in range: ClosedRange<Int>) -> Int {
        guard let text = text(key) else { return standard }
        guard let value = Int(text) else {
            reject(key, "'\(text)' is no whole number")
            return standard
        }
        guard range.contains(value) else {
            reject(key, "\(value) is not within \(range.lowerBound)…\(range.upperBound)")
            return standard
        }
        return value
    }

    /// `true` or `false`.
    mutating func boolean(_ key: String, default standard: Bool) -> Bool {
        guard let text = text(key) else { return standard }
        switch text.lowercased() {
        case "true": return true
        case "false": return false
        default:
            reject(key, "'\(text)' is neither true nor false")
            return standard
        }
    }

    /// One of a few named values.
    mutating func choice<Value>(_ key: String, default standard: Value, _ choices: [(String, Value)]) -> Value {
        guard let text = text(key) else { return standard }
        if let found = choices.first(where: { $0.0 == text.lowercased() }) { return found.1 }
        reject(key, "'\(text)' is none of " + choices.map(\.0).joined(separator: ", "))
        return standard
    }

    /// Throws everything that was noted.
    func finish() throws(ConfigurationError) {
        guard problems.isEmpty else { throw ConfigurationError(problems.sorted { $0.key < $1.key }) }
    }
}

/// `text` without blanks at its ends.
func trimmed(_ text: String) -> String {
    var slice = text[...]
    while let first = slice.first, first.isWhitespace { slice.removeFirst() }
    while let last = slice.last, last.isWhitespace { slice.removeLast() }
    return String(slice)
}
