import Foundation
import Testing

/// Files, types and functions that the pages name exist, so that whoever renames one mends the pages
/// too.
@Suite struct NamedCodeTests {
    @Test func everythingThatAPageNamesIsThere() throws {
        let code = try NamedCode()
        for page in try Repository.pages() where !Self.unchecked.contains(page) {
            for name in code.missing(in: try Repository.text(page)) {
                Issue.record("\(page) names \(name), which is not there")
            }
        }
    }

    @Test func whatIsNotThereIsFound() throws {
        let page = """
            `LoadEngine/Run/NoSuchFile`, `Run/Engine.swift`, `NoSuchType.run`, `Engine.noSuchMember`, `noSuch(of:)`,
            `Engine.run`, `weir run`, `Task(executorPreference: loop)`
            ```
            `NoSuchBlock`
            ```
            """
        let missing = try NamedCode().missing(in: page)
        #expect(
            missing == ["LoadEngine/Run/NoSuchFile", "NoSuchType.run", "Engine.noSuchMember", "noSuch(of:)"],
            "\(missing)")
    }

    /// What was, and what is generated.
    private static let unchecked: Set = ["CHANGELOG.md", "docs/scenarios.md"]
}

/// What there is to be named: the code's files, the types that it declares, and all its words.
private struct NamedCode {
    private var files: Set<String> = []
    private var types: Set<String> = []
    private var words: Set<String> = []

    private static let folders = [
        "Sources", "Tests", "Benchmarks/Sources", "Benchmarks/Tests", "Benchmarks/Peers", "Benchmarks/Scenarios",
        "Snippets", "Guards", "Scenarios",
    ]
    private static let sources: Set = ["swift", "c", "h", "py", "java"]
    /// Swift's types, and Kafka's.
    private static let foreign: Set = ["CancellationError", "ConfigDef", "Empty", "Package", "Task", "UInt64"]

    init() throws {
        files = Set(try Repository.pages())
        for file in try Self.folders.flatMap({ try Repository.files(below: $0, suffix: "") }) {
            files.insert(file)
            types.insert(String(file.split(separator: "/").last?.prefix { $0 != "." && $0 != "+" } ?? ""))
            guard let ending = file.split(separator: ".").last, Self.sources.contains(String(ending)),
                !file.hasSuffix("/NamedCodeTests.swift")
            else { continue }
            scan(Array(try Repository.text(file).utf8))
        }
    }

    /// Notes the words of a source, and those that a keyword declares as types.
    private mutating func scan(_ text: [UInt8]) {
        var start = 0
        var isDeclared = false
        for end in 0...text.count where end == text.count || !Self.isOfAWord(text[end]) {
            if end > start {
                let word = String(decoding: text[start..<end], as: UTF8.self)
                words.insert(word)
                if isDeclared { types.insert(word) }
                isDeclared = Self.declaring.contains(word)
            }
            start = end + 1
        }
    }

    private static let declaring: Set = ["struct", "class", "enum", "actor", "protocol", "typealias"]

    private static func isOfAWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    /// The names in a page's backticks that stand for nothing there is, in their order.
    func missing(in page: String) -> [String] {
        var isFenced = false
        let prose = page.split(separator: "\n").filter { line in
            if line.hasPrefix("```") { isFenced.toggle() }
            return !isFenced
        }
        return prose.joined(separator: " ").matches(of: /`([^`]+)`/).map { String($0.output.1) }.filter { !isThere($0) }
    }

    /// Whether a name is one of a file, of a type, a member or a function; what looks like none of
    /// them, such as a command, counts as there.
    private func isThere(_ name: String) -> Bool {
        if let path = name.wholeMatch(of: /([A-Z][A-Za-z0-9+-]*(?:\/[A-Za-z0-9][A-Za-z0-9+-]*)+)(?:\.[a-z]+)?\/?/) {
            let end = "/\(path.output.1)"
            return name.contains("NAME")
                || files.contains { "/\($0)/".contains(end + "/") || "/\($0)".contains(end + ".") }
        }
        guard let parts = name.wholeMatch(of: /([A-Za-z][A-Za-z0-9]*)((?:\.[a-z][A-Za-z0-9]*)*)(?:\([A-Za-z:_ ]*\))?/)
        else { return true }
        let first = String(parts.output.1)
        guard first.count > 2, first.contains(where: \.isLowercase) else { return true }
        let isType = first.first?.isUppercase == true
        if isType, Self.foreign.contains(first) { return true }
        let members = parts.output.2.split(separator: ".").map(String.init).filter { !Self.sources.contains($0) }
        return (isType ? types.contains(first) : words.contains(first)) && members.allSatisfy(words.contains)
    }
}
