import Foundation
import Glibc

/// `weir broker`, the executable beside the test bundle.
actor WeirBroker: InteropBroker {
    nonisolated let bootstrap: String
    private let folder: TemporaryFolder
    private var process: Process

    init() async throws {
        folder = try TemporaryFolder()
        do {
            let ready: Ready
            (process, ready) = try await Self.start(in: folder, port: 0)
            bootstrap = "\(ready.host):\(ready.port)"
        } catch {
            folder.remove()
            throw error
        }
    }

    func crash() async {
        kill(process.processIdentifier, SIGKILL)
        await Self.wait(for: process)
    }

    func startAgain() async throws {
        let port = bootstrap.split(separator: ":" as Character).last.flatMap { Int($0) } ?? 0
        (process, _) = try await Self.start(in: folder, port: port)
    }

    func end() async throws {
        defer { folder.remove() }
        let watchdog = Watchdog()
        watchdog.kill(process, afterS: 10)
        if process.isRunning { process.terminate() }
        await Self.wait(for: process)
        watchdog.cancel()
        guard process.terminationReason == .exit, process.terminationStatus == 0 else {
            throw ChildProcess.Failure(description: "the broker ended badly: \(Self.errors(in: folder))")
        }
    }

    private static func start(in folder: TemporaryFolder, port: Int) async throws -> (Process, Ready) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Build.weir)
        process.arguments = [
            "broker", "--port", "\(port)", "--data-dir", folder.path + "/data", "--set", "num.partitions=2",
        ]
        try "".write(toFile: folder.path + "/errors", atomically: false, encoding: .utf8)
        process.standardError = FileHandle(forWritingAtPath: folder.path + "/errors")
        do {
            return (process, try await Ready.wait(for: process, deadlineS: 60))
        } catch {
            throw ChildProcess.Failure(description: "\(error): \(errors(in: folder))")
        }
    }

    private static func errors(in folder: TemporaryFolder) -> String {
        let text = (try? String(contentsOfFile: folder.path + "/errors", encoding: .utf8)) ?? ""
        return String(text.suffix(4000))
    }

    private static func wait(for process: Process) async {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                process.waitUntilExit()
                continuation.resume()
            }
        }
    }
}

/// The line that a broker prints when it answers.
struct Ready {
    let host: String
    let port: Int
    let processId: Int32

    init?(_ line: Substring) {
        let words = line.split(separator: " " as Character)
        guard words.count == 3, words[0] == "READY", words[2].hasPrefix("pid="),
            let colon = words[1].lastIndex(of: ":"), let port = Int(words[1][words[1].index(after: colon)...]),
            let processId = Int32(words[2].dropFirst(4))
        else { return nil }
        host = String(words[1][..<colon])
        self.port = port
        self.processId = processId
    }

    /// Starts the process and reads its standard output up to that line.
    static func wait(for process: Process, deadlineS: Double) async throws -> Ready {
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.runUnblocked()
        let watchdog = Watchdog()
        watchdog.kill(process, afterS: deadlineS)
        let handle = pipe.fileHandleForReading
        return try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async {
                // Here and not behind the `await`, where this task may wait for its turn until the
                // broker is killed.
                defer { watchdog.cancel() }
                var text = ""
                while true {
                    let data = handle.availableData
                    text += String(decoding: data, as: UTF8.self)
                    if let ready = text.split(separator: "\n").compactMap({ Ready($0) }).first {
                        return continuation.resume(returning: ready)
                    }
                    if data.isEmpty {
                        let failure = ChildProcess.Failure(description: "the broker ended before it was ready \(text)")
                        return continuation.resume(throwing: failure)
                    }
                }
            }
        }
    }
}
