import Foundation
import Results
import Testing

extension EndToEnd {
    /// The jobs of `docs/ci.md`, run step by step as a CI system would: in bash, which ends at the
    /// first command that fails, with the scenario of the page in less time.
    @Suite struct CIPageTests {
        @Test func aGitHubJobMeasuresAndReports() throws {
            let page = try CIPage()
            let steps = page.commands(under: "GitHub Actions", keys: ["run"])
            #expect(steps.count >= 2 && steps[0].contains("weir run"))
            let folder = try TemporaryFolder()
            _ = try folder.write(page.quickScenario, to: "gate.yaml")
            let summary = try folder.write("", to: "summary.md")
            for (index, step) in steps.enumerated() {
                let process = try run(step, in: folder, ["GITHUB_STEP_SUMMARY": summary])
                // Only the measurement may fail its job.
                #expect(index == 0 ? [0, 3, 4].contains(process.exitCode) : process.exitCode == 0, "\(step)")
                #expect(index == 0 || process.errors.isEmpty, "\(step): \(process.errors)")
            }
            #expect(try RunResult(path: "\(folder.path)/result.json").experiments.count == 1)
            #expect(try String(contentsOfFile: summary, encoding: .utf8).contains("| recreate |"))
            let junit = try String(contentsOfFile: "\(folder.path)/weir.xml", encoding: .utf8)
            #expect(junit.hasPrefix("<?xml") && junit.contains("<testcase "))
        }

        @Test func aGitLabJobMeasuresAndReports() throws {
            let page = try CIPage()
            let (script, after) = (
                page.commands(under: "GitLab", keys: ["script"]), page.commands(under: "GitLab", keys: ["after_script"])
            )
            #expect(script.contains { $0.contains("weir run") } && !after.isEmpty)
            let folder = try TemporaryFolder()
            _ = try folder.write(page.quickScenario, to: "gate.yaml")
            #expect([0, 3, 4].contains(try run(script.joined(separator: "\n"), in: folder).exitCode))
            let reported = try run(after.joined(separator: "\n"), in: folder)
            #expect(reported.exitCode == 0 && reported.errors.isEmpty, "\(reported.errors)")
            for path in page.artifacts {
                #expect(FileManager.default.fileExists(atPath: "\(folder.path)/\(path)"), "\(path)")
            }
            #expect(Set(page.artifacts).isSuperset(of: ["weir.xml", "result.json"]))
        }

        @Test func theScenarioOfThePageIsValid() throws {
            let folder = try TemporaryFolder()
            let path = try folder.write(try CIPage().scenario, to: "gate.yaml")
            let process = try WeirProcess.run(["validate", path], in: folder.path)
            #expect(process.exitCode == 0, "\(process.errors)")
        }

        /// Runs a step, with this build's weir first on the path.
        private func run(
            _ script: String, in folder: TemporaryFolder, _ environment: [String: String] = [:]
        ) throws -> WeirProcess {
            let weir = URL(fileURLWithPath: WeirProcess.executable).deletingLastPathComponent().path
            let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
            return try WeirProcess.start(
                ["-e", "-o", "pipefail", "-c", script], in: folder.path,
                environment: environment.merging(["PATH": "\(weir):\(path)"]) { $1 }, executable: "/bin/bash"
            ).wait()
        }
    }
}

/// What stands in `docs/ci.md`.
private struct CIPage {
    private let lines: [String]

    init() throws {
        lines = try String(contentsOfFile: "\(WeirProcess.root)/docs/ci.md", encoding: .utf8)
            .components(separatedBy: "\n")
    }

    /// The lines of a section's first block of code.
    private func block(under heading: String) -> [String] {
        let section = lines.drop { $0 != "## \(heading)" }.dropFirst().prefix { !$0.hasPrefix("## ") }
        return Array(section.drop { !$0.hasPrefix("```") }.dropFirst().prefix { !$0.hasPrefix("```") })
    }

    /// The scenario that is measured.
    var scenario: String { block(under: "What must hold").joined(separator: "\n") + "\n" }

    /// The same in a few seconds, whatever else the host does.
    var quickScenario: String {
        var lines = block(under: "What must hold")
        for index in lines.indices where lines[index].hasPrefix("measure:") {
            lines[index] = "measure: {warmup: 0 s, for: 200 ms, repeats: 5, foreign: 100 %}"
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// What a section's job runs under one of `keys`, step by step: a text, a block (`|`) or a
    /// list.
    func commands(under heading: String, keys: [String]) -> [String] {
        let block = block(under: heading)
        var commands: [String] = []
        for (index, line) in block.enumerated() {
            let text = line.drop { $0 == " " || $0 == "-" }
            guard let key = keys.first(where: { text.hasPrefix("\($0):") }) else { continue }
            let value = text.dropFirst(key.count + 1).drop { $0 == " " }
            let inner = block[(index + 1)...].prefix { $0.isEmpty || $0.indent > line.indent }
            switch value {
            case "|": commands.append(inner.map { String($0.drop { $0 == " " }) }.joined(separator: "\n"))
            case "": commands += inner.map { String($0.drop { $0 == " " || $0 == "-" }) }
            default: commands.append(String(value))
            }
        }
        return commands
    }

    /// The files that the GitLab job keeps.
    var artifacts: [String] {
        block(under: "GitLab").flatMap { line -> [String] in
            guard let colon = line.range(of: "junit: ")?.upperBound ?? line.range(of: "paths: [")?.upperBound
            else { return [] }
            return line[colon...].prefix { $0 != "}" && $0 != "]" }.components(separatedBy: ", ")
        }
    }
}

extension String {
    fileprivate var indent: Int { prefix { $0 == " " }.count }
}
