import Foundation
import JSONSchemaChecker
import Results
import Testing

extension EndToEnd {
    /// What the command line says to people, and `-` for standard input and output.
    @Suite struct CommandLineTests {
        private static let small = """
            weir: 1
            name: small
            measure: {warmup: 0 s, for: 100 ms, repeats: 1}
            experiments:
              one: {produce: {value: {size: 10 B}, load: {concurrency: 1}, producer: {linger.ms: 0}}}
            """
        private static let reference = "\(WeirProcess.root)/results/reference/quickstart.json"

        private func weir(_ words: String...) throws -> WeirProcess {
            try WeirProcess.run(words, in: NSTemporaryDirectory(), environment: ["COLUMNS": "", "LC_ALL": "C.UTF-8"])
        }

        @Test(arguments: ["run", "validate", "broker", "show", "clean", "schema", "version"])
        func helpOfACommandIsTheCommands(name: String) throws {
            let help = try weir("help", name)
            #expect(help.exitCode == 0 && help.errors.isEmpty)
            #expect(help.output.hasPrefix("weir \(name): "))
            #expect(try weir(name, "--help").output == help.output)
        }

        @Test func helpOfNoCommandIsAnError() throws {
            let help = try weir("help", "rum")
            #expect(help.exitCode == 2)
            #expect(help.errors == "weir has no command 'rum' (did you mean 'run'?)\n'weir help' lists them\n")
        }

        @Test(arguments: ["run", "show"])
        func aFormatThatIsNoneIsSaidOfItsCommand(name: String) throws {
            let process = try weir(name, Self.reference, "--format", "tabel")
            #expect(process.exitCode == 2)
            #expect(
                process.errors
                    == "weir \(name): --format 'tabel' is none of table, json, markdown, junit, github "
                    + "(did you mean 'table'?)\n")
        }

        @Test func aFolderWithoutResultsIsSaidInWords() throws {
            let folder = try TemporaryFolder()
            let process = try weir("compare", Self.reference, folder.path)
            #expect(process.exitCode == 1)
            #expect(process.errors == "weir compare: \(folder.path): no file in it ends in .json\n")
        }

        @Test func aRunIsNotComparedWithItself() throws {
            let folder = try TemporaryFolder()
            let text = try String(contentsOfFile: Self.reference, encoding: .utf8)
            for name in ["a.json", "b.json"] { _ = try folder.write(text, to: name) }
            for sides in [[folder.path, Self.reference], [Self.reference, Self.reference]] {
                let process = try weir("compare", sides[0], sides[1])
                #expect(process.exitCode == 1 && process.output.isEmpty)
                #expect(process.errors.contains("each run counts once"), "\(process.errors)")
            }
        }

        /// Several comparisons are one document, which a reader takes whole.
        @Test func severalComparisonsAreOneDocument() throws {
            let folder = try TemporaryFolder()
            var result = try RunResult(path: Self.reference)
            let paths = try (1...3).map { number in
                result.seed = UInt64(number)
                return try folder.write(String(decoding: try result.json(), as: UTF8.self), to: "\(number).json")
            }
            let json = try WeirProcess.run(["compare"] + paths + ["--format", "json"], in: folder.path)
            let list = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [[String: Any]]
            #expect(list?.map { $0["second"] as? String } == Array(paths.dropFirst()) && json.exitCode == 4)
            let two = try WeirProcess.run(["compare"] + paths.prefix(2) + ["--format", "json"], in: folder.path)
            #expect(try JSONSerialization.jsonObject(with: Data(two.output.utf8)) is [String: Any])
            let junit = try WeirProcess.run(["compare"] + paths + ["--format", "junit"], in: folder.path)
            #expect(junit.output.components(separatedBy: "<?xml").count == 2)
            #expect(junit.output.contains("<testsuite name=\"\(paths[1]): reuse\""), "\(junit.output.prefix(500))")
        }

        @Test func aCalibrationInAFormThatJudgesIsRefusedBeforeItIsMeasured() throws {
            let process = try weir("calibrate", "\(WeirProcess.root)/Scenarios/quickstart.yaml", "--format", "junit")
            #expect(process.exitCode == 2 && process.errors.contains("judges nothing"), "\(process.errors)")
        }

        @Test func aResultThatIsBeingWrittenIsNotCompared() throws {
            let folder = try TemporaryFolder()
            var result = try RunResult(path: Self.reference)
            result.endedAt = nil
            let path = try folder.write(String(decoding: try result.json(), as: UTF8.self), to: "now.json")
            let process = try weir("compare", Self.reference, path)
            #expect(process.exitCode == 1)
            #expect(process.errors.hasPrefix("weir compare: \(path): its run has not ended"), "\(process.errors)")
        }

