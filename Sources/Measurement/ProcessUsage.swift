internal import Glibc

/// What this process has used since it began.
public struct ProcessUsage: Sendable, Equatable {
    /// CPU time, user and system.
    public let cpuNs: UInt64
    /// How often it gave up the processor by itself.
    public let voluntarySwitches: UInt64
    /// How often the processor was taken from it.
    public let involuntarySwitches: UInt64

    /// What all threads of this process have used until now.
    public static func current() -> ProcessUsage {
        var usage = rusage()
        unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return ProcessUsage(
            cpuNs: nanoseconds(usage.ru_utime) + nanoseconds(usage.ru_stime),
            voluntarySwitches: UInt64(usage.ru_nvcsw), involuntarySwitches: UInt64(usage.ru_nivcsw))
    }

    private static func nanoseconds(_ time: timeval) -> UInt64 {
        UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_usec) * 1000
    }
}

/// What another process has used since it began.
public struct OtherProcessUsage: Sendable, Equatable {
    /// CPU time, user and system, to the kernel's clock tick (10 ms).
    public let cpuNs: UInt64
    /// The memory that it holds.
    public let residentBytes: UInt64

    /// What a process has used until now; nil when there is no such process.
    public init?(pid: Int32) {
        guard let text = ProcFile.text("/proc/\(pid)/stat") else { return nil }
        self.init(stat: text, ticksPerSecond: sysconf(Int32(_SC_CLK_TCK)), pageByteCount: sysconf(Int32(_SC_PAGESIZE)))
    }

    /// The fields after the name, which may itself hold blanks and brackets: state is the first of them.
    init?(stat: String, ticksPerSecond: Int, pageByteCount: Int) {
        guard let nameEnd = stat.lastIndex(of: ")"), ticksPerSecond > 0, pageByteCount > 0 else { return nil }
        let fields = stat[stat.index(after: nameEnd)...].split(whereSeparator: \.isWhitespace)
        guard fields.count > 21, let user = UInt64(fields[11]), let system = UInt64(fields[12]),
            let pages = UInt64(fields[21])
        else { return nil }
        cpuNs = (user + system) * (1_000_000_000 / UInt64(ticksPerSecond))
        residentBytes = pages * UInt64(pageByteCount)
    }
}

/// The most memory this process held.
public enum PeakMemory {
    /// Sets the peak back to what the process holds now; false where the kernel does not allow it.
    @discardableResult
    public static func reset() -> Bool { ProcFile.write("5", to: "/proc/self/clear_refs") }

    /// The peak since it was last set back; nil where the kernel does not tell.
    public static func bytes() -> UInt64? { ProcFile.text("/proc/self/status").flatMap(bytes(inStatus:)) }

    static func bytes(inStatus status: String) -> UInt64? {
        guard let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }) else { return nil }
        let fields = line.split(whereSeparator: \.isWhitespace)
        guard fields.count == 3, fields[2] == "kB", let kilobytes = UInt64(fields[1]) else { return nil }
        return kilobytes * 1024
    }
}

/// What the whole host has used.
public enum HostUsage {
    /// The time that the hypervisor took from all cores since boot; nil where the kernel does not tell.
    public static func stealNs() -> UInt64? {
        ProcFile.text("/proc/stat").flatMap { stealNs(inStat: $0, ticksPerSecond: sysconf(Int32(_SC_CLK_TCK))) }
    }

    static func stealNs(inStat stat: String, ticksPerSecond: Int) -> UInt64? {
        guard let line = stat.split(separator: "\n").first(where: { $0.hasPrefix("cpu ") }), ticksPerSecond > 0
        else { return nil }
        let fields = line.split(whereSeparator: \.isWhitespace)
        guard fields.count > 8, let ticks = UInt64(fields[8]) else { return nil }
        return ticks * (1_000_000_000 / UInt64(ticksPerSecond))
    }
}
