import Glibc
import System

/// A program that runs beside a sample until it is stopped.
final class Background {
    private let processId: Int32

    /// Starts it; what it prints goes nowhere.
    init(_ words: [String]) throws(BenchmarkError) {
        let nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC)
        guard nowhere >= 0 else { throw BenchmarkError("/dev/null: \(Errno.last.text)") }
        defer { close(nowhere) }
        processId = try Spawn.start(words, streams: .init(standardOutput: nowhere, standardError: nowhere))
    }

    /// Lets it come to what it is there for.
    func letItBegin() { usleep(300_000) }

    /// Ends it: by a signal, then by a second one, which means at once, at last by force.
    func stop() {
        for (attempt, signal) in [SIGTERM, SIGTERM, SIGKILL].enumerated() {
            kill(processId, signal)
            for _ in 0..<(attempt == 0 ? 300 : 100) {
                if waitpid(processId, nil, WNOHANG) != 0 { return }
                usleep(10_000)
            }
        }
    }
}
