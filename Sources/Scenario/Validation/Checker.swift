/// Holds a file's nodes against the grammar, each by itself: what is wrong is noted and taken out,
/// what is right is put into its one spelling.
struct Checker {
    var problems: Problems

    /// Where a value stands: what its section is called in messages, and whether it may vary there.
    struct Context {
        var section: String
        var varies: Bool
        var isCase = false
    }

    /// The file's root as it stands after the check.
    mutating func checkFile(_ root: Node?, at start: Mark) -> Node? {
        guard let root else {
            problems.error(start, "nothing stands here: the first line of a scenario is 'weir: 1'")
            return nil
        }
        guard let entries = root.entries else {
            problems.error(root.mark, "no keys stand here: the first line of a scenario is 'weir: 1'")
            return nil
        }
        guard checkVersion(entries, at: root.mark) else { return nil }
        let result = checkMap(root, Grammar.file, Context(section: "at the top", varies: false))
        for name in ["name", "experiments"] where result[name] == nil && !root.has(name) {
            problems.error(root.mark, "'\(name)' is missing")
        }
        return result
    }

    private mutating func checkVersion(_ entries: [Node.Entry], at mark: Mark) -> Bool {
        guard let index = entries.firstIndex(where: { $0.key == "weir" }) else {
            let first = entries.first?.keyMark ?? mark
            problems.error(first, "the first line must be 'weir: 1', which pins the grammar and the defaults")
            return true
        }
        let entry = entries[index]
        guard entry.value.text == Grammar.version else {
            // Another grammar would be misjudged by this one, so nothing else is said.
            problems.error(
                entry.value.mark, "weir '\(entry.value.summary)' is a grammar this Weir does not know: it knows 1")
            return false
        }
        if index != 0 { problems.error(entry.keyMark, "'weir: 1' must be the first key") }
        return true
    }

    /// A map with known keys.
    mutating func checkMap(_ node: Node, _ shape: MapShape, _ context: Context) -> Node {
        guard let entries = node.entries else { return invalid(node) }
        var result = node
        var kept: [Node.Entry] = []
        for entry in entries {
            guard let key = known(entry, shape, context) else {
                result.isDamaged = true
                continue
            }
            var entry = entry
            entry.value = checkValue(entry.value, key, context.inside(key.name))
            if let other = kept.first(where: { shape.excluded(by: key.name).contains($0.key) }) {
                problems.error(
                    entry.keyMark, "'\(entry.key)' and '\(other.key)' exclude each other: only one can stand here")
                result.isDamaged = true
                continue
            }
            kept.append(entry)
        }
        if shape.wantsOneKey, entries.isEmpty {
            problems.error(node.mark, "\(context.section.bareSection) is empty: it takes \(shape.choices)")
            result.isDamaged = true
        }
        result.content = .map(kept)
        return result
    }

    private mutating func known(_ entry: Node.Entry, _ shape: MapShape, _ context: Context) -> Key? {
        if Secrets.isSecret(entry.key) {
            problems.error(entry.keyMark, Secrets.refusal(entry.key))
        } else if let reason = shape.refused[entry.key] {
            problems.error(entry.keyMark, reason)
        } else if let key = shape.key(entry.key) {
            return key
        } else if entry.value.isNull, ServerList.isServer(entry.key) {
            problems.error(
                entry.keyMark,
                "'\(entry.key)' stands as a key of its own: put what belongs together in quotes, \"a:9092,b:9092\"")
        } else {
            problems.error(entry.keyMark, UnknownKey.message(entry.key, shape, section: context.section))
        }
        return nil
    }

    /// The value of a key.
    mutating func checkValue(_ node: Node, _ key: Key, _ context: Context) -> Node {
        if node.isInvalid { return node }
        if node.isNull {
            problems.error(node.mark, Self.nothing(key))
            return invalid(node)
        }
        if node.has("each") { return checkEach(node, key, context) }
        switch key.shape {
        case .scalar(let scalar): return checkScalar(node, scalar, key.name)
        case .choice(let words, let map): return checkChoice(node, words, map, key, context)
        case .map(let map):
            guard node.entries != nil else { return wrongKind(node, key, "keys, like \(map.choices)") }
            return checkMap(node, map, context)
        case .named(let named): return checkNamed(node, named, key, context)
        case .list(let item): return checkList(node, item, key, context)
        case .axisValues: return checkAxisValues(node, key)
        case .margins: return checkMargins(node, key)
        }
    }

    private static func nothing(_ key: Key) -> String {
        if case .map = key.shape { return "\(key.name) has no value: write {} for its defaults" }
        return "\(key.name) has no value"
    }

