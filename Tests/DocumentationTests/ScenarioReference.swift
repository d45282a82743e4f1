import Foundation

@testable import Scenario

/// The reference of the scenario language as Markdown: a table for each section of the grammar,
/// each section once.
struct ScenarioReference {
    private var sections: [String] = []
    private var seen: Set<String> = ["case"]

    /// The tables of every section, from the file's down.
    static func text() -> String {
        var reference = ScenarioReference()
        reference.add("The file", Grammar.file)
        return reference.sections.joined(separator: "\n")
    }

    /// The shortest scenario of each kind, and what the defaults make of it but for options of
    /// producers and consumers.
    static func defaults() throws -> String {
        let short = """
            weir: 1
            name: shortest
            experiments:
              produce: {produce: {value: {size: 100 B}, load: unlimited}}
              consume: {consume: {}, topic: {preload: {records: 1000 records, value: {size: 100 B}}}}
              start: {start: {}}

            """
        let resolved = try Scenario.load(text: short).resolvedYAML.split(separator: "\n")
        return "This file\n\n```yaml\n\(short)```\n\nresolves to\n\n```text\n"
            + withoutOptions(resolved).joined(separator: "\n") + "\n```\n"
    }

    private static func withoutOptions(_ lines: [Substring]) -> [Substring] {
        var kept: [Substring] = []
        var left: Int?
        for line in lines {
            let depth = line.prefix { $0 == " " }.count
            if let outer = left, depth > outer { continue }
            let key = line.dropFirst(depth)
            left = ["producer:", "consumer:"].contains(key) ? depth : nil
            if left == nil { kept.append(line) }
        }
        return kept
    }

    /// Adds a section, then those below it.
    private mutating func add(_ title: String, _ map: MapShape) {
        var lines = ["### \(title)", ""]
        if let role = map.role, role != .connection {
            lines += ["Kafka's options of \(role.noun).", ""] + Self.optionTable(map)
        } else {
            lines += Self.keyTable(map)
        }
        let rules = Self.rules(map)
        if !rules.isEmpty { lines += [""] + rules.map { wrapped("- \($0)") } }
        sections.append(lines.joined(separator: "\n") + "\n")
        for key in map.keys {
            if case .named(let named) = key.shape { addOnce(named.noun, named.shape, "An \(named.noun)") }
            if let inner = key.shape.map { addOnce(key.name, inner, "`\(key.name)`") }
        }
    }

    /// A list's item in lines of at most 100 columns.
    private func wrapped(_ text: String) -> String {
        var lines: [String] = []
        for word in text.split(separator: " ") {
            if let last = lines.last, last.count + 1 + word.count <= 100 {
                lines[lines.count - 1] = "\(last) \(word)"
            } else {
                lines.append((lines.isEmpty ? "" : "  ") + word)
            }
        }
        return lines.joined(separator: "\n")
    }

    private mutating func addOnce(_ name: String, _ map: MapShape, _ title: String) {
        guard seen.insert(name).inserted else { return }
        add(title, map)
    }

    private static func keyTable(_ map: MapShape) -> [String] {
        ["| key | value | `each` | meaning |", "|---|---|---|---|"]
            + map.keys.map { key in
                "| `\(key.name)` | \(value(key)) | \(key.mayVary ? "yes" : "") | \(escaped(key.about)) |"
            }
    }

    private static func optionTable(_ map: MapShape) -> [String] {
        let options = map.keys.compactMap { key -> KafkaOption? in
            guard case .scalar(.option(let option)) = key.shape else { return nil }
            return option
        }
        return ["| key | value | default | meaning |", "|---|---|---|---|"]
            + options.map { option in
                let standard = option.standard.map { "`\($0)`" } ?? ""
                return "| `\(option.name)` | \(words(option.kind)) | \(standard) | \(escaped(option.about)) |"
            }
    }

    /// What the keys of a section have to do with each other, and which are refused.
    private static func rules(_ map: MapShape) -> [String] {
        var rules: [String] = []
        if map.wantsOneKey {
            let names = map.keys.map(\.name).filter { !map.companions.contains($0) }
            rules.append("Exactly one of \(listed(names, "and")) stands there.")
        } else {
            rules += map.exclusions.map { exclusion in
                "`\(exclusion.key)` cannot stand beside \(listed(exclusion.others, "or"))."
            }
        }
        rules += map.refused.sorted { $0.key < $1.key }.map { "Refused so far: \(escaped($0.value))." }
        return rules
    }

    private static func value(_ key: Key) -> String {
        switch key.shape {
        case .scalar(let scalar): words(scalar)
        case .map: "[a section](#\(anchor(key.name)))"
        case .named(let named) where named.noun == "case": "names, each with keys of an experiment"
        case .named(let named): "names, each [an \(named.noun)](#an-\(named.noun))"
        case .choice(let choices, _):
            choices.map { "`\($0)`" }.joined(separator: ", ") + " or [a section](#\(anchor(key.name)))"
        case .list(.axisValues): "a list of axes with their values"
        case .list(.scalar(.word(let choices))): "a list of \(choices.map { "`\($0)`" }.joined(separator: ", "))"
        case .list: "a list"
        case .axisValues: "axes with their values"
        case .margins: "a share like 50 %, or one under the title of each of some metrics"
        }
    }

    private static func words(_ scalar: Scalar) -> String {
        switch scalar {
        case .expectation: ExpectationText.wanted
        case .recordsOrTime: "an amount like 1000 records, or a time like 15 min"
        case .moment: Scalar.momentWanted
        case .number, .byteSize, .time, .rate, .share, .records:
            (scalar.quantity?.wanted ?? "")
                + (scalar.bounds.map { ", \($0.least.text) to \($0.most.text)" } ?? "")
        case .word(let choices): choices.map { "`\($0)`" }.joined(separator: ", ")
        case .text(let lengthMax): "a text of at most \(lengthMax) characters"
        case .name(let pattern): pattern.wanted.replacingOccurrences(of: "*", with: "\\*")
        case .option(let option): words(option.kind)
        }
    }

    private static func words(_ kind: KafkaOption.Kind) -> String {
        switch kind {
        case .integer(let range): "\(range.lowerBound) to \(range.upperBound)"
        case .integerOr(let other, let range): "\(other), or \(range.lowerBound) to \(range.upperBound)"
        case .real(let range): "\(DecimalNumber.text(range.lowerBound)) to \(DecimalNumber.text(range.upperBound))"
        case .boolean: "`true`, `false`"
        case .word(let choices): choices.map { "`\($0)`" }.joined(separator: ", ")
        case .wordOrDuration(let choices):
            (choices + ["by_duration:PT15M"]).map { "`\($0)`" }.joined(separator: ", ")
        case .servers: "`host:port`, separated by commas, in quotes"
        case .text: "a text"
        }
    }

    private static func listed(_ names: [String], _ conjunction: String) -> String {
        let quoted = names.map { "`\($0)`" }
        guard let last = quoted.last, quoted.count > 1 else { return quoted.first ?? "" }
        return quoted.dropLast().joined(separator: ", ") + " \(conjunction) " + last
    }

    private static func anchor(_ name: String) -> String { name.filter { $0 != "." } }

    private static func escaped(_ text: String) -> String { text.replacingOccurrences(of: "|", with: "\\|") }
}
