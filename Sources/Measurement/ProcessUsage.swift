internal import CLinux
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
    /// CPU time, user and system, of all its threads, by the process's own clock.
    public let cpuNs: UInt64
    /// The memory that it holds.
    public let residentBytes: UInt64

    /// What a process has used until now; nil when there is no such process.
    public init?(pid: Int32) {
        // /proc counts ticks of 10 ms, too coarse for a repeat of forty starts.
        var clock = clockid_t()
        var time = timespec()
        guard unsafe clock_getcpuclockid(pid, &clock) == 0, unsafe clock_gettime(clock, &time) == 0,
            let text = ProcFile.text("/proc/\(pid)/statm"),
            let residentBytes = Self.residentBytes(inStatm: text, pageByteCount: sysconf(Int32(_SC_PAGESIZE)))
        else { return nil }
        cpuNs = UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
        self.residentBytes = residentBytes
    }

    static func residentBytes(inStatm statm: String, pageByteCount: Int) -> UInt64? {
        let fields = statm.split(whereSeparator: \.isWhitespace)
        guard fields.count > 1, pageByteCount > 0, let pages = UInt64(fields[1]) else { return nil }
        return pages * UInt64(pageByteCount)
    }
}

/// The most memory this process held.
public enum PeakMemory {
    /// Returns freed memory that the process still holds to the kernel, so that a repeat's peak is
    /// its own.
    public static func trim() { malloc_trim(0) }

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

/// What the whole host has used since boot, on all its cores; in a container these may be the
/// host's figures.
public struct HostUsage: Sendable, Equatable {
    /// CPU time of all processes, user and system, without interrupts, which belong to no process.
    public let busyNs: UInt64
    /// The time that the hypervisor took.
    public let stealNs: UInt64

    /// The cores that it is counted over.
    public static var coreCount: Int { sysconf(Int32(_SC_NPROCESSORS_ONLN)) }

    /// What the host has used until now; nil where the kernel does not tell.
    public static func current() -> HostUsage? {
        ProcFile.text("/proc/stat").flatMap { HostUsage(stat: $0, ticksPerSecond: sysconf(Int32(_SC_CLK_TCK))) }
    }

    init?(stat: String, ticksPerSecond: Int) {
        guard let line = stat.split(separator: "\n").first(where: { $0.hasPrefix("cpu ") }), ticksPerSecond > 0
        else { return nil }
        // user, nice, system, idle, iowait, irq, softirq, steal
        let ticks = line.split(whereSeparator: \.isWhitespace).dropFirst().prefix(8).map { UInt64($0) ?? 0 }
        guard ticks.count == 8 else { return nil }
        let tickNs = 1_000_000_000 / UInt64(ticksPerSecond)
        busyNs = (ticks[0] &+ ticks[1] &+ ticks[2]) &* tickNs
        stealNs = ticks[7] &* tickNs
    }
}
