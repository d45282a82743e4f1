import Foundation
import Results
import Testing

/// What a run leaves behind, opened by tools that know nothing of Weir: junitparser, a Markdown
/// renderer (markdown-it-py) and jsonschema.
@Suite(.needsReportTools, .serialized, .timeLimit(.minutes(5))) struct ReportToolTests {
    private static let scenario = """
        weir: 1
        name: opened
        measure: {warmup: 0 s, for: 200 ms, repeats: 5, foreign: 100 %}
        experiments:
          reuse:
            produce:
              value: {size: 100 B}
              load: {concurrency: 2}
              recreate: {each: [never, {producer: 10 records}]}
              producer: {linger.ms: 0}
            baseline: {recreate: never}
            expect:
              - ack p50 <= 10 s
              - ack p50 <= 1 us
              - ack p99.9 <= 1 s
              - records failed = 0

        """

    private struct Suite: Decodable {
        struct Case: Decodable {
            var name: String
            var result: [String]
            var message: String
        }

        var name: String
        var counts: [String: Int]
        var cases: [Case]
    }

    private struct Page: Decodable {
        var tables: [[[String]]]
        var headings: [String]
        var texts: [String]
    }

    /// A run's result, and the files that are made of it.
    private struct Files {
        let folder: TemporaryFolder
        let result: RunResult
        let status: Int32
        var path: String { folder.path + "/result.json" }

        init() async throws {
            folder = try TemporaryFolder()
            let scenario = folder.path + "/opened.yaml"
            try ReportToolTests.scenario.write(toFile: scenario, atomically: true, encoding: .utf8)
            let output = try await ChildProcess(
                executable: Build.weir,
                arguments: ["run", scenario, "--out", folder.path + "/result.json", "--label", "note=a|b <c> & \"d\""]
            ).output()
            status = output.status
            result = try RunResult(path: folder.path + "/result.json")
        }

        /// Writes what a command prints.
        func write(_ name: String, _ arguments: String...) async throws -> String {
            let path = folder.path + "/" + name
            let output = try await ChildProcess(executable: Build.weir, arguments: arguments).output()
            #expect(output.standardError.isEmpty, "\(output.standardError)")
            try output.standardOutput.write(toFile: path, atomically: true, encoding: .utf8)
            return path
        }
    }

    private func open<Value: Decodable>(_ arguments: String..., as type: Value.Type = Value.self) async throws -> Value
    {
        let output = try await ChildProcess(
            executable: ReportTools.python,
            arguments: [Build.package + "/Tests/InteropTests/Python/reports.py"] + arguments
        ).run()
        return try JSONDecoder().decode(type, from: Data(output.utf8))
    }

    @Test func everyFileOfARunIsOpened() async throws {
        let files = try await Files()
        defer { files.folder.remove() }
        // What is not met goes before what cannot be told.
        #expect(
            files.status == 3, "\(files.result.experiments.flatMap(\.cells).flatMap(\.repeats).map(\.invalidReasons))")
        try await expectJUnit(files)
        try await expectMarkdown(files)
        try await expectSchemas(files)
    }

    private func expectJUnit(_ files: Files) async throws {
        let path = try await files.write("weir.xml", "show", files.path, "--format", "junit")
        let suites: [Suite] = try await open("junit", path)
        let suite = try #require(suites.first)
        #expect(suites.count == 1 && suite.name == "reuse")
        var found: [String: [String]] = [:]
        for one in suite.cases { found[one.name] = one.result }
        let cells = ["never", "{producer: 10 records}"]
        #expect(found.keys.count { $0.hasSuffix("ack p50 <= 10 s") } == cells.count, "\(found)")
        for (name, result) in found {
            let wanted: [[String]] =
                name.hasSuffix("<= 1 us")
                ? [["failure"]] : name.contains("p99.9") ? [["passed"], ["error"]] : [["passed"]]
            #expect(wanted.contains(result), "\(name): \(result)")
        }
        #expect(suite.cases.count == 8 && suite.counts["tests"] == 8 && suite.counts["failures"] == 2)
        let errors = suite.cases.count { $0.result == ["error"] }
        #expect(suite.counts["errors"] == errors && suite.counts["skipped"] == 0)
        #expect(suite.cases.allSatisfy { !$0.message.isEmpty })
    }

    private func expectMarkdown(_ files: Files) async throws {
        let path = try await files.write("weir.md", "show", files.path, "--format", "markdown")
        let page: Page = try await open("markdown", path)
        let text = try String(contentsOfFile: path, encoding: .utf8)
        // Each line of dashes is one table's, and every table's rows are as wide as its head.
        #expect(
            page.tables.count == text.split(separator: "\n").count { $0.hasPrefix("| --:") || $0.hasPrefix("| :--") })
        #expect(page.tables.count >= 4)
        for table in page.tables {
            #expect(table.count > 1 && table.allSatisfy { $0.count == table[0].count }, "\(table)")
        }
        #expect(page.tables[0][0].contains("records/s"))
        #expect(page.tables.last?.contains { $0.contains("ack p50 <= 1 us") && $0.contains("not met") } == true)
        #expect(page.headings.first?.hasPrefix("opened") == true && page.headings.contains { $0.hasPrefix("reuse") })
        // A label is text whatever it holds, and no table, markup or HTML is left over.
        let others = page.texts.joined(separator: "\n")
        #expect(others.contains("note=a|b <c> & \"d\""), "\(others)")
        #expect(!others.contains("[html") && !others.contains("| --"), "\(others)")
    }

    private func expectSchemas(_ files: Files) async throws {
        let report = try await files.write("report.json", "show", files.path, "--format", "json")
        for (option, document) in [("--report", report), ("--result", files.path)] {
            let schema = try await files.write("schema\(option).json", "schema", option)
            #expect(try await open("schema", schema, document, as: [String].self) == [])
            // A document of the other kind is not taken for one.
            let other = document == report ? files.path : report
            #expect(try await !open("schema", schema, other, as: [String].self).isEmpty)
        }
    }
}

/// Where the tools are, which `make` puts there.
private enum ReportTools {
    static let python = Build.package + "/.venv-reports/bin/python"
    static let areThere = Build.isCI || FileManager.default.isExecutableFile(atPath: python)
}

extension Trait where Self == ConditionTrait {
    fileprivate static var needsReportTools: Self {
        .enabled(
            if: ReportTools.areThere, "no .venv-reports: skipped what needs junitparser, markdown-it-py, jsonschema")
    }
}
