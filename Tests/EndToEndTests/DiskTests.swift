import Foundation
import Results
import Testing

extension EndToEnd {
    /// A disk that is really full: of results, and of the embedded broker's data.
    @Suite(.needsSmallDisk) struct DiskTests {
        private static func scenario(_ load: String, producer: String = "linger.ms: 0", time: String = "300 ms")
            -> String
        {
            """
            weir: 1
            name: disk
            measure: {warmup: 0 s, for: \(time), repeats: 30}
            experiments:
              one: {produce: {value: {size: 1 KiB}, load: \(load), producer: {\(producer)}}}
            """
        }

        @Test func tooLittleRoomForResultsIsSaidBeforeTheRun() throws {
            let folder = try TemporaryFolder()
            let path = try folder.write(Self.scenario("unlimited"), to: "disk.yaml")
            let disk = try SmallDisk(megabytes: 16)
            for arguments in [[], ["--out", "mine.json"]] {
                let process = try WeirProcess.run(["run", path] + arguments, in: disk.path)
                #expect(process.exitCode == 1)
                #expect(process.errors.contains("MB are free on its disk"), "\(process.errors)")
                #expect(!process.errors.contains("1 cell"))
            }
            #expect(disk.names == ["results"])
        }

        @Test func aDiskThatFillsDuringTheRunKeepsWhatWasWritten() throws {
            let folder = try TemporaryFolder()
            let (environment, left) = try folder.makeTemporary()
            let path = try folder.write(Self.scenario("{concurrency: 1}"), to: "disk.yaml")
            let disk = try SmallDisk(megabytes: 80)
            let running = try WeirProcess.start(
                ["run", path, "--out", "kept.json"], in: disk.path, environment: environment)
            #expect(running.waitForErrors("[2/30]"))
            disk.fill()
            let process = running.wait()
            #expect(process.exitCode == 1)
            #expect(process.errors.contains("kept.json: its disk is full"), "\(process.errors)")
            #expect(process.output.contains("incomplete after"))
            let result = try RunResult(path: "\(disk.path)/kept.json")
            #expect((2...29).contains(result.experiments[0].cells[0].repeats.count))
            #expect(disk.names == ["kept.json", "other"])
            #expect(left() == [])
        }

        @Test func theBrokersFullDiskMakesTheRepeatsInvalidWithinBounds() throws {
            let folder = try TemporaryFolder()
            let disk = try SmallDisk(megabytes: 24)
            let path = try folder.write(
                Self.scenario(
                    "{concurrency: 1}", producer: "linger.ms: 0, request.timeout.ms: 900, delivery.timeout.ms: 1000"),
                to: "disk.yaml")
            let running = try WeirProcess.start(["run", path], in: folder.path, environment: ["TMPDIR": disk.path])
            #expect(running.waitForErrors("[1/30]"))
            disk.fill()
            let process = running.wait()
            #expect(process.exitCode == 1, "\(process.errors)")
            #expect(process.errors.contains("INVALID: disk full: the disk under \(disk.path)/weir-broker-"))
            // The same complaint of the broker's does not fill the terminal.
            #expect(process.errors.split(separator: "\n").filter { $0.hasPrefix("weir broker:") }.count <= 4)
            let result = try RunResult(path: try #require(folder.resultFiles.first))
            let repeats = result.experiments[0].cells[0].repeats
            #expect(repeats.count == 30 && repeats[0].isValid)
            #expect(repeats[29].invalidReasons.map(\.code) == [.diskFull])
            #expect(disk.names == ["other"])
        }

        @Test func aBrokerThatFindsNoRoomSaysWhereAtOnce() throws {
            let folder = try TemporaryFolder()
            let disk = try SmallDisk(megabytes: 1)
            disk.fill()
            let path = try folder.write(Self.scenario("{concurrency: 1}"), to: "disk.yaml")
            let process = try WeirProcess.run(["run", path], in: folder.path, environment: ["TMPDIR": disk.path])
            #expect(process.exitCode == 1)
            let words = "the embedded broker has no room: the disk under \(disk.path) is full"
            #expect(process.errors.contains(words), "\(process.errors)")
            #expect(process.errors.contains("let TMPDIR name another"))
        }

        @Test func whatARepeatMayWriteIsBoundedByTheDisk() throws {
            let folder = try TemporaryFolder()
            let disk = try SmallDisk(megabytes: 24)
            let path = try folder.write(Self.scenario("unlimited", time: "20 s"), to: "disk.yaml")
            let process = try WeirProcess.run(
                ["run", path, "--set", "repeats=3"], in: folder.path, environment: ["TMPDIR": disk.path])
            #expect(process.exitCode == 1, "\(process.errors)")
            let result = try RunResult(path: try #require(folder.resultFiles.first))
            for once in result.experiments[0].cells[0].repeats {
                // It is cut short, and still every record that was sent is there; the next finds
                // its room again.
                let reason = try #require(once.invalidReasons.first { $0.code == .diskFull })
                #expect(reason.detail.contains("on the disk under \(disk.path)/weir-broker-"), "\(reason.detail)")
                #expect(!once.invalidReasons.contains { $0.code == .countsDisagree || $0.code == .recordsFailed })
                let books = try #require(once.reconciliation)
                #expect(books.acknowledged > 8_000 && books.readBack == books.acknowledged)
            }
            #expect(disk.names == [])
        }
    }
}
