import Foundation
import Glibc
import JSONSchemaChecker
import Reporting
import Results
import Statistics
import Testing

extension EndToEnd {
    /// `weir gate` and `weir calibrate` as a user runs them. Other tests may keep the host busy, so
    /// that any load of others is allowed.
    @Suite struct GateTests {
        static let scenario = """
            weir: 1
            name: small
            experiments:
              one:
                produce: {value: {size: 100 B}, load: {concurrency: 1}, producer: {linger.ms: 0}}
                gate: {metrics: [ack p50], margin: 20 %}
            """
        private static let small = ["--slices", "2", "--foreign", "900 %", "--seed", "3"]

        private func gate(
            _ words: [String], in folder: TemporaryFolder, environment: [String: String] = [:]
        ) throws -> (process: WeirProcess, gate: GateResult?) {
            let path = try folder.write(Self.scenario, to: "small.yaml")
            let process = try WeirProcess.run(
                ["gate", path] + words, in: folder.path, environment: environment, deadlineS: 180)
            let file = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
                .first { $0.hasPrefix("results/gates/") }
            return (process, try file.map { try GateResult(path: "\(folder.path)/\($0)") })
        }

        @Test func aSettingThatDoublesTheMedianIsFound() throws {
            let folder = try TemporaryFolder()
            let (environment, left) = try folder.makeTemporary()
            let (process, gate) = try gate(
                ["--candidate", "set=linger.ms=2", "--budget", "5 min"] + Self.small, in: folder,
                environment: environment)
            #expect(process.exitCode == 3, "\(process.errors)")
            #expect(process.output.hasPrefix("regressed: candidate (set=linger.ms=2) beside baseline\n"))
            let made = try #require(gate)
            #expect(made.verdict == .regressed && made.pairs.count == 12 && made.ending == .clear)
            #expect(made.pairs.allSatisfy { $0.figures[0].sliceCount == 2 && $0.figures[0].logRatio > log(1.5) })
            // In each two pairs each side is started first once.
            let firsts = made.pairs.map(\.first)
            #expect(stride(from: 0, to: 12, by: 2).allSatisfy { firsts[$0] != firsts[$0 + 1] })
            #expect(left() == [])
            try check(folder)
        }

        /// It is printed again in every form.
        private func check(_ folder: TemporaryFolder) throws {
            let name = try #require(
                try FileManager.default.contentsOfDirectory(atPath: "\(folder.path)/results/gates").first)
            let path = "results/gates/\(name)"
            for (format, words) in [
                ("table", "regressed: candidate"), ("markdown", "**regressed: candidate"), ("junit", "<failure"),
                ("github", "::error file="), ("json", "\"verdict\" : \"regressed\""),
            ] {
                let shown = try WeirProcess.run(["show", path, "--format", format], in: folder.path)
                #expect(shown.exitCode == 3 && shown.output.contains(words), "\(format): \(shown.output)")
            }
            let json = try WeirProcess.run(["show", path, "--format", "json"], in: folder.path)
            let schema = try WeirProcess.run(["schema", "--report"], in: folder.path)
            let object = try JSONSerialization.jsonObject(with: Data(json.output.utf8))
            #expect(try SchemaChecker(schema.output).problems(of: object) == [])
        }

        @Test func theSameIsNeverCalledWorse() throws {
            let folder = try TemporaryFolder()
            let (process, gate) = try gate(
                ["--baseline", "weir=\(WeirProcess.executable)", "--candidate", "weir=\(WeirProcess.executable)"]
                    + ["--budget", "30 s"] + Self.small, in: folder)
            #expect(process.exitCode == 0 || process.exitCode == 4, "\(process.errors)")
            let made = try #require(gate)
            #expect(made.verdict == .pass || made.verdict == .inconclusive)
            #expect(made.sides.map(\.weir.version) == [made.weir.version, made.weir.version])
        }

        @Test func aSignalKeepsThePairsSoFar() throws {
            let folder = try TemporaryFolder()
            let (environment, left) = try folder.makeTemporary()
            let path = try folder.write(Self.scenario, to: "small.yaml")
            let running = try WeirProcess.start(
                ["gate", path, "--candidate", "set=acks=1", "--budget", "9 min"] + Self.small, in: folder.path,
                environment: environment)
            #expect(running.waitForErrors("pair 2 done"))
            running.signal(SIGINT)
            let process = running.wait()
            #expect(process.exitCode == 130, "\(process.errors)")
            #expect(process.output.hasPrefix("inconclusive: candidate") && process.output.contains("stopped before"))
            #expect(left() == [])
        }

        @Test func calibrationTellsWhatCanBeFoundAndGatesCiteIt() throws {
            let folder = try TemporaryFolder()
            let path = try folder.write(Self.scenario, to: "small.yaml")
            let process = try WeirProcess.run(
                ["calibrate", path, "--budget", "30 s"] + Self.small, in: folder.path, deadlineS: 180)
            #expect(process.exitCode == 0, "\(process.errors)")
            #expect(process.output.contains("cried wolf") && process.output.contains("pairs to pass it"))
            let small = try WeirProcess.run(
                ["gate", path, "--candidate", "set=acks=1", "--budget", "1 s"], in: folder.path)
            #expect(small.exitCode == 2 && small.errors.contains("has no room for the 12 pairs"))
            let run = try WeirProcess.run(
                [
                    "run", path, "--set", "for=100 ms", "--set", "repeats=1",
                    "--set", "/experiments/one/expect=[records failed = 0]",
                ], in: folder.path)
            #expect(run.errors.contains("calibration of this host: results/calibrations/small-"), "\(run.errors)")
        }

        @Test func whatAnotherProgramSaysDoesNotReachTheTerminalAsItIs() throws {
            let folder = try TemporaryFolder()
            let program = try folder.write("#!/bin/sh\nprintf '\\033[31mred\\r\\n'\n", to: "other")
            #expect(chmod(program, 0o700) == 0)
            let (process, gate) = try gate(["--candidate", "weir=\(program)"], in: folder)
            #expect(process.exitCode == 2 && gate == nil)
            #expect(process.errors.contains("it said '?[31mred '"), "\(process.errors)")
        }

        @Test(arguments: [
            (["--candidate", "weir=/bin/true"], "candidate (weir=/bin/true): it has no load generator process"),
            (["--baseline", "weir=/nowhere"], "baseline (weir=/nowhere): /nowhere: there is no program"),
            (["--candidate", "set=for=9 s"], "'measure' differs between the sides"),
            (
                ["--candidate", "set=load={concurrency: {each: [1, 2]}}"],
                "different cells, a single one and concurrency: 1, 2"
            ),
            (["--candidate", "set=nonsense=1"], "no value of this scenario has the path 'nonsense'"),
            (["--candidate", "set=acks=1", "--budget", "1 s"], "has no room for the 12 pairs"),
            ([], "give --baseline or --candidate"),
        ]) func whatCannotBeJudgedIsRefusedBeforeItIsMeasured(words: [String], said: String) throws {
            let folder = try TemporaryFolder()
            let (environment, left) = try folder.makeTemporary()
            let (process, gate) = try gate(words, in: folder, environment: environment)
            #expect(process.exitCode == 2 && process.errors.contains(said), "\(process.errors)")
            #expect(gate == nil && left() == [])
        }
    }
}
