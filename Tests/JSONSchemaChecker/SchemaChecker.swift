internal import Foundation

/// Checks JSON against as much of JSON Schema as the schemas of results and reports use.
public struct SchemaChecker {
    private let root: [String: Any]

    /// A checker of a schema's text.
    public init(_ text: String) throws {
        root = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] ?? ["": "not an object"]
    }

    /// What is wrong with a value, each with its place.
    public func problems(of value: Any) -> [String] { problems(value, root, "$") }

    private func problems(_ value: Any, _ schema: [String: Any], _ path: String) -> [String] {
        let unknown = Set(schema.keys).subtracting(Self.keywords)
        guard unknown.isEmpty else { return ["\(path): the checker does not know \(unknown.sorted())"] }
        if let choices = schema["anyOf"] as? [[String: Any]] {
            let all = choices.map { problems(value, $0, path) }
            return all.contains([]) ? [] : all[0]
        }
        if let reference = resolved(schema) { return problems(value, reference, path) }
        if let constant = schema["const"] as? String, value as? String != constant {
            return ["\(path): another constant"]
        }
        if let choices = schema["enum"] as? [String], !choices.contains(value as? String ?? "\u{0}") {
            return ["\(path): none of \(choices)"]
        }
        if let type = schema["type"] as? String, !isOfType(value, type) { return ["\(path): not of type \(type)"] }
        if let minimum = schema["minimum"] as? Double, let number = value as? NSNumber, number.doubleValue < minimum {
            return ["\(path): below \(Int(minimum))"]
        }
        if let list = value as? [Any], let items = schema["items"] as? [String: Any] {
            return list.enumerated().flatMap { problems($1, items, "\(path)[\($0)]") }
        }
        return (value as? [String: Any]).map { objectProblems($0, schema, path) } ?? []
    }

    private func objectProblems(_ object: [String: Any], _ schema: [String: Any], _ path: String) -> [String] {
        let properties = schema["properties"] as? [String: [String: Any]] ?? [:]
        let missing = (schema["required"] as? [String] ?? []).filter { object[$0] == nil }
        let patterns = schema["patternProperties"] as? [String: [String: Any]] ?? [:]
        let others = schema["additionalProperties"] as? [String: Any]
        return missing.map { "\(path).\($0): missing" }
            + object.flatMap { key, value in
                let matching = patterns.first { key.range(of: $0.key, options: .regularExpression) != nil }?.value
                guard let schema = properties[key] ?? matching ?? others else {
                    return ["\(path).\(key): not in the schema"]
                }
                return problems(value, schema, "\(path).\(key)")
            }
    }

    private func resolved(_ schema: [String: Any]) -> [String: Any]? {
        guard let name = (schema["$ref"] as? String)?.split(separator: "/").last else { return nil }
        return (root["$defs"] as? [String: [String: Any]])?[String(name)] ?? ["enum": [String]()]
    }

    private func isOfType(_ value: Any, _ type: String) -> Bool {
        let number = value as? NSNumber
        let isBoolean = number.map { String(cString: $0.objCType) == "c" } ?? false
        switch type {
        case "string": return value is String
        case "boolean": return isBoolean
        case "integer": return !isBoolean && number.map { $0.doubleValue == $0.doubleValue.rounded() } ?? false
        case "number": return !isBoolean && number != nil
        case "array": return value is [Any]
        case "object": return value is [String: Any]
        case "null": return value is NSNull
        default: return false
        }
    }

    private static let keywords: Set<String> = [
        "$schema", "$defs", "$ref", "title", "description", "type", "properties", "required", "additionalProperties",
        "patternProperties", "items", "enum", "const", "minimum", "anyOf",
    ]

    /// The properties of the schema's objects that no object in the value has.
    public func unseenProperties(in value: Any) -> [String] {
        var unseen: Set<String> = []
        for (name, definition) in (root["$defs"] as? [String: [String: Any]] ?? [:]) {
            for key in (definition["properties"] as? [String: Any] ?? [:]).keys { unseen.insert("\(name).\(key)") }
        }
        visit(value, root, &unseen, "")
        return unseen.sorted()
    }

    private func visit(_ value: Any, _ schema: [String: Any], _ unseen: inout Set<String>, _ name: String) {
        if let choices = schema["anyOf"] as? [[String: Any]] { return visit(value, choices[0], &unseen, name) }
        if let reference = resolved(schema) {
            let target = (schema["$ref"] as? String)?.split(separator: "/").last.map(String.init) ?? ""
            return visit(value, reference, &unseen, target)
        }
        if let list = value as? [Any], let items = schema["items"] as? [String: Any] {
            for element in list { visit(element, items, &unseen, name) }
        }
        for (key, part) in value as? [String: Any] ?? [:] {
            unseen.remove("\(name).\(key)")
            let properties = schema["properties"] as? [String: [String: Any]]
            if let schema = properties?[key] ?? (schema["additionalProperties"] as? [String: Any]) {
                visit(part, schema, &unseen, name)
            }
        }
    }
}
