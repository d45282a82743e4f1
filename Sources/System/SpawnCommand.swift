import CLinux
import Glibc

/// A program to start, and what it is given.
public struct SpawnCommand: Sendable {
    /// The program and its arguments; a program without a slash is looked for in `PATH`.
    public var words: [String]
    /// Variables that differ from this process's own.
    public var environment: [String: String]
    /// Descriptors of this process by the numbers that the child finds them under.
    ///
    /// Standard input is `/dev/null` unless it stands here; standard output and error are this
    /// process's own unless they do. The child gets no other descriptor.
    public var descriptors: [Int32: Int32]

    /// A command from its parts.
    public init(_ words: [String], environment: [String: String] = [:], descriptors: [Int32: Int32] = [:]) {
        precondition(!words.isEmpty, "a program is named")
        self.words = words
        self.environment = environment
        self.descriptors = descriptors
    }

    /// Starts the program in a process group of its own, which keeps the terminal's Ctrl-C from it,
    /// and with no signal blocked; returns its process id, which the caller must wait for.
    public func spawn() throws(Errno) -> Int32 {
        let firstFree = max(descriptors.keys.max() ?? 0, STDERR_FILENO) + 1
        // One descriptor may lie under a number that another is to have: all are moved out of the
        // way first.
        let moved = try Self.duplicate(descriptors, from: firstFree)
        defer { for descriptor in moved.values { close(descriptor) } }
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        for (number, descriptor) in moved { unsafe posix_spawn_file_actions_adddup2(&actions, descriptor, number) }
        for number in STDERR_FILENO + 1..<firstFree where moved[number] == nil {
            unsafe posix_spawn_file_actions_addclose(&actions, number)
        }
        unsafe posix_spawn_file_actions_addclosefrom_np(&actions, firstFree)
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        var noSignals = sigset_t()
        unsafe sigemptyset(&noSignals)
        unsafe posix_spawnattr_setsigmask(&attributes, &noSignals)
        unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK))
        var arguments = unsafe words.map { unsafe strdup($0) } + [nil]
        defer { unsafe arguments.forEach { unsafe free($0) } }
        var variables = unsafe allVariables().map { unsafe strdup($0) } + [nil]
        defer { unsafe variables.forEach { unsafe free($0) } }
        var processId: Int32 = 0
        let number = unsafe posix_spawnp(&processId, words[0], &actions, &attributes, &arguments, &variables)
        guard number == 0 else { throw Errno(number) }
        return processId
    }

    private static func duplicate(
        _ descriptors: [Int32: Int32], from firstFree: Int32
    ) throws(Errno) -> [Int32: Int32] {
        var moved: [Int32: Int32] = [:]
        for (number, descriptor) in descriptors {
            let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, firstFree)
            guard copy >= 0 else {
                let error = Errno.last
                for descriptor in moved.values { close(descriptor) }
                throw error
            }
            moved[number] = copy
        }
        return moved
    }

    private func allVariables() -> [String] {
        var variables: [String] = []
        var place = unsafe environ
        while let entry = unsafe place.pointee {
            let variable = unsafe String(cString: entry)
            let name = variable.prefix { $0 != "=" }
            if environment[String(name)] == nil { variables.append(variable) }
            unsafe place += 1
        }
        return variables + environment.map { "\($0)=\($1)" }
    }
}
