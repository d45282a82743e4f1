internal import Foundation

/// A piece of a JSON Schema, as far as results need it.
indirect enum SchemaNode: Sendable {
    case text
    case boolean
    case integer
    case count
    case number
    case constant(String)
    case choice([String])
    case list(SchemaNode)
    case map(SchemaNode)
    case nullable(SchemaNode)
    case reference(String)
    case object([SchemaProperty])

    /// The piece in JSON Schema's own words.
    var json: [String: Any] {
        switch self {
        case .text: ["type": "string"]
        case .boolean: ["type": "boolean"]
        case .integer: ["type": "integer"]
        case .count: ["type": "integer", "minimum": 0]
        case .number: ["type": "number"]
        case .constant(let value): ["const": value]
        case .choice(let values): ["enum": values]
        case .list(let element): ["type": "array", "items": element.json]
        case .map(let element): ["type": "object", "additionalProperties": element.json]
        case .nullable(let node): ["anyOf": [node.json, ["type": "null"]]]
        case .reference(let name): ["$ref": "#/$defs/\(name)"]
        case .object(let properties):
            [
                "type": "object", "additionalProperties": false,
                "required": properties.filter(\.isRequired).map(\.name),
                "properties": Dictionary(uniqueKeysWithValues: properties.map { ($0.name, $0.json) }),
            ]
        }
    }
}

/// A key of an object in a JSON Schema.
struct SchemaProperty: Sendable {
    let name: String
    let node: SchemaNode
    let isRequired: Bool
    let about: String?

    static func required(_ name: String, _ node: SchemaNode, _ about: String? = nil) -> SchemaProperty {
        SchemaProperty(name: name, node: node, isRequired: true, about: about)
    }

    static func optional(_ name: String, _ node: SchemaNode, _ about: String? = nil) -> SchemaProperty {
        SchemaProperty(name: name, node: node, isRequired: false, about: about)
    }

    var json: [String: Any] {
        guard let about else { return node.json }
        return node.json.merging(["description": about]) { own, _ in own }
    }
}

extension RunResult {
    /// The JSON Schema (2020-12) of result files.
    public static var jsonSchema: String {
        var schema = SchemaNode.object(ResultSchema.result).json
        schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
        schema["title"] = "A result of weir (\(currentFormat))"
        schema["$defs"] = ResultSchema.definitions.mapValues { SchemaNode.object($0).json }
        do {
            let options: JSONSerialization.WritingOptions = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try JSONSerialization.data(withJSONObject: schema, options: options), as: UTF8.self)
        } catch {
            preconditionFailure("a schema of plain values is JSON: \(error)")
        }
    }
}
