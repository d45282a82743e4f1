import Foundation

/// The program as it was built beside these tests, run as a user runs it.
struct WeirProcess {
    let output: String
    let errors: String
    let exitCode: Int32

    /// Where the build put it.
    static let executable = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        .deletingLastPathComponent().appendingPathComponent("weir").path

    /// The root of the package.
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    /// Runs it to its end in a folder.
    static func run(_ words: [String], in folder: String, environment: [String: String] = [:]) throws -> WeirProcess {
        let running = try start(words, in: folder, environment: environment)
        return running.wait()
    }

    /// Starts it in a folder.
    static func start(_ words: [String], in folder: String, environment: [String: String] = [:]) throws -> Running {
        try Running(words, folder, environment)
    }

    /// A process under way, its output in files so that no pipe fills.
    final class Running {
        let process = Process()
        private let outputPath: String
        private let errorPath: String

        init(_ words: [String], _ folder: String, _ environment: [String: String]) throws {
            outputPath = "\(folder)/.stdout-\(UUID().uuidString)"
            errorPath = "\(folder)/.stderr-\(UUID().uuidString)"
            process.executableURL = URL(fileURLWithPath: WeirProcess.executable)
            process.arguments = words
            process.currentDirectoryURL = URL(fileURLWithPath: folder)
            process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
            for path in [outputPath, errorPath] { _ = FileManager.default.createFile(atPath: path, contents: nil) }
            process.standardOutput = FileHandle(forWritingAtPath: outputPath)
            process.standardError = FileHandle(forWritingAtPath: errorPath)
            try process.run()
        }

        var errorsSoFar: String { (try? String(contentsOfFile: errorPath, encoding: .utf8)) ?? "" }

        func wait() -> WeirProcess {
            process.waitUntilExit()
            return WeirProcess(
                output: (try? String(contentsOfFile: outputPath, encoding: .utf8)) ?? "", errors: errorsSoFar,
                exitCode: process.terminationStatus)
        }
    }
}

/// A folder for one test, removed with everything in it.
final class TemporaryFolder {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "/weir-e2e-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ text: String, to name: String) throws -> String {
        try text.write(toFile: "\(path)/\(name)", atomically: true, encoding: .utf8)
        return "\(path)/\(name)"
    }

    var resultFiles: [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(path)/results")) ?? []
        return names.filter { $0.hasSuffix(".json") }.map { "\(path)/results/\($0)" }
    }
}
