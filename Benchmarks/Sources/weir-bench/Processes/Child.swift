import Glibc
import System

/// A program that is run to its end, within a time, with what it printed and what it used.
struct Child {
    /// What it left.
    struct Outcome {
        /// Its exit code; 128 and the signal where one ended it.
        var status: Int32
        var output: String
        /// The end of what it said on standard error.
        var errors: String
        /// The processor time of the process and of those it waited for.
        var cpuNs: Int
    }

    var words: [String]
    var environment: [String: String] = [:]
    var timeoutSeconds: Int

    private static let outputByteCountMax = 1 << 22
    private static let errorByteCountMax = 1 << 14
    private static let tickMs: Int32 = 500

    /// Runs it; an error when it can't be started, takes too long, or the user interrupts.
    ///
    /// `onTick` is called about twice a second while it runs, with its process id.
    func run(onTick: (Int32) -> Void = { _ in }) throws(BenchmarkError) -> Outcome {
        let output = try Spawn.pipe(), errors = try Spawn.pipe()
        defer {
            close(output.readEnd)
            close(errors.readEnd)
        }
        let processId: Int32
        do {
            processId = try Spawn.start(
                words, environment: environment,
                streams: .init(standardOutput: output.writeEnd, standardError: errors.writeEnd))
        } catch {
            close(output.writeEnd)
            close(errors.writeEnd)
            throw error
        }
        close(output.writeEnd)
        close(errors.writeEnd)
        var readers = [
            PipeReader(output.readEnd, limit: Self.outputByteCountMax),
            PipeReader(errors.readEnd, limit: Self.errorByteCountMax),
        ]
        let stop = wait(processId, &readers, onTick)
        let ended = Self.reap(processId, isForced: stop != nil)
        if let stop { throw BenchmarkError("\(words[0]): \(stop)\(Self.last(readers[1].text))") }
        return Outcome(status: ended.status, output: readers[0].text, errors: readers[1].text, cpuNs: ended.cpuNs)
    }

    /// Reads until both pipes are closed; says why it stopped earlier.
    private func wait(_ processId: Int32, _ readers: inout [PipeReader], _ onTick: (Int32) -> Void) -> String? {
        let deadline = Clock.nowMs() + timeoutSeconds * 1000
        var nextTick = Clock.nowMs()
        while readers.contains(where: \.isOpen) {
            if Interrupts.isRequested { return "interrupted" }
            let now = Clock.nowMs()
            if now >= deadline { return "it took more than \(timeoutSeconds) s" }
            if now >= nextTick {
                onTick(processId)
                nextTick = now + Int(Self.tickMs)
            }
            PipeReader.pollOnce(&readers, timeoutMs: 100)
        }
        return nil
    }

    /// Waits for its end, by a signal where it must be; what it used comes from the kernel.
    private static func reap(_ processId: Int32, isForced: Bool) -> (status: Int32, cpuNs: Int) {
        if isForced { kill(processId, SIGTERM) }
        var usage = rusage()
        var status: Int32 = 0
        for attempt in 0... {
            let got = wait4(processId, &status, WNOHANG, &usage)
            if got == processId || (got < 0 && errno != EINTR) { break }
            if attempt == 1000 { kill(processId, SIGKILL) }
            usleep(attempt < 50 ? 1_000 : 10_000)
        }
        let signal = status & 0x7f
        let code = signal == 0 ? (status >> 8) & 0xff : 128 + signal
        return (code, nanoseconds(usage.ru_utime) + nanoseconds(usage.ru_stime))
    }

    private static func nanoseconds(_ time: timeval) -> Int { time.tv_sec * 1_000_000_000 + time.tv_usec * 1000 }

    /// The last line that is worth reading, behind a colon.
    static func last(_ errors: String) -> String {
        guard let line = errors.split(whereSeparator: \.isNewline).last else { return "" }
        return ": \(line.prefix(300))"
    }
}

extension Child.Outcome {
    /// Why it failed; nil when it did not.
    var failure: String? { status == 0 ? nil : "exit code \(status)\(Child.last(errors))" }
}

/// The monotonic clock.
enum Clock {
    static func nowNs() -> Int { Int(MonotonicClock.nowNs()) }

    static func nowMs() -> Int { nowNs() / 1_000_000 }
}
