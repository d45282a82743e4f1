import Foundation
import Glibc

/// The program as it was built beside these tests, run as a user runs it.
struct WeirProcess {
    let output: String
    let errors: String
    let exitCode: Int32

    /// Where the build put it.
    static let executable = URL(fileURLWithPath: tests).deletingLastPathComponent().appendingPathComponent("weir").path

    /// The program that runs all these tests.
    static let tests = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().path

    /// The command that makes root the user nobody, for whom file permissions hold; empty for other
    /// users.
    static let lowering =
        geteuid() == 0 ? ["/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] : []

    /// Whether the program can be run as a user for whom file permissions hold.
    static let canBeUnprivileged = lowering.first.map(FileManager.default.isExecutableFile) ?? true

    /// The root of the package.
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    /// What is appended to `weir run`: these tests share the host, and what others take of it is a
    /// subject of few of them (see `WindowTests`), which set the limit themselves.
    private static func sharingTheHost(_ words: [String]) -> [String] {
        guard words.first == "run", !words.contains(where: { $0.contains("/measure/foreign=") }) else { return words }
        return words + ["--set", "/measure/foreign=100 %"]
    }

    /// Runs it to its end in a folder.
    static func run(
        _ words: [String], in folder: String, environment: [String: String] = [:], inputPath: String? = nil,
        under launcher: [String] = [], deadlineS: Double = Running.deadlineS
    ) throws -> WeirProcess {
        try Running(launcher + [executable] + sharingTheHost(words), folder, environment, nil, inputPath: inputPath)
            .wait(deadlineS: deadlineS)
    }

    /// Starts it in a folder, its output read through pipes or, with `columns`, from a terminal of
    /// that width; `launcher` starts it where that is not empty.
    static func start(
        _ words: [String], in folder: String, environment: [String: String] = [:], columns: Int? = nil,
        under launcher: [String] = [], executable: String = executable
    ) throws -> Running {
        try Running(launcher + [executable] + sharingTheHost(words), folder, environment, columns)
    }

    /// A process under way. One that hangs is ended by force, so that its test fails.
    final class Running {
        let process = Process()
        private let output: ProgramStream
        private let errors: ProgramStream

        static let deadlineS = 60.0

        fileprivate init(
            _ words: [String], _ folder: String, _ environment: [String: String], _ columns: Int?,
            inputPath: String? = nil
        ) throws {
            process.executableURL = URL(fileURLWithPath: words[0])
            process.arguments = Array(words.dropFirst())
            if let inputPath { process.standardInput = FileHandle(forReadingAtPath: inputPath) }
            process.currentDirectoryURL = URL(fileURLWithPath: folder)
            // A variable that is empty counts as one that is not there.
            process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
                .filter { !$0.value.isEmpty }
            if let columns {
                let terminal = try PseudoTerminal(columns: columns)
                (process.standardOutput, process.standardError) = (terminal.inner, terminal.inner)
                output = ProgramStream(terminal.outer)
                errors = output
                try process.runUnblocked()
                try terminal.inner.close()
            } else {
                let (outputPipe, errorPipe) = (Pipe(), Pipe())
                (process.standardOutput, process.standardError) = (outputPipe, errorPipe)
                output = ProgramStream(outputPipe.fileHandleForReading)
                errors = ProgramStream(errorPipe.fileHandleForReading)
                try process.runUnblocked()
            }
            output.start()
            if errors !== output { errors.start() }
        }

        /// Waits until a text stands in the errors; false when they ended without it.
        func waitForErrors(_ text: String) -> Bool { errors.wait(for: text) }
        /// Waits until a text stands in the output; false when it ended without it.
        func waitForOutput(_ text: String) -> Bool { output.wait(for: text) }

        var outputSoFar: String { output.soFar }

        func signal(_ number: Int32) { kill(process.processIdentifier, number) }

        /// The broker that it has started.
        var brokerId: Int32? { childId("broker") }
        /// The load generator that it has started.
        var agentId: Int32? { childId("agent") }

        /// The process that it has started by a command.
        private func childId(_ command: String) -> Int32? {
            for name in (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? [] {
                guard let id = Int32(name), let stat = try? String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8)
                else { continue }
                // Behind the name, which may hold anything: the state, then the parent.
                let fields = stat.suffix(from: stat.lastIndex(of: ")") ?? stat.startIndex).split(separator: " ")
                guard fields.count > 2, Int32(fields[2]) == process.processIdentifier else { continue }
                let words = (try? String(contentsOfFile: "/proc/\(id)/cmdline", encoding: .utf8)) ?? ""
                if words.split(separator: "\0").dropFirst().first == command[...] { return id }
            }
            return nil
        }

        /// Waits for its end alone; false when it did not come.
        func waitForExit() -> Bool {
            let ended = DispatchSemaphore(value: 0)
            // Foundation learns of it by a socket, which a process that another test started in the
            // same moment holds too.
            Thread { [process] in
                var end = siginfo_t()
                while waitid(P_PID, id_t(process.processIdentifier), &end, WEXITED | WNOWAIT) < 0, errno == EINTR {}
                ended.signal()
            }.start()
            return ended.wait(timeout: .now() + Self.deadlineS) == .success
        }

        /// Waits for its end and that of all processes that share its standard error: its broker.
        func wait(deadlineS: Double = Running.deadlineS) -> WeirProcess {
            let watchdog = DispatchWorkItem { [process] in kill(process.processIdentifier, SIGKILL) }
            DispatchQueue.global().asyncAfter(deadline: .now() + deadlineS, execute: watchdog)
            process.waitUntilExit()
            watchdog.cancel()
            let code = process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
            return WeirProcess(output: output.all(), errors: errors.all(), exitCode: code)
        }
    }
}

extension Process {
    /// Starts the program with no signal blocked: a thread of the concurrency pool blocks nearly
    /// all, and a child inherits that.
    fileprivate func runUnblocked() throws {
        var none = sigset_t()
        var old = sigset_t()
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, &old)
        defer { pthread_sigmask(SIG_SETMASK, &old, nil) }
        try run()
    }
}
