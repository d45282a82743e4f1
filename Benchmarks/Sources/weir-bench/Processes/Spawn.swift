import Glibc
import System

/// Starts processes with just the descriptors they are meant to have.
enum Spawn {
    /// What a child reads and writes.
    struct Streams {
        var standardInput: Int32?
        var standardOutput: Int32
        var standardError: Int32
    }

    /// Starts a program; its own process group keeps the terminal's Ctrl-C from it, so that this
    /// process decides.
    static func start(
        _ words: [String], environment: [String: String] = [:], streams: Streams
    ) throws(BenchmarkError) -> Int32 {
        var descriptors = [STDOUT_FILENO: streams.standardOutput, STDERR_FILENO: streams.standardError]
        descriptors[STDIN_FILENO] = streams.standardInput
        do throws(Errno) {
            return try SpawnCommand(words, environment: environment, descriptors: descriptors).spawn()
        } catch {
            throw BenchmarkError("\(words[0]) could not be started: \(error.text)")
        }
    }

    /// A pipe that no other child inherits.
    static func pipe() throws(BenchmarkError) -> PipeEnds {
        do throws(Errno) { return try PipeEnds() } catch { throw BenchmarkError("no pipe: \(error.text)") }
    }
}

/// Why a benchmark, or a sample of it, cannot be made, in words for the user.
struct BenchmarkError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
