/// How text is written: in Unicode, or in ASCII where the locale has nothing else.
public enum TextStyle: Sendable {
    /// Everything as it is.
    case unicode
    /// With stand-ins for what ASCII lacks.
    case ascii

    /// A text on one line, without anything that a terminal would obey.
    ///
    /// Names, labels and errors come from files and brokers: none of them may move the cursor or
    /// turn text around.
    public func clean(_ text: String) -> String {
        var cleaned = ""
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x20..<0x7f: cleaned.unicodeScalars.append(scalar)
            case 0x09, 0x0a, 0x0d: cleaned += " "
            case 0..<0x20, 0x7f..<0xa0, 0x200b...0x200f, 0x2028...0x202e, 0x2060...0x206f, 0xfeff: cleaned += "?"
            default:
                if self == .ascii { cleaned += Self.standIn(scalar) } else { cleaned.unicodeScalars.append(scalar) }
            }
        }
        return cleaned
    }

    private static func standIn(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "µ", "μ": "u"
        case "±": "+-"
        case "–", "—", "−", "─": "-"
        case "≥": ">="
        case "≤": "<="
        case "×": "x"
        case "≈": "~"
        case "…": "..."
        case "\u{300}"..."\u{36f}": ""
        default: "?"
        }
    }

    /// The columns that a text takes on a terminal.
    public static func width(_ text: String) -> Int { text.reduce(0) { $0 + width($1) } }

    private static func width(_ character: Character) -> Int {
        guard let scalar = character.unicodeScalars.first, !character.isASCII else { return 1 }
        if scalar.properties.isEmojiPresentation { return 2 }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: return 0
        default: return wideRanges.contains { $0.contains(scalar.value) } ? 2 : 1
        }
    }

    /// The blocks of East Asian wide and full-width characters.
    private static let wideRanges: [ClosedRange<UInt32>] = [
        0x1100...0x115f, 0x2e80...0x303e, 0x3041...0x33ff, 0x3400...0x4dbf, 0x4e00...0x9fff, 0xa000...0xa4cf,
        0xa960...0xa97f, 0xac00...0xd7a3, 0xf900...0xfaff, 0xfe30...0xfe6f, 0xff00...0xff60, 0xffe0...0xffe6,
        0x1f300...0x1faff, 0x20000...0x3fffd,
    ]

    /// A text in lines of at most a width, parted at its spaces; what follows the first line is
    /// indented.
    ///
    /// A word that is wider has a line of its own. Without a width the text stays one line.
    public static func wrapped(_ text: String, to columns: Int?, indent: Int = 0) -> [String] {
        guard let columns, width(text) > columns else { return [text] }
        let lead = text.prefix { $0 == " " }
        let margin = String(repeating: " ", count: max(indent, lead.count))
        var lines: [String] = []
        var line = String(lead)
        for word in text.dropFirst(lead.count).split(separator: " ") {
            if line.last.map({ $0 == " " }) ?? true {
                line += word
            } else if width(line) + 1 + width(String(word)) <= columns {
                line += " \(word)"
            } else {
                lines.append(line)
                line = margin + word
            }
        }
        return lines + [line]
    }

    /// A text cut to a width, with a sign that it was.
    func cut(_ text: String, to columns: Int) -> String {
        guard Self.width(text) > columns else { return text }
        let sign = self == .ascii ? "..." : "…"
        var (kept, used) = ("", Self.width(sign))
        guard used <= columns else { return String(repeating: ".", count: max(columns, 0)) }
        for character in text {
            used += Self.width(character)
            if used > columns { break }
            kept.append(character)
        }
        return kept + sign
    }
}
