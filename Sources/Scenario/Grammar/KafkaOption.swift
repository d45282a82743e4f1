import System

/// Whose options stand in a section.
enum KafkaRole: String, Sendable, CaseIterable {
    case producer, consumer
    case topic = "config"
    case connection = "target"
    case broker = "embedded"

    /// What a section of this role configures.
    var noun: String {
        switch self {
        case .producer: "a producer"
        case .consumer: "a consumer"
        case .topic: "a topic"
        case .connection: "the connection to a cluster"
        case .broker: "the embedded broker"
        }
    }

    var options: [KafkaOption] {
        switch self {
        case .producer: KafkaOption.producer
        case .consumer: KafkaOption.consumer
        case .topic: KafkaOption.topic
        case .connection: KafkaOption.connection
        case .broker: KafkaOption.broker
        }
    }
}

/// One option of Kafka's, with its name, type and default.
struct KafkaOption: Sendable {
    enum Kind: Sendable {
        case integer(ClosedRange<Int64>)
        /// A whole number with a value beside the range that means something else.
        case integerOr(Int64, ClosedRange<Int64>)
        case real(ClosedRange<Double>)
        case boolean
        case word([String])
        /// One of some words, or `by_duration:` with a duration of ISO 8601 (KIP-1106).
        case wordOrDuration([String])
        case servers
        case text
    }

    var name: String
    var kind: Kind
    /// The default of Kafka's Java client 4.3; none where there is none or it is the cluster's.
    var standard: String?
    var about: String
    /// Whom it configures: the producer or consumer itself, the client under it, or both.
    var layer: Layer

    enum Layer: Sendable {
        case own, client, both
    }

    init(_ name: String, _ kind: Kind, _ standard: String? = nil, _ about: String, layer: Layer = .own) {
        self.name = name
        self.kind = kind
        self.standard = standard
        self.about = about
        self.layer = layer
    }

    /// The section of a role's options.
    static func section(_ role: KafkaRole) -> MapShape {
        MapShape(
            keys: role.options.map { option in
                let standard = option.standard.map { " Default: \($0)." } ?? ""
                return Key(option.name, .scalar(.option(option)), option.about + standard)
            }, role: role)
    }

    /// Of a role's properties those of the producer or consumer itself.
    static func own(_ properties: [String: String], _ role: KafkaRole) -> [String: String] {
        select(properties, role) { $0 != .client }
    }

    /// Of a role's properties those of the client under it.
    static func client(_ properties: [String: String], _ role: KafkaRole) -> [String: String] {
        select(properties, role) { $0 != .own }
    }

    private static func select(
        _ properties: [String: String], _ role: KafkaRole, where isWanted: (Layer) -> Bool
    ) -> [String: String] {
        let names = Set(role.options.filter { isWanted($0.layer) }.map(\.name))
        return properties.filter { names.contains($0.key) }
    }

    /// The text an option's value is passed on as, or what is wrong with it.
    func check(_ text: String) -> Result<String, Rejection> {
        switch kind {
        case .integer(let range): integer(text, in: range, or: nil)
        case .integerOr(let other, let range): integer(text, in: range, or: other)
        case .real(let range): real(text, in: range)
        case .boolean:
            ["true", "false"].contains(text.lowercased())
                ? .success(text.lowercased())
                : .failure(Rejection("\(name) '\(text)' is none of \(["true", "false"].listed(with: text))"))
        case .word(let words) where words.contains(text): .success(text == "-1" ? "all" : text)
        case .word(let words):
            .failure(Rejection("\(name) '\(text)' is none of \(words.listed(with: text))"))
        case .wordOrDuration(let words): wordOrDuration(text, words)
        case .servers: ServerList.check(text, name: name)
        case .text where text.isEmpty: .failure(Rejection("\(name) is empty"))
        case .text: .success(text)
        }
    }

    /// Why a value cannot stand.
    struct Rejection: Error {
        var message: String

        init(_ message: String) {
            self.message = message
        }
    }

    static let durationPrefix = "by_duration:"

    private func wordOrDuration(_ text: String, _ words: [String]) -> Result<String, Rejection> {
        if words.contains(text) { return .success(text) }
        guard text.hasPrefix(Self.durationPrefix) else {
            return .failure(
                Rejection(
                    "\(name) '\(text)' is none of \((words + [Self.durationPrefix + "PT15M"]).listed(with: text))"))
        }
        guard ISO8601.durationMs(text.dropFirst(Self.durationPrefix.count)) != nil else {
            return .failure(Rejection("\(name) '\(text)' is no duration: write \(Self.durationPrefix)PT15M or P1DT12H"))
        }
        return .success(text)
    }

    private func integer(_ text: String, in range: ClosedRange<Int64>, or other: Int64?) -> Result<String, Rejection> {
        let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
        let isPlain = digits == "0" || digits.first != "0"
        guard isPlain, digits.utf8.allSatisfy({ (48...57).contains($0) }), let value = Int64(text) else {
            return .failure(Rejection(notANumber(text, whole: "a whole number")))
        }
        guard range.contains(value) || value == other else {
            let also = other.map { " or \($0)" } ?? ""
            return .failure(
                Rejection("\(name) \(value) is out of range: \(range.lowerBound) to \(range.upperBound)\(also)"))
        }
        return .success(String(value))
    }

    private func real(_ text: String, in range: ClosedRange<Double>) -> Result<String, Rejection> {
        guard let value = DecimalNumber(text)?.value else {
            return .failure(Rejection(notANumber(text, whole: "a number")))
        }
        guard range.contains(value) else {
            let bounds = "\(DecimalNumber.text(range.lowerBound)) to \(DecimalNumber.text(range.upperBound))"
            return .failure(Rejection("\(name) \(text) is out of range: \(bounds)"))
        }
        return .success(DecimalNumber.text(value))
    }

    /// What its name says that its numbers count.
    private var unitOfName: Quantity.Kind? {
        if name.hasSuffix(".ms") { return .time }
        return ["bytes", "size", "memory"].contains { name.hasSuffix($0) } ? .byteSize : .number
    }

    private func notANumber(_ text: String, whole: String) -> String {
        guard let quantity = Quantity.mended(text, as: unitOfName) else {
            return "\(name) '\(text)' is not \(whole)"
        }
        if case .number(let count) = quantity {
            let isMended = Quantity(text) != quantity
            return "\(name) '\(text)' is not \(whole)" + (isMended ? ": write \(count)" : "")
        }
        let kind = quantity.kind
        var plain = ""
        if case .time(let ns) = quantity, name.hasSuffix(".ms") { plain = ": write \(ns / 1_000_000)" }
        if case .byteSize(let byteCount) = quantity { plain = ": write \(byteCount)" }
        return "'\(name): \(text)' is \(kind.article) \(kind.noun), and Kafka's own keys take plain numbers\(plain)"
    }
}
