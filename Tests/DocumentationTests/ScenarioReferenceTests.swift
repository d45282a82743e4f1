import Foundation
import Testing

@testable import Scenario

/// The generated parts of `docs/scenarios.md` are those of the grammar; `WEIR_WRITE_DOCS=1` writes
/// them anew.
@Suite struct ScenarioReferenceTests {
    private static let path = "docs/scenarios.md"

    /// A page with each generated part set between its two marks.
    private func filled(_ page: String, _ parts: [(name: String, text: String)]) throws -> String {
        var page = page
        for part in parts {
            let begin = "<!-- begin \(part.name): written by `make docs` -->\n"
            let end = "<!-- end \(part.name) -->\n"
            let opening = try #require(page.range(of: begin), "\(Self.path) has no line '\(begin)'")
            let closing = try #require(page.range(of: end), "\(Self.path) has no line '\(end)'")
            page.replaceSubrange(opening.upperBound..<closing.lowerBound, with: "\n" + part.text + "\n")
        }
        return page
    }

    @Test func thePageIsCurrent() throws {
        let page = try Repository.text(Self.path)
        let wanted = try filled(
            page, [("keys", ScenarioReference.text()), ("defaults", try ScenarioReference.defaults())])
        if ProcessInfo.processInfo.environment["WEIR_WRITE_DOCS"] == "1" {
            try Data(wanted.utf8).write(to: Repository.root.appending(path: Self.path))
            return
        }
        let lines = zip(page.split(separator: "\n"), wanted.split(separator: "\n"))
        let first = lines.first { $0.0 != $0.1 }.map { "\n  page:    \($0.0)\n  grammar: \($0.1)" } ?? ""
        #expect(page == wanted, "\(Self.path) is not what the grammar says: run make docs\(first)")
    }

    @Test func everyKeyOfTheGrammarStandsInIt() {
        let text = ScenarioReference.text()
        var missing: [String] = []
        var seen: Set<String> = []
        func look(_ map: MapShape, _ path: String) {
            guard seen.insert(path).inserted else { return }
            for key in map.keys {
                if !text.contains("| `\(key.name)` |") { missing.append("\(path)/\(key.name)") }
                if let inner = key.shape.map { look(inner, key.name) }
                if case .named(let named) = key.shape { look(named.shape, named.noun) }
            }
        }
        look(Grammar.file, "file")
        #expect(missing.isEmpty)
    }
}
