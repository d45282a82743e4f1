import Foundation
import Glibc
import Synchronization

/// The embedded broker as a process of its own: its CPU, memory and faults are never the client's.
///
/// It has its own process group, so that Ctrl-C does not end it before the books are closed. It ends by itself when the pipe that it inherited is
/// closed, which the kernel does when this process ends, however it ends, and takes its data folder along.
public final class EmbeddedBrokerProcess: Sendable {
    /// Why it could not be started.
    public struct StartError: Error, Sendable, CustomStringConvertible {
        /// What happened and what to do, in words.
        public let description: String
    }

    /// Where it listens.
    public let bootstrapServers: String
    /// Its process id.
    public let processId: Int32
    private let parentPipe: Int32
    private let life = Mutex(Life())
    private let ended = DispatchSemaphore(value: 0)

    private struct Life {
        var isStopping = false
        var hasEnded = false
        /// How it ended without being asked to.
        var fault: String?
        var onFault: (@Sendable (String) -> Void)?
    }

    /// Starts `executable broker` on a free loopback port with its data in `dataDirectory`, and waits until it answers.
    public init(executable: String, dataDirectory: String, properties: [String: String]) throws(StartError) {
        var words = [executable, "broker", "--port", "0", "--data-dir", dataDirectory]
        for (key, value) in properties.sorted(by: { $0.key < $1.key }) { words += ["--set", "\(key)=\(value)"] }
        let alive = try Pipe(), output = try Pipe()
        words += ["--parent-pipe", "\(Self.inheritedDescriptor)", "--remove-data-dir"]
        let spawned = Self.spawn(words, alive: alive, output: output)
        close(alive.readEnd)
        close(output.writeEnd)
        guard spawned.error == 0 else {
            for descriptor in [alive.writeEnd, output.readEnd] { close(descriptor) }
            let reason = unsafe String(cString: strerror(spawned.error))
            throw StartError(description: "the embedded broker could not be started from \(executable): \(reason)")
        }
        let (line, isOver) = Self.readLine(output.readEnd, deadlineMs: Self.startTimeoutMs)
        close(output.readEnd)
        guard line.hasPrefix("READY "), let address = line.split(separator: " ").dropFirst().first else {
            close(alive.writeEnd)
            if !isOver { kill(spawned.processId, SIGKILL) }
            var status: Int32 = 0
            unsafe waitpid(spawned.processId, &status, 0)
            throw StartError(saying: line, isOver: isOver, status: status, dataDirectory: dataDirectory)
        }
        processId = spawned.processId
        parentPipe = alive.writeEnd
        bootstrapServers = String(address)
        watch()
    }

    /// Calls `body` with what happened if it ends without being asked to, at once if it has already; from any thread.
    public func whenLost(_ body: @escaping @Sendable (String) -> Void) {
        let fault = life.withLock { life in
            life.onFault = body
            return life.fault
        }
        if let fault { body(fault) }
    }

    /// Ends it and waits until it is gone: by a signal, and by force if it does not follow.
    public func stop() {
        life.withLock { $0.isStopping = true }
        signal(SIGTERM)
        // One that somebody has stopped would take no other signal.
        signal(SIGCONT)
        close(parentPipe)
        guard ended.wait(timeout: .now() + Self.stopTimeoutS) == .timedOut else { return }
        signal(SIGKILL)
        ended.wait()
    }

    /// Sends a signal, unless it has ended and its number may be another's.
    private func signal(_ number: Int32) {
        life.withLock { life in
            if !life.hasEnded { _ = kill(processId, number) }
        }
    }

    /// Waits for its end on a thread of its own.
    private func watch() {
        let thread = Thread { [self] in noteEnd() }
        thread.stackSize = 1 << 16
        thread.start()
    }

