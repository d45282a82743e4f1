import Foundation

@testable import Scenario

/// As much of JSON Schema 2020-12 as the scenario schema uses; a keyword it does not know is a
/// problem, so that none is passed over.
struct SchemaEvaluator {
    private let root: [String: Any]
    private static let known: Set<String> = [
        "$schema", "title", "description", "$defs", "$ref", "type", "properties", "required", "additionalProperties",
        "propertyNames", "minProperties", "maxProperties", "items", "minItems", "maxItems", "enum", "pattern",
        "minimum", "maximum", "maxLength", "anyOf", "allOf", "not",
    ]

    init(_ text: String) throws {
        root = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] ?? [:]
    }

    /// Whether a document is as the schema says.
    func accepts(_ value: JSONValue) -> Bool { accepts(value, root) }

    /// Every property name anywhere in the schema.
    var propertyNames: Set<String> {
        func names(_ schema: Any) -> Set<String> {
            if let list = schema as? [Any] { return list.reduce(into: []) { $0.formUnion(names($1)) } }
            guard let map = schema as? [String: Any] else { return [] }
            let own = Set((map["properties"] as? [String: Any] ?? [:]).keys)
            return map.values.reduce(into: own) { $0.formUnion(names($1)) }
        }
        return names(root)
    }

    private func accepts(_ value: JSONValue, _ schema: [String: Any]) -> Bool {
        guard Set(schema.keys).isSubset(of: Self.known) else { return false }
        if let reference = schema["$ref"] as? String {
            let target = (root["$defs"] as? [String: Any])?[String(reference.dropFirst("#/$defs/".count))]
            guard let target = target as? [String: Any], accepts(value, target) else { return false }
        }
        let alternatives = schema["anyOf"] as? [[String: Any]]
        let all = schema["allOf"] as? [[String: Any]] ?? []
        return alternatives?.contains { accepts(value, $0) } != false && all.allSatisfy { accepts(value, $0) }
            && !((schema["not"] as? [String: Any]).map { accepts(value, $0) } ?? false)
            && hasType(value, schema) && acceptsScalar(value, schema) && acceptsMap(value, schema)
            && acceptsList(value, schema)
    }

    private func hasType(_ value: JSONValue, _ schema: [String: Any]) -> Bool {
        guard let type = schema["type"] else { return true }
        let types = type as? [String] ?? [type as? String ?? ""]
        return !Set(types).isDisjoint(with: value.types)
    }

    private func acceptsScalar(_ value: JSONValue, _ schema: [String: Any]) -> Bool {
        if let values = schema["enum"] as? [Any], !values.contains(where: { value.equals($0) }) { return false }
        if case .string(let text) = value {
            if let pattern = schema["pattern"] as? String, !matches(text, pattern) { return false }
            if let most = schema["maxLength"] as? Int, text.unicodeScalars.count > most { return false }
        }
        guard case .number(let number, _) = value else { return true }
        if let least = schema["minimum"] as? NSNumber, number < least.doubleValue { return false }
        if let most = schema["maximum"] as? NSNumber, number > most.doubleValue { return false }
        return true
    }

    private func matches(_ text: String, _ pattern: String) -> Bool {
        // An invalid pattern matches nothing, and then no document is accepted.
        guard let regex = try? Regex(pattern) else { return false }
        return text.firstMatch(of: regex) != nil
    }

    private func acceptsMap(_ value: JSONValue, _ schema: [String: Any]) -> Bool {
        guard case .object(let pairs) = value else { return true }
        let properties = schema["properties"] as? [String: [String: Any]] ?? [:]
        for (key, value) in pairs {
            if let names = schema["propertyNames"] as? [String: Any], !accepts(.string(key), names) { return false }
            if let property = properties[key] {
                guard accepts(value, property) else { return false }
            } else if let others = schema["additionalProperties"] {
                if let isAllowed = others as? Bool, !isAllowed { return false }
                if let other = others as? [String: Any], !accepts(value, other) { return false }
            }
        }
        if let required = schema["required"] as? [String], !required.allSatisfy({ pairs[$0] != nil }) { return false }
        if let least = schema["minProperties"] as? Int, pairs.count < least { return false }
        return pairs.count <= schema["maxProperties"] as? Int ?? Int.max
    }

    private func acceptsList(_ value: JSONValue, _ schema: [String: Any]) -> Bool {
        guard case .array(let items) = value else { return true }
        if let item = schema["items"] as? [String: Any], !items.allSatisfy({ accepts($0, item) }) { return false }
        if let least = schema["minItems"] as? Int, items.count < least { return false }
        return items.count <= schema["maxItems"] as? Int ?? Int.max
    }
}

/// A value as YAML's core schema reads it for an editor.
enum JSONValue {
    case null
    case boolean(Bool)
    case number(Double, isWhole: Bool)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    init(_ node: Node) {
        switch node.content {
        case .list(let items): self = .array(items.map(JSONValue.init))
        case .map(let entries):
            self = .object(Dictionary(entries.map { ($0.key, JSONValue($0.value)) }, uniquingKeysWith: { $1 }))
        case .scalar(let text, plain: true) where node.isNull && text.count < 5: self = .null
        case .scalar(let text, plain: true) where ["true", "false", "TRUE", "FALSE"].contains(text):
            self = .boolean(text.lowercased() == "true")
        case .scalar(let text, plain: true) where Double(text) != nil && text.first?.isLetter == false:
            self = .number(Double(text) ?? 0, isWhole: Int64(text) != nil || UInt64(text) != nil)
        case .scalar(let text, _): self = .string(text)
        case .invalid: self = .null
        }
    }

    var types: Set<String> {
        switch self {
        case .null: ["null"]
        case .boolean: ["boolean"]
        case .number(_, let isWhole): isWhole ? ["number", "integer"] : ["number"]
        case .string: ["string"]
        case .array: ["array"]
        case .object: ["object"]
        }
    }

    func equals(_ other: Any) -> Bool {
        switch self {
        case .string(let text): return other as? String == text
        case .boolean(let value): return (other as? NSNumber).map { $0.isBoolean && $0.boolValue == value } ?? false
        case .number(let value, _):
            return (other as? NSNumber).map { !$0.isBoolean && $0.doubleValue == value } ?? false
        case .null, .array, .object: return false
        }
    }
}

extension NSNumber {
    fileprivate var isBoolean: Bool { String(cString: objCType) == "c" }
}
