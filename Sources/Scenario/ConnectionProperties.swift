/// The file that `--command-config` names: how to connect, in Java's properties format, and nothing that changes what is measured.
///
/// It may hold secrets, so nothing of it but the names of its keys may be stored or printed.
public struct ConnectionProperties: Sendable, Equatable {
    /// Kafka's connection options; never to be stored or printed.
    public let properties: [String: String]
    /// The names of the keys, sorted.
    public var keys: [String] { properties.keys.sorted() }

    private static let byteCountMax = 65_536

    /// Reads a file; everything that is wrong is thrown at once, without any value.
    public static func load(path: String) throws(ScenarioErrors) -> ConnectionProperties {
        try parse(ScenarioFile.read(path, byteCountMax: byteCountMax), path: path)
    }

    /// Reads a file's bytes.
    static func parse(_ bytes: [UInt8], path: String) throws(ScenarioErrors) -> ConnectionProperties {
        var problems = Problems(sources: [path])
        var properties: [String: String] = [:]
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw ScenarioErrors(problems: [
                ScenarioProblem(source: path, line: nil, column: nil, message: "not UTF-8 text")
            ])
        }
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let line = line.drop(while: \.isWhitespace)
            guard let first = line.first, first != "#", first != "!" else { continue }
            let mark = Mark(source: 0, line: index + 1, column: 1)
            guard let sign = line.firstIndex(where: { $0 == "=" || $0 == ":" }), sign != line.startIndex else {
                problems.error(mark, "a line is KEY=VALUE")
                continue
            }
            let key = trimmed(line[..<sign])
            let value = trimmed(line[line.index(after: sign)...])
            if properties.updateValue(value, forKey: key) != nil { problems.error(mark, "'\(key)' stands here twice") }
            if let objection = objection(key, value) { problems.error(mark, objection) }
        }
        if let thrown = problems.thrown { throw thrown }
        return ConnectionProperties(properties: properties)
    }

    /// What is wrong with a line; never with its value in it.
    private static func objection(_ key: String, _ value: String) -> String? {
        if let option = KafkaOption.connection.first(where: { $0.name == key }) {
            if case .failure = option.check(value) { return "\(key) has a value it cannot have: \(option.wanted)" }
            return nil
        }
        let others = [KafkaRole.producer, .consumer, .topic, .broker]
        if let other = others.first(where: { $0.options.contains { $0.name == key } }) {
            return "'\(key)' would change what is measured unseen: it stands in the scenario, in \(other.rawValue)"
        }
        if key.hasPrefix("ssl.") || key.hasPrefix("sasl.") {
            return "'\(key)' is not there yet: Weir connects in PLAINTEXT only so far"
        }
        let names = KafkaOption.connection.map(\.name)
        return "unknown key '\(key)'"
            + (NearestName.hint(key, among: names) ?? " (there are \(names.joined(separator: ", ")))")
    }

    private static func trimmed(_ text: Substring) -> String {
        String(text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}

extension KafkaOption {
    /// What could stand there.
    fileprivate var wanted: String {
        switch kind {
        case .word(let words): words.joined(separator: ", ")
        case .servers: "host:port, several separated by commas"
        default: "a value of its type"
        }
    }
}