    private func noteEnd() {
        var information = unsafe siginfo_t()
        // It stays a zombie, so that its number is nobody else's, until its end is noted.
        while unsafe waitid(P_PID, id_t(processId), &information, WEXITED | WNOWAIT) < 0, errno == EINTR {}
        let fault = life.withLock { life -> String? in
            var status: Int32 = 0
            unsafe waitpid(processId, &status, 0)
            life.hasEnded = true
            if !life.isStopping { life.fault = Self.words(status) }
            return life.fault
        }
        ended.signal()
        guard let fault else { return }
        life.withLock { $0.onFault }?(fault)
    }

    fileprivate static func words(_ status: Int32) -> String {
        let signal = status & 0x7f
        if signal == 0 { return "ended with status \(status >> 8 & 0xff) (its reason stands above)" }
        return "was ended by signal \(signal)" + (signal == SIGKILL ? ": is there enough memory?" : "")
    }

    fileprivate static let startTimeoutMs = 20_000
    private static let stopTimeoutS = 5.0
    /// The descriptor under which the child finds its end of the pipe.
    private static let inheritedDescriptor: Int32 = 3
    private static let lineByteCountMax = 4096

    private struct Pipe {
        let readEnd: Int32
        let writeEnd: Int32

        init() throws(StartError) {
            var ends: [Int32] = [0, 0]
            guard unsafe pipe(&ends) == 0 else {
                throw StartError(
                    description: "no pipe for the embedded broker: \(unsafe String(cString: strerror(errno)))")
            }
            // Nothing else of this process is started meanwhile, so no child can inherit them in between.
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
            (readEnd, writeEnd) = (ends[0], ends[1])
        }
    }

    private static func spawn(_ words: [String], alive: Pipe, output: Pipe) -> (processId: Int32, error: Int32) {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        unsafe posix_spawn_file_actions_adddup2(&actions, output.writeEnd, STDOUT_FILENO)
        unsafe posix_spawn_file_actions_adddup2(&actions, alive.readEnd, inheritedDescriptor)
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        var noSignals = sigset_t()
        unsafe sigemptyset(&noSignals)
        unsafe posix_spawnattr_setsigmask(&attributes, &noSignals)
        unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK))
        var arguments = unsafe words.map { unsafe strdup($0) } + [nil]
        defer { unsafe arguments.forEach { unsafe free($0) } }
        var processId: Int32 = 0
        let error = unsafe posix_spawn(&processId, words[0], &actions, &attributes, &arguments, environ)
        return (processId, error)
    }

    /// The first line that comes, without its end, or what came of it in time; and whether the writer ended before that.
    private static func readLine(_ descriptor: Int32, deadlineMs: Int) -> (line: String, isOver: Bool) {
        var line: [UInt8] = []
        var left = deadlineMs
        while left > 0, line.count < lineByteCountMax {
            var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let ready = unsafe poll(&wait, 1, Int32(min(left, 100)))
            if ready <= 0 {
                left -= 100
                continue
            }
            var byte: UInt8 = 0
            guard unsafe read(descriptor, &byte, 1) == 1 else { return (String(decoding: line, as: UTF8.self), true) }
            if byte == UInt8(ascii: "\n") { break }
            line.append(byte)
        }
        return (String(decoding: line, as: UTF8.self), false)
    }
}

extension EmbeddedBrokerProcess.StartError {
    /// A broker that said something else than that it is ready, or nothing, until it ended or its time was over.
    fileprivate init(saying line: String, isOver: Bool, status: Int32, dataDirectory: String) {
        // The broker takes its own folder along.
        let parent = URL(fileURLWithPath: dataDirectory).deletingLastPathComponent().path
        if isOver, let free = FreeDisk.byteCount(at: parent), free < FreeDisk.byteCountMin {
            description =
                "the embedded broker has no room: the disk under \(parent) is full (\(free / 1024) KiB free): "
                + "free some of it, or let TMPDIR name another"
            return
        }
        let said = line.isEmpty ? "" : ": it said '\(line)'"
        description =
            isOver
            ? "the embedded broker \(EmbeddedBrokerProcess.words(status)) before it was ready\(said)"
            : "the embedded broker was not ready within \(EmbeddedBrokerProcess.startTimeoutMs / 1000) s\(said)"
    }
}
