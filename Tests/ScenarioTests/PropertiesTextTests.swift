import Foundation
import Testing

@testable import Scenario

/// Java's properties format, held against `Properties.load` itself: from a file of its answers, and
/// live where Java is.
@Suite(.timeLimit(.minutes(5))) struct PropertiesTextTests {
    private func entries(_ text: String) throws -> [PropertiesText.Entry] {
        try PropertiesText.entries(Array(text.utf8))
    }

    @Test func whatLinesAreMadeOf() throws {
        let text =
            "# comment \\\n! another\r\n\r\n \ta = 1 \rb: 2\r\nc 3\nd=x\\\n   y\\\r\n\tz\n\\ e\\=\\:=\\u00e9\\t\\q\nf\n=g"
        #expect(
            try entries(text) == [
                .init(key: "a", value: "1 ", line: 4), .init(key: "b", value: "2", line: 5),
                .init(key: "c", value: "3", line: 6), .init(key: "d", value: "xyz", line: 7),
                .init(key: " e=:", value: "é\tq", line: 10), .init(key: "f", value: "", line: 11),
                .init(key: "", value: "g", line: 12),
            ])
        #expect(try entries("a=b\\") == [.init(key: "a", value: "b", line: 1)])
        #expect(try entries("a==b") == [.init(key: "a", value: "=b", line: 1)])
        #expect(try entries("") == [])
    }

    @Test func bytesAreLatin1UnlessAMarkSaysOtherwise() throws {
        #expect(try PropertiesText.entries([0x61, 0x3D, 0xE9]) == [.init(key: "a", value: "é", line: 1)])
        #expect(try entries("a=é") == [.init(key: "a", value: "Ã©", line: 1)])
        #expect(try entries("\u{FEFF}a=é") == [.init(key: "a", value: "é", line: 1)])
        for wrong: [UInt8] in [[0xEF, 0xBB, 0xBF, 0xFF], [0xFF, 0xFE, 0x61, 0], [0xFE, 0xFF, 0, 0x61]] {
            #expect(throws: PropertiesText.Malformed.self) { try PropertiesText.entries(wrong) }
        }
    }

    @Test(arguments: ["a=1\nb=\\u12", "\n\\u00g0=1", "a=\\uＡ000"])
    func anEscapeThatIsNoneHasALine(text: String) {
        let error = #expect(throws: PropertiesText.Malformed.self) { try entries(text) }
        #expect(error?.line == (text.hasPrefix("a=\\") ? 1 : 2))
    }

    @Test func readsWhatJavaRead() throws {
        let url = Bundle.module.bundleURL.appendingPathComponent("Fixtures/properties-java.tsv")
        let lines = try String(contentsOf: url, encoding: .utf8).split(separator: "\n")
        #expect(lines.count == 400)
        for line in lines {
            let columns = line.split(separator: "\t").map(String.init)
            #expect(Self.answer(columns[0]) == columns[1], "\(columns[0])")
        }
    }

    @Test(.enabled(if: Java.isThere, "no java"))
    func readsWhatJavaReads() async throws {
        var generator = SystemRandomNumberGenerator()
        let questions = (0..<5_000).map { _ in Self.file(&generator) }
        let answers = try await Java.ask(questions)
        try #require(answers.count == questions.count)
        for (question, answer) in zip(questions, answers) { #expect(Self.answer(question) == answer, "\(question)") }
    }

    /// A file of what the format gives a meaning to, ended by a plain line, as Java reads a
    /// backslash before nothing for an empty key.
    private static func file(_ generator: inout some RandomNumberGenerator) -> String {
        let pieces = [
            "\\", "\\", "=", ":", " ", "\t", "\u{c}", "\n", "\n", "\r", "\r\n", "#", "!", "a", "b", "\\u0041", "\\u",
            "é",
        ]
        let text = (0..<Int.random(in: 0...24, using: &generator)).map { _ in
            pieces.randomElement(using: &generator) ?? ""
        }
        return "." + (text.joined() + "\nend=1").utf8.map { String(format: "%02x", $0) }.joined()
    }

    /// What `PropertiesOracle` answers, from our own reading.
    private static func answer(_ question: String) -> String {
        let digits = Array(question.dropFirst())
        let bytes = stride(from: 0, to: digits.count, by: 2).compactMap {
            UInt8(String(digits[$0...$0 + 1]), radix: 16)
        }
        guard let entries = try? PropertiesText.entries(bytes) else { return "!" }
        let last = Dictionary(entries.map { (hex($0.key), hex($0.value)) }, uniquingKeysWith: { $1 })
        return ([""] + last.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }).joined(separator: " ")
            .replacing(/^/, with: ".")
    }

    private static func hex(_ text: String) -> String {
        text.utf16.map { String(format: "%04x", $0) }.joined()
    }
}

/// `Properties.load` of the Java that is there.
private enum Java {
    private static let source = Bundle.module.bundleURL.appendingPathComponent("Fixtures/PropertiesOracle.java").path

    static let isThere = ["/usr/bin/java", "/usr/local/bin/java"].contains(where: FileManager.default.isExecutableFile)

    /// An answer for each question, through files, as pipes hold less.
    static func ask(_ questions: [String]) async throws -> [String] {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("weir-properties-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (input, output) = (folder.appendingPathComponent("in"), folder.appendingPathComponent("out"))
        try Data(questions.map { $0 + "\n" }.joined().utf8).write(to: input)
        try Data().write(to: output)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["java", source]
        process.standardInput = try FileHandle(forReadingFrom: input)
        process.standardOutput = try FileHandle(forWritingTo: output)
        // Waiting here would keep a thread of the pool from the tests that run beside this one.
        try await withCheckedThrowingContinuation { (ended: CheckedContinuation<Void, any Error>) in
            process.terminationHandler = { _ in ended.resume() }
            do { try process.run() } catch { ended.resume(throwing: error) }
        }
        return try String(contentsOf: output, encoding: .utf8).split(separator: "\n").map(String.init)
    }
}
