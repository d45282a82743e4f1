/// A JSON value whose keys keep their order.
indirect enum JSONText {
    case string(String)
    case integer(Int64)
    case unsigned(UInt64)
    case boolean(Bool)
    case array([JSONText])
    case object([(String, JSONText)])

    private static let lineLengthMax = 150

    /// The value as text, indented by two; an object without further ones stands in a line if it
    /// fits.
    func text(indent: Int = 0) -> String {
        let inner = String(repeating: " ", count: indent + 2)
        let outer = String(repeating: " ", count: indent)
        switch self {
        case .string(let string): return Self.quoted(string)
        case .integer(let number): return "\(number)"
        case .unsigned(let number): return "\(number)"
        case .boolean(let value): return "\(value)"
        case .array(let values) where values.allSatisfy(\.isShort):
            return "[" + values.map { $0.text() }.joined(separator: ", ") + "]"
        case .array(let values):
            return "[\n" + values.map { inner + $0.text(indent: indent + 2) }.joined(separator: ",\n") + "\n\(outer)]"
        case .object(let pairs) where pairs.isEmpty: return "{}"
        case .object(let pairs):
            if pairs.allSatisfy({ $0.1.isFlat }) {
                let line = "{" + pairs.map { "\(Self.quoted($0)): \($1.text())" }.joined(separator: ", ") + "}"
                if indent + line.count <= Self.lineLengthMax { return line }
            }
            let lines = pairs.map { "\(inner)\(Self.quoted($0)): \($1.text(indent: indent + 2))" }
            return "{\n" + lines.joined(separator: ",\n") + "\n\(outer)}"
        }
    }

    /// Whether it is a scalar or a list of them.
    private var isFlat: Bool {
        guard case .array(let values) = self else { return isShort }
        return values.allSatisfy(\.isShort)
    }

    private var isShort: Bool {
        switch self {
        case .array, .object: false
        default: true
        }
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case _ where scalar.value < 32:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
