import Foundation

/// A program that a test talks with while it runs: its lines are read as they come, and Enter is
/// pressed when the test says so.
final class LiveProcess {
    private let process = Process()
    private let input = Pipe()
    private let folder: TemporaryFolder
    private let watchdog = Watchdog()
    private var lines: AsyncStream<String>.Iterator

    /// Starts it; it is killed if it has not ended by the deadline.
    init(_ executable: String, _ arguments: [String], deadlineS: Double = 180) throws {
        folder = try TemporaryFolder()
        let output = Pipe()
        lines = Self.lines(of: output.fileHandleForReading).makeAsyncIterator()
        do {
            try "".write(toFile: folder.path + "/errors", atomically: false, encoding: .utf8)
            process.executableURL = URL(fileURLWithPath: executable)
            process.arguments = arguments
            process.standardInput = input
            process.standardOutput = output
            process.standardError = FileHandle(forWritingAtPath: folder.path + "/errors")
            try process.runUnblocked()
        } catch {
            // Nobody writes to it any more, so that the thread that reads it ends.
            try? output.fileHandleForWriting.close()
            folder.remove()
            throw error
        }
        watchdog.kill(process, afterS: deadlineS)
    }

    deinit {
        watchdog.cancel()
        // A test that failed half-way leaves it running.
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        folder.remove()
    }

    /// The next line for which `value` gives something, and what that is.
    func next<Value>(_ value: (String) -> Value?) async throws -> Value {
        while let line = await lines.next() {
            if let value = value(line) { return value }
        }
        throw ChildProcess.Failure(description: "it ended before it printed what was awaited: \(errors)")
    }

    /// Presses Enter.
    func enter() throws {
        try input.fileHandleForWriting.write(contentsOf: Data("\n".utf8))
    }

    /// Ends it without a chance to do anything more.
    func crash() { kill(process.processIdentifier, SIGKILL) }

    /// The lines that are left, once it has ended by itself with status 0.
    func end() async throws -> [String] {
        var rest: [String] = []
        while let line = await lines.next() { rest.append(line) }
        let process = process
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                process.waitUntilExit()
                continuation.resume()
            }
        }
        watchdog.cancel()
        guard process.terminationReason == .exit, process.terminationStatus == 0 else {
            throw ChildProcess.Failure(description: "status \(process.terminationStatus): \(errors)\n\(rest)")
        }
        return rest
    }

    private var errors: String {
        let text = (try? String(contentsOfFile: folder.path + "/errors", encoding: .utf8)) ?? ""
        return String(text.suffix(4000))
    }

    private static func lines(of handle: FileHandle) -> AsyncStream<String> {
        AsyncStream { continuation in
            DispatchQueue.global().async {
                var text = Data()
                while case let data = handle.availableData, !data.isEmpty {
                    text += data
                    while let end = text.firstIndex(of: 0x0a) {
                        continuation.yield(String(decoding: text[..<end], as: UTF8.self))
                        text = text[(end + 1)...]
                    }
                }
                continuation.finish()
            }
        }
    }
}
