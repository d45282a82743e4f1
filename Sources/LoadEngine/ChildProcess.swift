import CLinux
import Glibc
import Synchronization

/// A process that this one has started, of its own group, so that the terminal's Ctrl-C does not
/// reach it.
final class ChildProcess: Sendable {
    let processId: Int32
    private let hasEnded = Mutex(false)

    /// Starts a program; `words` are its path and arguments. Of this process's descriptors it has
    /// those that are named, by the numbers it is to find them under, and standard error.
    init(
        _ words: [String], descriptors: [(theirs: Int32, own: Int32)], setting variables: [String: String] = [:]
    ) throws(EngineError) {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        if !descriptors.contains(where: { $0.theirs == STDIN_FILENO }) {
            unsafe posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        }
        for (theirs, own) in descriptors { unsafe posix_spawn_file_actions_adddup2(&actions, own, theirs) }
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        var noSignals = sigset_t()
        unsafe sigemptyset(&noSignals)
        unsafe posix_spawnattr_setsigmask(&attributes, &noSignals)
        unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK))
        var arguments = unsafe words.map { unsafe strdup($0) } + [nil]
        var environment = unsafe Self.environment(setting: variables).map { unsafe strdup($0) } + [nil]
        defer {
            unsafe arguments.forEach { unsafe free($0) }
            unsafe environment.forEach { unsafe free($0) }
        }
        var processId: Int32 = 0
        let error = unsafe posix_spawn(&processId, words[0], &actions, &attributes, &arguments, &environment)
        guard error == 0 else { throw EngineError(unsafe String(cString: strerror(error))) }
        self.processId = processId
    }

    private static func environment(setting variables: [String: String]) -> [String] {
        var lines: [String] = []
        var next = unsafe environ
        while let entry = unsafe next.pointee {
            let line = unsafe String(cString: entry)
            if variables[String(line.prefix { $0 != "=" })] == nil { lines.append(line) }
            unsafe next += 1
        }
        return lines + variables.map { "\($0.key)=\($0.value)" }
    }

    /// Sends a signal, unless it has ended and its number may be another's.
    func signal(_ number: Int32) {
        hasEnded.withLock { hasEnded in
            if !hasEnded { _ = kill(processId, number) }
        }
    }

    /// Waits until it has ended, and returns the status that the kernel gives; once.
    func waitForEnd() -> Int32 {
        var information = unsafe siginfo_t()
        // It stays a zombie, so that its number is nobody else's, until its end is noted.
        while unsafe waitid(P_PID, id_t(processId), &information, WEXITED | WNOWAIT) < 0, errno == EINTR {}
        return hasEnded.withLock { hasEnded in
            var status: Int32 = 0
            unsafe waitpid(processId, &status, 0)
            hasEnded = true
            return status
        }
    }

    /// What a status says, in words.
    static func words(_ status: Int32) -> String {
        let signal = status & 0x7f
        if signal == 0 { return "ended with status \(status >> 8 & 0xff)" }
        return "was ended by signal \(signal)" + (signal == SIGKILL ? ": is there enough memory?" : "")
    }
}

/// The two ends of a pipe, which no child inherits unless it is given one.
struct PipeEnds {
    let readEnd: Int32
    let writeEnd: Int32

    init() throws(EngineError) {
        var ends: [Int32] = [0, 0]
        guard unsafe pipe2(&ends, O_CLOEXEC) == 0 else {
            throw EngineError("no pipe can be made: \(unsafe String(cString: strerror(errno)))")
        }
        (readEnd, writeEnd) = (ends[0], ends[1])
    }

    /// Closes both.
    func close() {
        Glibc.close(readEnd)
        Glibc.close(writeEnd)
    }
}