    private mutating func checkChoice(
        _ node: Node, _ words: [String], _ map: MapShape, _ key: Key, _ context: Context
    ) -> Node {
        if node.entries != nil { return checkMap(node, map, context) }
        if let text = node.text, words.contains(text) { return node }
        let keys =
            map.wantsOneKey
            ? map.keys.filter { !map.companions.contains($0.name) }.map { "{\($0.name): …}" }
            : ["{\(map.keys.last { $0.name == "bootstrap.servers" }?.name ?? map.keys[0].name): …}"]
        let meant = node.text.flatMap { Synonym.map(for: $0, at: key.name, words) }.map { " (did you mean \($0)?)" }
        problems.error(
            node.mark,
            "\(key.name) '\(node.summary)' is none of \((words + keys).joined(separator: ", "))\(meant ?? "")")
        return invalid(node)
    }

    private mutating func checkNamed(_ node: Node, _ named: NamedShape, _ key: Key, _ context: Context) -> Node {
        guard let entries = node.entries else { return wrongKind(node, key, "\(named.noun)s by name") }
        guard !entries.isEmpty, entries.count <= named.countMax else {
            problems.error(
                node.mark, "\(key.name) holds \(entries.count) \(named.noun)s: 1 to \(named.countMax) can stand there")
            return invalid(node)
        }
        var result = node
        let checked = entries.map { entry in
            if !NamePattern.identifier.matches(entry.key) {
                problems.error(
                    entry.keyMark, "\(named.noun) '\(entry.key)': a name is \(NamePattern.identifier.wanted)")
            }
            var entry = entry
            let inside = Key(entry.key, .map(named.shape), "")
            let section = Context(
                section: "in \(named.noun) \(entry.key)", varies: context.varies, isCase: context.isCase)
            entry.value = checkValue(entry.value, inside, section)
            return entry
        }
        result.content = .map(checked)
        return result
    }

    private mutating func checkList(_ node: Node, _ item: Shape, _ key: Key, _ context: Context) -> Node {
        guard let items = node.items else { return wrongKind(node, key, "a list, like [\(item.example)]") }
        var result = node
        let itemKey = Key(key.name, item, "", mayVary: false)
        result.content = .list(items.map { checkValue($0, itemKey, context) })
        return result
    }

    private mutating func checkAxisValues(_ node: Node, _ key: Key) -> Node {
        guard let entries = node.entries, !entries.isEmpty else {
            return wrongKind(node, key, "axes and their values, like {recreate: never}")
        }
        for entry in entries where entry.value.items != nil || entry.value.has("each") || entry.value.isNull {
            problems.error(entry.value.mark, "\(key.name): '\(entry.key)' takes one of its axis's values")
            return invalid(node)
        }
        return node
    }

    /// A share, or one under each metric's title.
    private mutating func checkMargins(_ node: Node, _ key: Key) -> Node {
        guard let entries = node.entries else { return checkScalar(node, .share, key.name) }
        guard !entries.isEmpty else { return wrongKind(node, key, "a share like 3 %, or {records/s: 3 %}") }
        var result = node
        result.content = .map(
            entries.map { entry in
                var entry = entry
                entry.value = checkScalar(entry.value, .share, "\(key.name) of \(entry.key)")
                return entry
            })
        return result
    }

    mutating func wrongKind(_ node: Node, _ key: Key, _ wanted: String) -> Node {
        let what =
            switch node.content {
            case .map(let entries): entries.isEmpty ? "empty" : "a set of keys"
            case .list: "a list"
            case .scalar, .invalid: "'\(node.summary)'"
            }
        problems.error(node.mark, "\(key.name) is \(what): it takes \(wanted)")
        return invalid(node)
    }

    func invalid(_ node: Node) -> Node {
        var node = node
        node.content = .invalid
        return node
    }
}

extension Checker.Context {
    /// The context below a key: `topic`, `target` and `experiments` are what may vary.
    func inside(_ key: String) -> Self {
        let begins = ["topic", "target", "experiments"].contains(key)
        return Self(
            section: "in \(key)", varies: key != "cases" && !isCase && (varies || begins),
            isCase: isCase || key == "cases")
    }
}

extension String {
    /// A section's name without its preposition.
    fileprivate var bareSection: String { hasPrefix("in ") ? String(dropFirst(3)) : self }
}

extension Node {
    func has(_ key: String) -> Bool { entries?.contains { $0.key == key } == true }
}

extension MapShape {
    /// Its keys in a row, or the first of many.
    var choices: String {
        let names = keys.map(\.name)
        return names.count <= 12 ? names.joined(separator: ", ") : names.prefix(8).joined(separator: ", ") + ", …"
    }
}

extension Shape {
    /// What an item of a list looks like.
    fileprivate var example: String {
        guard case .scalar(.word(let words)) = self else { return "{recreate: never}" }
        return words[0]
    }
}
