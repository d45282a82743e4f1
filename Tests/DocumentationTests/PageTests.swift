import Foundation
import Scenario
import Testing

/// The pages: their YAML is understood, their links lead somewhere.
@Suite struct PageTests {
    /// The fenced blocks of a language in a page, with the line each begins at.
    private func blocks(_ language: String, in page: String) -> [(line: Int, text: String)] {
        var found: [(line: Int, text: String)] = []
        var open: (line: Int, lines: [Substring])?
        for (number, line) in page.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if let block = open {
                if line == "```" {
                    found.append((block.line, block.lines.joined(separator: "\n") + "\n"))
                    open = nil
                } else {
                    open?.lines.append(line)
                }
            } else if line == "```\(language)" {
                open = (number + 2, [])
            }
        }
        return found
    }

    @Test func everyScenarioInAPageIsUnderstoodWithoutADoubt() throws {
        var count = 0
        for page in try Repository.pages() {
            for block in blocks("yaml", in: try Repository.text(page)) {
                let scenario = try Scenario.load(text: block.text, path: "\(page) from line \(block.line)")
                #expect(scenario.warnings.isEmpty, "\(page):\(block.line)")
                count += 1
            }
        }
        #expect(count >= 3)
    }

    @Test func everyLinkLeadsToAFile() throws {
        for page in try Repository.pages() {
            let folder = Repository.root.appending(path: page).deletingLastPathComponent()
            for link in try Repository.text(page).matches(of: /\]\(([^)#:]+)(#[^)]*)?\)/) {
                let target = folder.appending(path: String(link.output.1)).path
                #expect(FileManager.default.fileExists(atPath: target), "\(page): \(link.output.1)")
            }
        }
    }

    @Test func everyAnchorIsAHeadingOfItsPage() throws {
        for page in try Repository.pages() {
            let text = try Repository.text(page)
            let anchors = Set(text.matches(of: /(?m)^#+ (.+)$/).map { Self.anchor(String($0.output.1)) })
            for link in text.matches(of: /\]\(#([^)]+)\)/) {
                #expect(anchors.contains(String(link.output.1)), "\(page): #\(link.output.1)")
            }
        }
    }

    /// A heading's anchor by GitHub's rule.
    private static func anchor(_ heading: String) -> String {
        String(
            heading.lowercased().filter { $0.isLetter || $0.isNumber || " -_".contains($0) }.map {
                $0 == " " ? "-" : $0
            })
    }
}
