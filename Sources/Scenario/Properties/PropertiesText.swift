/// A file in Java's properties format, read as `java.util.Properties.load(InputStream)` of JDK 17
/// does.
///
/// Java takes every byte for a character of Latin-1. A file that begins with UTF-8's byte-order
/// mark is read as UTF-8 without the mark, which Java would take for a part of the first key.
struct PropertiesText {
    /// One logical line's key and value, and the line it begins on, from 1.
    struct Entry: Equatable {
        var key: String
        var value: String
        var line: Int
    }

    /// Why a file cannot be read, and on which line; none where it is the file as a whole.
    struct Malformed: Error, Equatable {
        var line: Int?
        var message: String
    }

    /// The entries in the order of the file; a key may stand in several, of which Java keeps the
    /// last.
    static func entries(_ bytes: [UInt8]) throws(Malformed) -> [Entry] {
        var entries: [Entry] = []
        for line in PropertiesLines.all(try characters(bytes)) { entries.append(try entry(line)) }
        return entries
    }

    private static func characters(_ bytes: [UInt8]) throws(Malformed) -> [UInt16] {
        if bytes.starts(with: [0xFE, 0xFF]) || bytes.starts(with: [0xFF, 0xFE]) {
            throw Malformed(line: nil, message: "this is UTF-16, which Java does not read either: save it as UTF-8")
        }
        guard bytes.starts(with: [0xEF, 0xBB, 0xBF]) else { return bytes.map(UInt16.init) }
        guard let text = String(validating: bytes.dropFirst(3), as: UTF8.self) else {
            throw Malformed(line: nil, message: "it begins with UTF-8's byte-order mark and is not UTF-8")
        }
        return Array(text.utf16)
    }

    private static func entry(_ line: PropertiesLines.Line) throws(Malformed) -> Entry {
        let text = line.text
        var isEscaped = false
        let keyEnd =
            text.firstIndex { character in
                if !isEscaped, isSeparator(character) || isBlank(character) { return true }
                isEscaped = character == backslash && !isEscaped
                return false
            } ?? text.endIndex
        var valueStart = text[keyEnd...].firstIndex { !isBlank($0) } ?? text.endIndex
        // One separator, with blanks around it; a second one belongs to the value.
        if valueStart < text.endIndex, isSeparator(text[valueStart]) {
            valueStart = text[(valueStart + 1)...].firstIndex { !isBlank($0) } ?? text.endIndex
        }
        return Entry(
            key: try unescaped(text[..<keyEnd], line.number), value: try unescaped(text[valueStart...], line.number),
            line: line.number)
    }

    private static func unescaped(_ text: ArraySlice<UInt16>, _ line: Int) throws(Malformed) -> String {
        var units: [UInt16] = []
        var rest = text
        while let character = rest.popFirst() {
            guard character == backslash, let escaped = rest.popFirst() else {
                units.append(character)
                continue
            }
            switch escaped {
            case letter("t"): units.append(letter("\t"))
            case letter("r"): units.append(letter("\r"))
            case letter("n"): units.append(letter("\n"))
            case letter("f"): units.append(0x0C)
            case letter("u"):
                let digits = rest.prefix(4).compactMap { Character(Unicode.Scalar($0) ?? " ").hexDigitValue }
                guard digits.count == 4, rest.prefix(4).allSatisfy({ $0 < 0x80 }) else {
                    throw Malformed(line: line, message: "\\u wants four hexadecimal digits behind it, like \\u00e9")
                }
                units.append(digits.reduce(0) { $0 << 4 | UInt16($1) })
                rest = rest.dropFirst(4)
            default: units.append(escaped)
            }
        }
        return String(decoding: units, as: UTF16.self)
    }

    private static let backslash = letter("\\")

    private static func letter(_ scalar: Unicode.Scalar) -> UInt16 { UInt16(truncatingIfNeeded: scalar.value) }

    private static func isSeparator(_ character: UInt16) -> Bool {
        character == letter("=") || character == letter(":")
    }

    fileprivate static func isBlank(_ character: UInt16) -> Bool {
        character == letter(" ") || character == letter("\t") || character == 0x0C
    }
}

/// Joins a file's lines to logical ones: blank lines and comments left out, continuation lines put
/// together.
struct PropertiesLines {
    struct Line {
        var text: [UInt16] = []
        var number = 0
    }

    private var lines: [Line] = []
    private var current = Line()
    private var number = 1
    private var skipsBlanks = true
    private var isContinued = false
    private var isComment = false
    private var isEscaped = false

    static func all(_ characters: [UInt16]) -> [Line] {
        var reader = Self()
        var before: UInt16 = 0
        for character in characters {
            // A carriage return and a line feed end one line.
            if !(character == 0x0A && before == 0x0D) { reader.take(character) }
            before = character
        }
        reader.end()
        return reader.lines
    }

    private mutating func take(_ character: UInt16) {
        let isEnd = character == 0x0A || character == 0x0D
        defer { number += isEnd ? 1 : 0 }
        if isEnd { return endLine() }
        if isComment || skipsBlanks && PropertiesText.isBlank(character) { return }
        skipsBlanks = false
        isContinued = false
        if current.text.isEmpty {
            current.number = number
            if character == 0x23 || character == 0x21 {
                isComment = true
                return
            }
        }
        current.text.append(character)
        isEscaped = character == 0x5C && !isEscaped
    }

    private mutating func endLine() {
        if isEscaped {
            current.text.removeLast()
            isContinued = true
        } else if !skipsBlanks || isContinued {
            flush()
            isContinued = false
        }
        (skipsBlanks, isComment, isEscaped) = (true, false, false)
    }

    private mutating func end() {
        if isEscaped { current.text.removeLast() }
        flush()
    }

    private mutating func flush() {
        if !current.text.isEmpty { lines.append(current) }
        current = Line()
    }
}
