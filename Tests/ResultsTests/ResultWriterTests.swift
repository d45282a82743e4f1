import Foundation
import Testing

@testable import Results

@Suite struct ResultWriterTests {
    @Test func writesAndReadsBack() throws {
        try withTemporaryFolder { folder in
            var result = try Complete.result()
            let writer = try ResultWriter(folder: folder + "/made/results", initial: result)
            #expect(writer.path == folder + "/made/results/quick-start-20270115T080000Z.json")
            #expect(try RunResult(path: writer.path) == result)
            result.interrupted = true
            try writer.write(result)
            #expect(try RunResult(path: writer.path) == result)
            // Nothing is left beside it.
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/made/results").count == 1)
            writer.discard()
            #expect(!FileManager.default.fileExists(atPath: writer.path))
        }
    }

    @Test func neverOverwritesAnotherRun() throws {
        try withTemporaryFolder { folder in
            let result = try Complete.result()
            let paths = try (0..<3).map { _ in try ResultWriter(folder: folder, initial: result).path }
            let stem = folder + "/quick-start-20270115T080000Z"
            #expect(paths == [stem + ".json", stem + "-2.json", stem + "-3.json"])
            let chosen = folder + "/chosen.json"
            _ = try ResultWriter(path: chosen, initial: result)
            let error = #expect(throws: ResultFileError.self) { try ResultWriter(path: chosen, initial: result) }
            #expect(error?.code == .exists)
            #expect(throws: ResultFileError.self) { try ResultWriter.check(path: chosen) }
            try ResultWriter.check(path: folder + "/another.json")
            #expect(throws: ResultFileError.self) { try ResultWriter.check(path: folder) }
        }
    }

    @Test func leavesNoEmptyFileWhenTheFirstWriteFails() throws {
        try withTemporaryFolder { folder in
            let result = try Complete.result()
            // What is written beside the file cannot be, because a folder has its name.
            let beside = "\(folder)/.chosen.json.\(getpid()).tmp"
            try FileManager.default.createDirectory(atPath: beside, withIntermediateDirectories: true)
            #expect(throws: ResultFileError.self) { try ResultWriter(path: "\(folder)/chosen.json", initial: result) }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count == 1)
        }
    }

    @Test func keepsScenarioNamesInTheirFolder() throws {
        try withTemporaryFolder { folder in
            var result = try Complete.result()
            let long = String(repeating: "x", count: 300)
            for (name, file) in [
                ("../../etc/passwd", "result..-..-etc-passwd"), ("", "result"), ("größe", "gr----e"),
                (long, String(long.prefix(100))),
            ] {
                result.scenario.name = name
                let path = try ResultWriter(folder: folder, initial: result).path
                #expect(path == "\(folder)/\(file)-20270115T080000Z.json")
            }
        }
    }

    @Test func saysWhenAFolderCannotBeWritten() throws {
        try withTemporaryFolder { folder in
            let result = try Complete.result()
            let file = folder + "/file"
            try Data().write(to: URL(fileURLWithPath: file))
            for path in [file, file + "/below"] {
                let checked = #expect(throws: ResultFileError.self) { try ResultWriter.check(folder: path) }
                #expect(checked?.description.contains("make the folder writable") == true)
                let written = #expect(throws: ResultFileError.self) { try ResultWriter(folder: path, initial: result) }
                #expect(written?.path == path)
            }
            try ResultWriter.check(folder: folder + "/new")
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/new").isEmpty)
        }
    }

    @Test(.enabled(if: getuid() != 0, "root may write everywhere"))
    func saysWhenAFolderIsNotOnesOwn() throws {
        try withTemporaryFolder { folder in
            try FileManager.default.setAttributes([.posixPermissions: 0o500], ofItemAtPath: folder)
            defer { try? FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: folder) }
            let error = #expect(throws: ResultFileError.self) { try ResultWriter.check(folder: folder) }
            #expect(error?.code == .folder(errno: EACCES))
        }
    }

    @Test func keepsTheOldFileWhenWritingFails() throws {
        try withTemporaryFolder { folder in
            let result = try Complete.result()
            let writer = try ResultWriter(folder: folder, initial: result)
            // A folder stands where the file beside it is to be written.
            try FileManager.default.createDirectory(
                atPath: folder + "/.\(URL(fileURLWithPath: writer.path).lastPathComponent).\(getpid()).tmp",
                withIntermediateDirectories: true)
            var later = result
            later.interrupted = true
            #expect(throws: ResultFileError.self) { try writer.write(later) }
            #expect(try RunResult(path: writer.path) == result)
        }
    }

    @Test(arguments: [ENOSPC, EDQUOT])
    func saysWhatToDoAboutAFullDisk(number: Int32) {
        let error = ResultFileError.refusal(number, path: "results/x.json")
        #expect(error.code == .diskFull(freeBytes: nil))
        #expect(error.description == "results/x.json: its disk is full: free some of it or say --out FILE on another")
        #expect(ResultFileError.refusal(EIO, path: "x").code == .system(errno: EIO))
    }

    @Test func boundsWhatItReads() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/huge.json"
            #expect(FileManager.default.createFile(atPath: path, contents: nil))
            let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
            try handle.truncate(atOffset: UInt64(RunResult.fileByteCountMax) + 1)
            let error = #expect(throws: ResultFileError.self) { try RunResult(path: path) }
            #expect(error?.description.contains("more than the") == true)
            for missing in [folder + "/none.json", folder] {
                #expect(throws: ResultFileError.self) { try RunResult(path: missing) }
            }
        }
    }
}
