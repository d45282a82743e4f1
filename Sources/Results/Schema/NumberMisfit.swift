internal import Foundation

// Foundation's decoder calls a number that does not fit its type "not valid JSON" and does not say
// where it stands; the schema knows the types, so the place is found by walking both.
extension ResultSchema {
    /// The first number of a result's JSON that does not fit, by its path.
    static func numberMisfit(in json: Any) -> Contradiction? { misfit(json, .object(result), "") }

    private static func misfit(_ value: Any, _ node: SchemaNode, _ path: String) -> Contradiction? {
        switch node {
        case .text, .boolean, .number, .constant, .choice: return nil
        case .integer: return fits(value, Int64.self) ? nil : (path, "\(value) is not a whole number that fits")
        case .count: return fits(value, UInt64.self) ? nil : (path, "\(value) is not a whole number from 0 that fits")
        case .list(let element):
            return (value as? [Any])?.enumerated().lazy.compactMap { misfit($1, element, "\(path)[\($0)]") }.first
        case .map(let element):
            return (value as? [String: Any])?.sorted { $0.key < $1.key }.lazy
                .compactMap { misfit($1, element, joined(path, $0)) }.first
        case .nullable(let node): return value is NSNull ? nil : misfit(value, node, path)
        case .reference(let name): return definitions[name].flatMap { misfit(value, .object($0), path) }
        case .either(let nodes): return nodes.lazy.compactMap { misfit(value, $0, path) }.first
        case .object(let properties, _):
            guard let object = value as? [String: Any] else { return nil }
            return properties.lazy.compactMap { property in
                object[property.name].flatMap { misfit($0, property.node, joined(path, property.name)) }
            }.first
        }
    }

    private static func joined(_ path: String, _ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

    /// Whether a value, if it is a number at all, is a whole one that the type holds.
    private static func fits<T: FixedWidthInteger>(_ value: Any, _ type: T.Type) -> Bool {
        guard let number = value as? NSNumber else { return true }
        return T(number.stringValue) != nil
    }
}
