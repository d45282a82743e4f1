/// What holds this process back that no process's CPU time shows, at one moment.
public struct HostPressure: Sendable {
    /// How long the limit of this process's control group has kept it from running so far; nil where
    /// there is none, or the kernel does not tell.
    public let throttledNs: UInt64?
    /// The bytes that are under way to the disks; nil where the kernel does not tell.
    public let writebackBytes: UInt64?

    /// The pressure now.
    public static func current() -> HostPressure {
        HostPressure(
            throttledNs: throttledMicroseconds.map { $0 * 1_000 },
            writebackBytes: ProcFile.text("/proc/meminfo").flatMap { number(of: "Writeback:", in: $0) }
                .map { $0 * 1_024 })
    }

    private static var throttledMicroseconds: UInt64? {
        guard let groups = ProcFile.text("/proc/self/cgroup"),
            let own = groups.split(separator: "\n").first(where: { $0.hasPrefix("0::") })
        else { return nil }
        let path = own.dropFirst(3).split(separator: "/").joined(separator: "/")
        return ProcFile.text("/sys/fs/cgroup/\(path)/cpu.stat").flatMap { number(of: "throttled_usec", in: $0) }
    }

    /// The number behind a word at the begin of a line.
    static func number(of word: String, in text: String) -> UInt64? {
        let line = text.split(separator: "\n").first { $0.split(separator: " ").first == word[...] }
        return line?.split(separator: " ").dropFirst().first.flatMap { UInt64($0) }
    }
}
