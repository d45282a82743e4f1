import Foundation
import Glibc
import Synchronization

/// A program that a test runs. It has a deadline; its output goes to files, so that no pipe can
/// fill up; it is ended by its id.
struct ChildProcess {
    /// What a program left behind.
    struct Output {
        let status: Int32
        let standardOutput: String
        let standardError: String
    }

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    let executable: String
    let arguments: [String]

    /// Runs it to its end with `input`, and throws unless it ends by itself within the deadline
    /// with status 0.
    func run(input: String = "", deadlineS: Double = 90) async throws -> String {
        let output = try await output(input: input, deadlineS: deadlineS)
        guard output.status == 0 else {
            let words = ([executable] + arguments).joined(separator: " ")
            throw Failure(description: "\(words): status \(output.status)\n\(output.standardError.suffix(4000))")
        }
        return output.standardOutput
    }

    /// Runs it to its end, however that is; the status is −1 where a signal ended it, as it does at
    /// the deadline.
    func output(input: String = "", deadlineS: Double = 90) async throws -> Output {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        return try await run(in: folder, input: input, deadlineS: deadlineS)
    }

    private func run(in folder: TemporaryFolder, input: String, deadlineS: Double) async throws -> Output {
        let files = ["in", "out", "err"].map { folder.path + "/" + $0 }
        for (file, content) in zip(files, [input, "", ""]) {
            try content.write(toFile: file, atomically: false, encoding: .utf8)
        }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: executable)
        process.arguments = arguments
        let urls = files.map { URL(fileURLWithPath: $0) }
        let handles = [
            try FileHandle(forReadingFrom: urls[0]), try FileHandle(forWritingTo: urls[1]),
            try FileHandle(forWritingTo: urls[2]),
        ]
        // Foundation keeps them open for longer than the process runs.
        defer { for handle in handles { try? handle.close() } }
        (process.standardInput, process.standardOutput, process.standardError) = (handles[0], handles[1], handles[2])
        let status = try await Self.wait(for: process, deadlineS: deadlineS)
        return Output(
            status: status, standardOutput: try String(contentsOfFile: files[1], encoding: .utf8),
            standardError: try String(contentsOfFile: files[2], encoding: .utf8))
    }

    private static func wait(for process: Process, deadlineS: Double) async throws -> Int32 {
        let watchdog = Watchdog()
        return try await withCheckedThrowingContinuation { continuation in
            process.terminationHandler = { ended in
                watchdog.cancel()
                continuation.resume(returning: ended.terminationReason == .exit ? ended.terminationStatus : -1)
            }
            do {
                try process.runUnblocked()
                watchdog.kill(process, afterS: deadlineS)
            } catch {
                process.terminationHandler = nil
                continuation.resume(throwing: Failure(description: "\(process.executableURL?.path ?? ""): \(error)"))
            }
        }
    }
}

extension Process {
    /// Starts the program with no signal blocked: a thread of the concurrency pool blocks nearly
    /// all, and a child inherits that, so that it would sleep through SIGTERM.
    func runUnblocked() throws {
        var none = sigset_t()
        var old = sigset_t()
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, &old)
        defer { pthread_sigmask(SIG_SETMASK, &old, nil) }
        try run()
    }
}

/// Kills a process after a while, unless it has ended or the watchdog is called off.
final class Watchdog: Sendable {
    private let isNeeded = Mutex(true)

    func kill(_ process: Process, afterS: Double) {
        DispatchQueue.global().asyncAfter(deadline: .now() + afterS) {
            // The task that calls it off may have to wait, and the id of an ended process may be
            // reused by then.
            self.isNeeded.withLock { if $0, process.isRunning { _ = Glibc.kill(process.processIdentifier, SIGKILL) } }
        }
    }

    func cancel() { isNeeded.withLock { $0 = false } }
}

/// A folder of a test's own, to be removed by it.
struct TemporaryFolder {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "/weir-interop-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    func remove() {
        // A leftover in the system's temporary folder is no reason to fail a test.
        try? FileManager.default.removeItem(atPath: path)
    }
}
