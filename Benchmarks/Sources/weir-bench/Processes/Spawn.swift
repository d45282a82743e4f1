import Glibc

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
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        if let input = streams.standardInput {
            posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
        } else {
            posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        }
        posix_spawn_file_actions_adddup2(&actions, streams.standardOutput, STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, streams.standardError, STDERR_FILENO)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var noSignals = sigset_t()
        sigemptyset(&noSignals)
        posix_spawnattr_setsigmask(&attributes, &noSignals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK))
        var arguments = words.map { strdup($0) } + [nil]
        defer { arguments.forEach { free($0) } }
        var variables = Self.environment(environment).map { strdup($0) } + [nil]
        defer { variables.forEach { free($0) } }
        var processId: Int32 = 0
        let error = posix_spawnp(&processId, words[0], &actions, &attributes, &arguments, &variables)
        guard error == 0 else {
            throw BenchmarkError("\(words[0]) could not be started: \(String(cString: strerror(error)))")
        }
        return processId
    }

    private static func environment(_ changes: [String: String]) -> [String] {
        var kept: [String] = []
        var place = environ
        while let entry = place.pointee {
            let text = String(cString: entry)
            if !changes.keys.contains(where: { text.hasPrefix("\($0)=") }) { kept.append(text) }
            place += 1
        }
        return kept + changes.map { "\($0)=\($1)" }
    }

    /// A pipe that no other child inherits.
    static func pipe() throws(BenchmarkError) -> (readEnd: Int32, writeEnd: Int32) {
        var ends: [Int32] = [0, 0]
        guard Glibc.pipe(&ends) == 0 else {
            throw BenchmarkError("no pipe: \(String(cString: strerror(errno)))")
        }
        // Children are started one at a time, so none can inherit them in between.
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }
}

/// Why a benchmark, or a sample of it, cannot be made, in words for the user.
struct BenchmarkError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