        @Test(arguments: [["schema"], ["schema", "--report"], ["version"], ["help"], ["show", reference]])
        func whatCannotBeWrittenIsAFailure(words: [String]) throws {
            let process = try WeirProcess.run(
                words, in: NSTemporaryDirectory(), under: ["/bin/sh", "-c", "exec \"$0\" \"$@\" > /dev/full"])
            #expect(process.exitCode == 1 && process.errors.contains("could not be written"), "\(process.errors)")
        }

        @Test func aReportIsWhatItsSchemaSays() throws {
            let schema = try weir("schema", "--report")
            let report = try weir("show", Self.reference, "--format", "json")
            #expect(schema.exitCode == 0 && report.exitCode == 0)
            let json = try JSONSerialization.jsonObject(with: Data(report.output.utf8))
            #expect(try SchemaChecker(schema.output).problems(of: json) == [])
            #expect(try SchemaChecker(weir("schema", "--result").output).problems(of: json) != [])
            let both = try weir("schema", "--report", "--result")
            #expect(both.exitCode == 2 && both.errors.contains("exclude each other"))
        }

        @Test func aResultGoesToStandardOutputAndComesFromStandardInput() throws {
            let folder = try TemporaryFolder()
            let scenario = try folder.write(Self.small, to: "small.yaml")
            let run = try WeirProcess.run(["run", "-", "--out", "-"], in: folder.path, inputPath: scenario)
            #expect(run.exitCode == 0, "\(run.errors)")
            let result = try RunResult(json: Array(run.output.utf8), path: "standard output")
            #expect(result.verdict == .valid)
            #expect(run.errors.contains("records/s") && !run.errors.contains("result:"))
            #expect(folder.resultFiles.isEmpty && !FileManager.default.fileExists(atPath: "\(folder.path)/-"))
            let kept = try folder.write(run.output, to: "kept.json")
            let shown = try WeirProcess.run(["show", "-"], in: folder.path, inputPath: kept)
            #expect(shown.exitCode == 0 && shown.output.contains("records/s") && !shown.output.contains("result:"))
            let empty = try WeirProcess.run(["show", "-"], in: folder.path, inputPath: "/dev/null")
            #expect(empty.exitCode == 1 && empty.errors.contains("standard input: not a result"))
        }

        @Test func sentencesArePartedAtTheTerminalsWidth() throws {
            let wide = try WeirProcess.run(
                ["show", Self.reference], in: NSTemporaryDirectory(), environment: ["COLUMNS": ""])
            #expect(wide.output.contains("else both ends stand in parentheses."))
            let narrow = try WeirProcess.run(
                ["show", Self.reference], in: NSTemporaryDirectory(), environment: ["COLUMNS": "50"])
            let long = narrow.output.components(separatedBy: "\n").filter { $0.count > 50 }
            #expect(long.allSatisfy { $0.hasPrefix("result: ") || $0.hasPrefix("to see it again: ") }, "\(long)")
        }

        @Test(.enabled(if: WeirProcess.canBeUnprivileged, "no setpriv, and root may read everything"))
        func whatMayNotBeReadOrWrittenIsSaidSo() throws {
            let folder = try TemporaryFolder()
            let scenario = try folder.write(Self.small, to: "small.yaml")
            for name in ["secret.yaml", "secret.properties", "secret.json"] {
                let path = try folder.write("", to: name)
                try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: path)
            }
            let locked = "\(folder.path)/locked"
            try FileManager.default.createDirectory(
                atPath: locked, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o555])
            let cases: [([String], Int32, String)] = [
                (["run", "secret.yaml"], 2, "secret.yaml: cannot be read: Permission denied"),
                (
                    ["run", scenario, "--bootstrap-servers", "127.0.0.1:1", "--command-config", "secret.properties"], 2,
                    "secret.properties: cannot be read: Permission denied"
                ), (["show", "secret.json"], 1, "secret.json: cannot be read: Permission denied"),
                (
                    ["run", scenario, "--out", "\(locked)/r.json"], 1,
                    "\(locked): results can't be written here (Permission denied): make the folder writable"
                ), (["run", scenario, "--out", "\(locked)/new/r.json"], 1, "Permission denied"),
                (["broker", "--port", "0", "--data-dir", "\(locked)/data"], 1, "Permission denied"),
            ]
            for (words, exitCode, message) in cases {
                let process = try WeirProcess.run(words, in: folder.path, under: WeirProcess.lowering)
                #expect(process.exitCode == exitCode, "\(words)")
                #expect(process.errors.contains(message), "\(words): \(process.errors)")
            }
        }
    }
}
