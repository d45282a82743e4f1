import Names

/// The file that `--command-config` names: how to connect, in Java's properties format, and nothing
/// that changes what is measured.
///
/// It may hold secrets, so nothing of it but the names of its keys may be stored or printed.
public struct ConnectionProperties: Sendable, Equatable {
    /// Kafka's connection options; never to be stored or printed.
    public let properties: [String: String]
    /// What stands in the file without effect, a line each; without any value.
    public let warnings: [ScenarioProblem]
    /// The names of the keys, sorted.
    public var keys: [String] { properties.keys.sorted() }

    private static let byteCountMax = 65_536

    /// Reads a file; everything that is wrong is thrown at once, without any value.
    public static func load(path: String) throws(ScenarioErrors) -> ConnectionProperties {
        try parse(ScenarioFile.read(path, byteCountMax: byteCountMax), path: path)
    }

    /// Reads a file's bytes.
    static func parse(_ bytes: [UInt8], path: String) throws(ScenarioErrors) -> ConnectionProperties {
        let entries: [PropertiesText.Entry]
        do { entries = try PropertiesText.entries(bytes) } catch {
            throw ScenarioErrors(problems: [
                ScenarioProblem(
                    source: path, line: error.line, column: error.line.map { _ in 1 }, message: error.message)
            ])
        }
        // As in Java the last line of a key is the one that counts.
        let last = Dictionary(entries.map { ($0.key, $0) }, uniquingKeysWith: { $1 })
        var problems = Problems(sources: [path])
        var properties: [String: String] = [:]
        let security = last["security.protocol"].map { trimmed($0.value).uppercased() }
        for entry in last.values {
            let mark = Mark(source: 0, line: entry.line, column: 1)
            switch judge(entry.key, trimmed(entry.value), security: security ?? plaintext) {
            case .taken(let value): properties[entry.key] = value
            case .idle(let reason): problems.warn(mark, reason)
            case .refused(let reason): problems.error(mark, reason)
            case .ignored: break
            }
        }
        if let thrown = problems.thrown { throw thrown }
        return ConnectionProperties(properties: properties, warnings: problems.publishedWarnings)
    }

    private enum LineOutcome {
        case taken(String)
        /// It stands there without effect.
        case idle(String)
        case refused(String)
        /// There is nothing to take, or another line has already named the problem.
        case ignored
    }

    private static let plaintext = "PLAINTEXT"
    private static let secured = ["SSL", "SASL_PLAINTEXT", "SASL_SSL"]

    /// What becomes of a line; never with its value in the words.
    private static func judge(_ key: String, _ value: String, security: String) -> LineOutcome {
        if key == "security.protocol" { return judgeSecurity(security) }
        if let option = KafkaOption.connection.first(where: { $0.name == key }) {
            let outcome = judge(option, value)
            // The command line names the servers wherever such a file is read, so that these are
            // not asked.
            guard key == "bootstrap.servers", case .refused = outcome else { return outcome }
            return .taken(value)
        }
        if key.hasPrefix("ssl.") || key.hasPrefix("sasl.") {
            return security == plaintext
                ? .idle("'\(key)' has no effect, as security.protocol is \(plaintext)") : .ignored
        }
        return .refused(refusal(key))
    }

    /// The protocol's name is one of four known words, so that it can be told without telling a
    /// secret.
    private static func judgeSecurity(_ name: String) -> LineOutcome {
        if name == plaintext { return .taken(name) }
        return secured.contains(name)
            ? .refused("security.protocol \(name) is not there yet: Weir connects in \(plaintext) only so far")
            : .refused("security.protocol takes \(plaintext), and something else \(stands)")
    }

    private static let reason = "what stands in this file may be secret"
    private static let stands = "stands there (it is not shown: \(reason))"

    private static func judge(_ option: KafkaOption, _ value: String) -> LineOutcome {
        guard !value.isEmpty else {
            if case .text = option.kind { return .ignored }
            return .refused("\(option.name) takes \(option.wanted), and nothing stands there")
        }
        switch option.check(option.isWhole ? Int64(value).map(String.init) ?? value : value) {
        case .success(let spelling): return .taken(spelling)
        case .failure: return .refused("\(option.name) takes \(option.wanted), and something else \(stands)")
        }
    }

    private static func refusal(_ key: String) -> String {
        if key.isEmpty { return "a line begins with '=' or ':', so that its key is missing" }
        let others = [KafkaRole.producer, .consumer, .topic, .broker]
        if let other = others.first(where: { $0.options.contains { $0.name == key } }) {
            return "'\(key)' would change what is measured unseen: it stands in the scenario, in \(other.rawValue)"
        }
        if let known = UnknownKey.kafkaOption(key, in: .connection) { return known }
        let names = KafkaOption.connection.map(\.name)
        // A stray line of a key or password is a key, too, to Java.
        let mayBeShown = key.contains(".") && key.utf8.allSatisfy { (97...122).contains($0) || ".-_".utf8.contains($0) }
        guard mayBeShown else { return "the line begins with no key of Kafka's (it is not shown: \(reason))" }
        return "unknown key '\(key)'"
            + (NearestName.hint(key, among: names) ?? " (there are \(names.joined(separator: ", ")))")
    }

    /// Without blanks at its ends, as Kafka reads the values that Java hands it.
    private static func trimmed(_ text: String) -> String {
        let isBlank: (Unicode.Scalar) -> Bool = { $0.value <= 0x20 }
        var scalars = text.unicodeScalars[...]
        scalars = scalars.drop(while: isBlank)
        while let last = scalars.last, isBlank(last) { scalars.removeLast() }
        return String(scalars)
    }
}

extension KafkaOption {
    /// What may stand there.
    fileprivate var wanted: String {
        switch kind {
        case .integer(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .word(let words), .wordOrDuration(let words): words.joined(separator: ", ")
        case .servers: "host:port, several separated by commas"
        default: "a value of its type"
        }
    }

    fileprivate var isWhole: Bool { if case .integer = kind { true } else { false } }
}
