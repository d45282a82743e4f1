import Foundation

/// A program through which another library answers, a line for each line it is asked.
struct Oracle: Sendable {
    let command: [String]
    let needed: [String]

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    static let python: Oracle = {
        let interpreter = packageRoot + "/.venv-clients/bin/python"
        return Oracle(command: [interpreter, Fixture.path("histogram_oracle.py")], needed: [interpreter])
    }()

    static let java: Oracle = {
        let home = ProcessInfo.processInfo.environment["KAFKA_HOME"] ?? ""
        let jar = home + "/libs/HdrHistogram-2.2.2.jar"
        let command = ["/usr/bin/env", "java", "-cp", jar, Fixture.path("HistogramOracle.java")]
        return Oracle(command: command, needed: home.isEmpty ? ["KAFKA_HOME"] : [jar])
    }()

    /// Whether it is installed; with CI=true Python must be, so that its absence fails.
    var isWanted: Bool {
        let isPython = command[0].hasSuffix("python")
        if isPython && ProcessInfo.processInfo.environment["CI"] == "true" { return true }
        return needed.allSatisfy(FileManager.default.fileExists(atPath:))
    }

    /// The lines it answers with.
    func ask(_ questions: [String]) throws -> [String] {
        for path in needed where !FileManager.default.fileExists(atPath: path) {
            throw Failure(description: "\(path) is missing, and CI=true wants it: `make test` installs it")
        }
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("weir-oracle-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        // A file, because the answers would fill the pipe's buffer before all questions are
        // written.
        let input = folder.appendingPathComponent("questions"), output = folder.appendingPathComponent("answers")
        try Data(questions.map { $0 + "\n" }.joined().utf8).write(to: input)
        try Data().write(to: output)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: command[0])
        process.arguments = Array(command.dropFirst())
        process.standardInput = try FileHandle(forReadingFrom: input)
        process.standardOutput = try FileHandle(forWritingTo: output)
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure(description: "\(command[0]) ended with \(process.terminationStatus)")
        }
        return try String(contentsOf: output, encoding: .utf8).split(separator: "\n").map(String.init)
    }

    private static let packageRoot = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
}
