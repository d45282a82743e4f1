/// Writes texts so that YAML reads them back as they are.
enum YAMLText {
    private static let plain = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._/%*+- ")
    private static let first = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")

    /// The text as a value in one line, in quotes where it would otherwise mean something else.
    static func value(_ text: String) -> String {
        // A number below zero is the one plain value that begins with a sign.
        let isNumber = text.count > 1 && text.first == "-" && text.dropFirst().allSatisfy(\.isASCIIDigit)
        let isPlain = text.first.map(first.contains) == true && text.allSatisfy(plain.contains) && text.last != " "
        let isNull = ["null", "Null", "NULL"].contains(text)
        return isNumber || (isPlain && !isNull) ? text : quoted(text)
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            case _ where scalar.value < 32 || (127..<160).contains(scalar.value) || scalar.value >= 0x2028:
                let digits = String(scalar.value, radix: 16)
                result += "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}

extension Character {
    fileprivate var isASCIIDigit: Bool { isASCII && isNumber }
}
