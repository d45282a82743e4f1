/// Where something stands, in lines and columns from 1 of the file or of one override.
struct Mark: Hashable, Comparable, Sendable {
    /// 0 for the file, n for the n-th override.
    var source: Int
    var line: Int
    var column: Int

    static func < (left: Mark, right: Mark) -> Bool {
        (left.source, left.line, left.column) < (right.source, right.line, right.column)
    }
}

/// One value of a YAML document with its place.
struct Node: Sendable {
    indirect enum Content: Sendable {
        /// Text, and whether it stood there without quotes.
        case scalar(String, plain: Bool)
        case list([Node])
        case map([Entry])
        /// What was already reported, so that nothing more is said about it.
        case invalid
    }

    struct Entry: Sendable {
        var key: String
        var keyMark: Mark
        var value: Node
    }

    var content: Content
    var mark: Mark
    /// The place behind the last character.
    var end: Mark
    /// Whether unknown or invalid keys were taken out, so that what seems to be missing may have
    /// been misspelt.
    var isDamaged = false

    init(_ content: Content, mark: Mark, end: Mark? = nil) {
        self.content = content
        self.mark = mark
        self.end = end ?? mark
    }

    var entries: [Entry]? {
        guard case .map(let entries) = content else { return nil }
        return entries
    }

    var items: [Node]? {
        guard case .list(let items) = content else { return nil }
        return items
    }

    var text: String? {
        guard case .scalar(let text, _) = content else { return nil }
        return text
    }

    var isInvalid: Bool {
        guard case .invalid = content else { return false }
        return true
    }

    /// Whether it is one of the ways YAML writes nothing.
    var isNull: Bool {
        guard case .scalar(let text, plain: true) = content else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(text)
    }

    subscript(key: String) -> Node? {
        entries?.first { $0.key == key }?.value
    }

    /// The alternatives where `{each: […]}` stands.
    var alternatives: [Node]? {
        guard let entries, entries.count == 1, entries[0].key == "each" else { return nil }
        return entries[0].value.items
    }

    /// The same value in one line, as messages and axes show it; a map stands without its outer
    /// braces.
    var summary: String {
        guard let entries, !entries.isEmpty else { return text ?? flow }
        return entries.map { "\($0.key): \($0.value.flow)" }.joined(separator: ", ")
    }

    private var flow: String {
        switch content {
        case .scalar(let text, _): YAMLText.value(text)
        case .list(let items): "[" + items.map(\.flow).joined(separator: ", ") + "]"
        case .map: "{" + (entries.map { $0.isEmpty } == true ? "" : summary) + "}"
        case .invalid: "?"
        }
    }
}
