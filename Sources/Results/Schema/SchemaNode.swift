internal import Foundation

/// A piece of a JSON Schema, as far as results and reports need it.
package indirect enum SchemaNode: Sendable {
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
    case either([SchemaNode])
    /// An object; keys that match one of the patterns are allowed beside those that are named.
    case object([SchemaProperty], patterns: [SchemaProperty] = [])

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
        case .either(let nodes): ["anyOf": nodes.map(\.json)]
        case .object(let properties, let patterns):
            [
                "type": "object", "additionalProperties": false,
                "required": properties.filter(\.isRequired).map(\.name), "properties": Self.named(properties),
            ].merging(patterns.isEmpty ? [:] : ["patternProperties": Self.named(patterns)]) { own, _ in own }
        }
    }

    private static func named(_ properties: [SchemaProperty]) -> [String: Any] {
        Dictionary(uniqueKeysWithValues: properties.map { ($0.name, $0.json) })
    }
}

/// A key of an object in a JSON Schema.
package struct SchemaProperty: Sendable {
    let name: String
    let node: SchemaNode
    let isRequired: Bool
    let about: String?

    package static func required(_ name: String, _ node: SchemaNode, _ about: String? = nil) -> SchemaProperty {
        SchemaProperty(name: name, node: node, isRequired: true, about: about)
    }

    package static func optional(_ name: String, _ node: SchemaNode, _ about: String? = nil) -> SchemaProperty {
        SchemaProperty(name: name, node: node, isRequired: false, about: about)
    }

    var json: [String: Any] {
        guard let about else { return node.json }
        return node.json.merging(["description": about]) { own, _ in own }
    }
}

extension SchemaNode {
    /// A whole schema (2020-12) of an object, with what its pieces refer to.
    package static func document(
        title: String, _ properties: [SchemaProperty], definitions: [String: SchemaNode]
    ) -> String {
        var schema = SchemaNode.object(properties).json
        schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
        schema["title"] = title
        schema["$defs"] = definitions.mapValues(\.json)
        do {
            let options: JSONSerialization.WritingOptions = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try JSONSerialization.data(withJSONObject: schema, options: options), as: UTF8.self)
        } catch {
            preconditionFailure("a schema of plain values is JSON: \(error)")
        }
    }
}

extension RunResult {
    /// The JSON Schema (2020-12) of result files.
    public static var jsonSchema: String {
        SchemaNode.document(
            title: "A result of weir (\(currentFormat))", ResultSchema.result,
            definitions: ResultSchema.definitions.mapValues { .object($0) })
    }
}
