import Foundation
import Glibc
import Results
import Testing

extension EndToEnd {
    /// A run that is stopped, by whatever means: what was measured stays, and nothing else does.
    @Suite struct StopTests {
        static let long = """
            weir: 1
            name: long
            measure: {warmup: 0 s, for: 200 ms, repeats: 500}
            experiments:
              one: {produce: {value: {size: 10 B}, load: {concurrency: 1}, producer: {linger.ms: 0}}}
            """

        @Test(arguments: [SIGINT, SIGTERM, SIGHUP]) func theFirstSignalKeepsWhatWasMeasured(signal: Int32) throws {
            let folder = try TemporaryFolder()
            let (environment, left) = try folder.makeTemporary()
            let path = try folder.write(Self.long, to: "long.yaml")
            let running = try WeirProcess.start(["run", path], in: folder.path, environment: environment)
            #expect(running.waitForErrors("[2/500]"))
            running.signal(signal)
            let process = running.wait()
            #expect(process.exitCode == 130, "\(process.errors)")
            #expect(process.output.contains("interrupted after"))
            let result = try RunResult(path: try #require(folder.resultFiles.first))
            #expect(result.interrupted)
            #expect((2...10).contains(result.experiments[0].cells[0].repeats.count))
            #expect(left() == [])
        }

        @Test(arguments: [SIGINT, SIGTERM]) func theSecondEndsAtOnceAndLeavesNothing(signal: Int32) throws {
            let folder = try TemporaryFolder()
            let (environment, left) = try folder.makeTemporary()
            let path = try folder.write(Self.long, to: "long.yaml")
            let running = try WeirProcess.start(["run", path], in: folder.path, environment: environment)
            #expect(running.waitForErrors("[1/500]"))
            // Its books cannot be closed while the broker stands still.
            let broker = try #require(running.brokerId)
            kill(broker, SIGSTOP)
            running.signal(SIGINT)
            #expect(running.waitForErrors("interrupted: closing the books"))
            running.signal(signal)
            #expect(running.waitForExit())
            kill(broker, SIGCONT)
            // Standard error ends when the broker, which holds it too, is gone.
            let process = running.wait()
            #expect(process.exitCode == 130, "\(process.errors)")
            #expect(!process.errors.contains("still holds"))
            #expect(left() == [])
            let result = try RunResult(path: try #require(folder.resultFiles.first))
            #expect(result.experiments[0].cells[0].repeats.count >= 1)
            #expect(folder.resultFolder.count == 1)
        }

        @Test func killedItLeavesNoBrokerAndNoData() throws {
            let folder = try TemporaryFolder()
            let (environment, left) = try folder.makeTemporary()
            let path = try folder.write(Self.long, to: "long.yaml")
            let running = try WeirProcess.start(["run", path], in: folder.path, environment: environment)
            #expect(running.waitForErrors("[1/500]"))
            running.signal(SIGKILL)
            let process = running.wait()
            #expect(process.exitCode == -SIGKILL)
            #expect(!process.errors.contains("still holds"))
            #expect(left() == [])
            #expect(try RunResult(path: try #require(folder.resultFiles.first)).verdict == .valid)
        }

        @Test func fillingATopicIsStoppedToo() throws {
            let folder = try TemporaryFolder()
            let (environment, left) = try folder.makeTemporary()
            let path = try folder.write(
                """
                weir: 1
                name: filling
                topic: {preload: {records: 2000000 records, value: {size: 1 KiB}}}
                measure: {for: 1 s, repeats: 1}
                experiments:
                  one: {consume: {}}
                """, to: "filling.yaml")
            // Only on a terminal is it told of; a run that is stopped before it has reached its
            // broker leaves nothing.
            let running = try WeirProcess.start(
                ["run", path], in: folder.path, environment: environment.merging(["TERM": "xterm"]) { $1 }, columns: 200
            )
            #expect(running.waitForErrors("one: preparing"))
            running.signal(SIGINT)
            let process = running.wait()
            #expect(process.exitCode == 130, "\(process.errors)")
            #expect(left() == [])
            let result = try RunResult(path: try #require(folder.resultFiles.first))
            #expect(result.interrupted && result.experiments[0].cells[0].repeats.isEmpty)
        }

        @Test func aPauseIsStoppedToo() throws {
            let folder = try TemporaryFolder()
            let path = try folder.write(Self.long, to: "long.yaml")
            let running = try WeirProcess.start(["run", path, "--set", "pause=1 h"], in: folder.path)
            #expect(running.waitForErrors("[1/500]"))
            running.signal(SIGINT)
            let process = running.wait()
            #expect(process.exitCode == 130, "\(process.errors)")
            #expect(try RunResult(path: try #require(folder.resultFiles.first)).interrupted)
        }

        @Test func twoAtATimeDoNotDisturbEachOther() throws {
            let folder = try TemporaryFolder()
            let (environment, left) = try folder.makeTemporary()
            let path = try folder.write(Self.long, to: "long.yaml")
            let arguments = ["run", path, "--set", "repeats=3"]
            let both = try (0..<2).map { _ in
                try WeirProcess.start(arguments, in: folder.path, environment: environment)
            }
            for process in both.map({ $0.wait() }) {
                #expect(process.exitCode == 0, "\(process.errors)")
                #expect(process.output.contains("valid: 3 repeats of 1 cell"))
            }
            let results = try folder.resultFiles.map { try RunResult(path: $0) }
            #expect(results.count == 2)
            #expect(Set(results.map(\.brokers[0].address)).count == 2)
            #expect(folder.resultFolder.count == 2)
            #expect(left() == [])
        }
    }
}
