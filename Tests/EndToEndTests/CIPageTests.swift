import Foundation
import Results
import Testing

extension EndToEnd {
    /// The jobs in `docs/ci.md` do what they say: their shell steps are carried out as they stand.
    @Suite struct CIPageTests {
        private static func page() throws -> String {
            try String(contentsOfFile: "\(WeirProcess.root)/docs/ci.md", encoding: .utf8)
        }

        /// The lines between a fence of a language and its end, block by block.
        private static func blocks(_ language: String, of page: String) -> [[String]] {
            var blocks: [[String]] = []
            var isInside = false
            for line in page.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
                if line == "```\(language)" {
                    isInside = true
                    blocks.append([])
                } else if line == "```" {
                    isInside = false
                } else if isInside {
                    blocks[blocks.count - 1].append(line)
                }
            }
            return blocks
        }

        /// The shell commands of a job.
        private static func steps(_ job: [String]) -> [String] {
            job.map { $0.trimmingCharacters(in: .whitespaces) }.compactMap { line in
                for begin in ["- weir ", "run: weir ", "weir "] where line.hasPrefix(begin) {
                    return "weir " + line.dropFirst(begin.count)
                }
                return nil
            }
        }

        @Test(arguments: [0, 1]) func theStepsOfAJobRun(job: Int) throws {
            let page = try Self.page()
            let jobs = Self.blocks("yml", of: page)
            #expect(jobs.count == 2)
            var steps = Self.steps(jobs[job])
            #expect(steps.count >= 2 && steps.contains { $0.contains("--format junit") })
            // So short a run may not tell; what follows is carried out all the same.
            steps[0] += " || [ $? -eq 4 ]"
            let folder = try TemporaryFolder()
            let scenario = try #require(Self.blocks("yaml", of: page).first).joined(separator: "\n")
            // As the page has it, but for the time that it takes, and the bounds of a quiet host.
            let measure = "measure: {warmup: 1 s, for: 2 s, repeats: 10}"
            #expect(scenario.contains(measure))
            _ = try folder.write(
                scenario.replacingOccurrences(
                    of: measure, with: "measure: {warmup: 50 ms, for: 300 ms, repeats: 6, invalid: 100 %}"
                ).replacingOccurrences(of: "0.5 x baseline", with: "0.0001 x baseline")
                    .replacingOccurrences(of: "<= 20 ms", with: "<= 10 s"), to: "gate.yaml")
            let bin = URL(fileURLWithPath: WeirProcess.executable).deletingLastPathComponent().path
            let process = try WeirProcess.start(
                ["-ec", steps.joined(separator: "\n")], in: folder.path,
                environment: [
                    "PATH": "\(bin):/usr/bin:/bin", "GITHUB_STEP_SUMMARY": "\(folder.path)/summary.md",
                ], executable: "/bin/bash"
            ).wait()
            #expect(process.exitCode == 0, "\(process.errors)\(process.output)")
            #expect(try RunResult(path: "\(folder.path)/result.json").verdict == .valid)
            let junit = try String(contentsOfFile: "\(folder.path)/weir.xml", encoding: .utf8)
            #expect(junit.contains("<testsuites"))
            if job == 0 {
                let summary = try String(contentsOfFile: "\(folder.path)/summary.md", encoding: .utf8)
                #expect(summary.hasPrefix("# "))
            }
        }
    }
}
