import Results
import System

extension Checker {
    /// A single value in its one spelling.
    mutating func checkScalar(_ node: Node, _ scalar: Scalar, _ name: String) -> Node {
        guard case .scalar(let text, let isPlain) = node.content else {
            return wrongKind(node, Key(name, .scalar(scalar), ""), scalar.wanted)
        }
        let checked: Result<String, KafkaOption.Rejection>
        switch scalar {
        case .word(let words):
            checked =
                words.contains(text)
                ? .success(text)
                : .failure(.init("\(name) '\(text)' is none of \(words.listed(with: text))"))
        case .text(let lengthMax):
            checked =
                text.unicodeScalars.count <= lengthMax
                ? .success(text) : .failure(.init("\(name) is longer than \(lengthMax) characters"))
        case .name(let pattern):
            checked =
                pattern.matches(text) ? .success(text) : .failure(.init("\(name) '\(text)': write \(pattern.wanted)"))
        case .option(let option): checked = option.check(text)
        case .expectation: checked = ExpectationText.read(text).map(\.text)
        case .recordsOrTime(let records, let ns):
            let isTime = (Quantity(text) ?? Quantity.mended(text, as: .time))?.kind == .time
            checked = Self.checkAmount(text, isTime ? .time(ns: ns) : .records(records), name)
        case .moment:
            checked =
                ISO8601.momentMs(text) != nil
                ? .success(text) : .failure(.init("\(name) '\(text)' is no moment: write \(Scalar.momentWanted)"))
        case .number where !isPlain:
            checked = .failure(.init("'\(name): \"\(text)\"' is text in quotes: write a number"))
        default: checked = Self.checkAmount(text, scalar, name)
        }
        switch checked {
        case .success(let spelling):
            var result = node
            result.content = .scalar(spelling, plain: isPlain)
            return result
        case .failure(let rejection):
            problems.error(node.mark, rejection.message)
            return invalid(node)
        }
    }

    private static func checkAmount(
        _ text: String, _ scalar: Scalar, _ name: String
    ) -> Result<String, KafkaOption.Rejection> {
        guard let kind = scalar.quantity, let bounds = scalar.bounds else { return .success(text) }
        guard let quantity = Quantity(text) else {
            if let meant = Quantity.mended(text, as: kind), meant.kind == kind {
                return .failure(.init("'\(name): \(text)': write \(meant.text)"))
            }
            return .failure(.init("\(name) '\(text)' is no \(kind.noun): write \(kind.wanted)"))
        }
        guard quantity.kind == kind else {
            let stands = quantity.kind
            return .failure(.init("'\(name): \(text)' is \(stands.article) \(stands.noun): write \(kind.wanted)"))
        }
        guard (bounds.least.amount...bounds.most.amount).contains(quantity.amount) else {
            return .failure(.init("\(name) \(text) is out of range: \(bounds.least.text) to \(bounds.most.text)"))
        }
        return .success(quantity.text)
    }

    /// `{each: […]}`, where it may stand, with every value checked.
    mutating func checkEach(_ node: Node, _ key: Key, _ context: Context) -> Node {
        guard let entries = node.entries, let each = entries.first(where: { $0.key == "each" }) else { return node }
        if let objection = objection(toEach: node, each, key, context) {
            problems.error(each.keyMark, objection)
            return invalid(node)
        }
        let single = Key(key.name, key.shape, key.about, mayVary: false)
        let items = (each.value.items ?? []).map { checkValue($0, single, context) }
        var seen: Set<String> = []
        for item in items where !item.isInvalid && !seen.insert(item.summary).inserted {
            problems.error(item.mark, "each names '\(item.summary)' twice")
        }
        noteUnquotedServers(items, key)
        var result = node
        var checked = each
        checked.value.content = .list(items)
        result.content = .map([checked])
        return result
    }

    private func objection(toEach node: Node, _ each: Node.Entry, _ key: Key, _ context: Context) -> String? {
        if !key.mayVary {
            if key.shape.isSingleValue { return "'each' cannot stand at \(key.name)" }
            return
                "'each' stands for a single value, and \(key.name) is a section: write cases for what belongs together"
        }
        if !context.varies {
            return "'each' cannot stand here: it may under topic, target and experiments, but not in a case"
        }
        if node.entries?.count != 1 { return "'each' stands alone: the keys beside it belong into its values" }
        guard let items = each.value.items, !items.isEmpty else {
            return "each takes a list of values, like {each: [1, 16]}"
        }
        return items.count <= Grammar.valueCountMax
            ? nil : "each has \(items.count) values: at most \(Grammar.valueCountMax)"
    }

    /// In `[a:1,b:2]` YAML sees two values where one list of servers was meant.
    private mutating func noteUnquotedServers(_ items: [Node], _ key: Key) {
        guard key.name == "bootstrap.servers" else { return }
        for (item, next) in zip(items, items.dropFirst()) {
            let touches = item.end.line == next.mark.line && item.end.column + 1 == next.mark.column
            guard touches, case .scalar(_, plain: true) = next.content else { continue }
            problems.error(
                next.mark, "'\(next.summary)' stands as a value of its own: put servers that belong together in quotes")
        }
    }
}

extension Scalar {
    /// What to write, in words.
    var wanted: String {
        if let quantity { return quantity.wanted }
        return switch self {
        case .word(let words): "one of \(words.joined(separator: ", "))"
        case .name(let pattern): pattern.wanted
        case .expectation: ExpectationText.wanted
        case .recordsOrTime: "an amount like 1000 records, or a time like 15 min"
        case .moment: Self.momentWanted
        default: "a single value"
        }
    }
}
