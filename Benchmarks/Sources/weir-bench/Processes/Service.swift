import Glibc
import System

/// A program that runs beside the benchmark until it is stopped: it says a first line when it is
/// ready, and ends when its standard input is closed, which the kernel does however this process
/// ends.
final class Service {
    let processId: Int32
    /// The line it was ready with.
    let readyLine: String
    private let input: Int32
    private let output: Int32
    private var isStopped = false

    /// Starts it and waits for its line; what it says on standard error goes to a file.
    init(_ words: [String], environment: [String: String] = [:], log: String, timeoutSeconds: Int)
        throws(BenchmarkError)
    {
        let input = try Spawn.pipe(), output = try Spawn.pipe()
        let errors = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard errors >= 0 else { throw BenchmarkError("\(log): \(Errno.last.text)") }
        let spawned = Result { () throws(BenchmarkError) in
            try Spawn.start(
                words, environment: environment,
                streams: .init(
                    standardInput: input.readEnd, standardOutput: output.writeEnd, standardError: errors))
        }
        for descriptor in [input.readEnd, output.writeEnd, errors] { close(descriptor) }
        self.input = input.writeEnd
        self.output = output.readEnd
        do { processId = try spawned.get() } catch {
            close(input.writeEnd)
            close(output.readEnd)
            throw error
        }
        if let line = Self.firstLine(output.readEnd, timeoutSeconds: timeoutSeconds) {
            readyLine = line
        } else {
            readyLine = ""
            stop()
            throw BenchmarkError("\(words[0]) was not ready within \(timeoutSeconds) s; it said: \(Self.end(of: log))")
        }
    }

    /// Ends it and waits until it is gone, by force after ten seconds.
    func stop() {
        guard !isStopped else { return }
        isStopped = true
        close(input)
        kill(processId, SIGTERM)
        for attempt in 0..<1_500 {
            if waitpid(processId, nil, WNOHANG) != 0 { break }
            if attempt == 1_000 { kill(processId, SIGKILL) }
            usleep(10_000)
        }
        close(output)
    }

    private static func firstLine(_ descriptor: Int32, timeoutSeconds: Int) -> String? {
        var readers = [PipeReader(descriptor, limit: 1 << 16)]
        let deadline = Clock.nowMs() + timeoutSeconds * 1000
        while Clock.nowMs() < deadline, readers[0].isOpen, !Interrupts.isRequested {
            PipeReader.pollOnce(&readers, timeoutMs: 100)
            if let line = readers[0].firstLine { return line }
        }
        return nil
    }

    static func end(of log: String) -> String {
        let descriptor = open(log, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return "nothing" }
        defer { close(descriptor) }
        lseek(descriptor, -min(2_000, lseek(descriptor, 0, SEEK_END)), SEEK_END)
        var bytes = [UInt8](repeating: 0, count: 2_000)
        let count = read(descriptor, &bytes, bytes.count)
        return count > 0 ? String(decoding: bytes[..<count], as: UTF8.self) : "nothing"
    }
}
