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
            throttledNs: throttledNs,
            writebackBytes: ProcFile.text("/proc/meminfo").flatMap { number(of: "Writeback:", in: $0) }
                .map { $0 * 1_024 })
    }

    private static var throttledNs: UInt64? {
        ProcFile.text("/proc/self/cgroup").flatMap { throttledNs(groups: $0, read: ProcFile.text) }
    }

    /// What the group of this process has waited, in either version of control groups; `read` gives
    /// the text of a file.
    static func throttledNs(groups: String, read: (String) -> String?) -> UInt64? {
        for line in groups.split(separator: "\n") {
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3 else { continue }
            let path = fields[2].split(separator: "/").joined(separator: "/")
            // Version 2 has one tree; in version 1 the controller of the processor has its own, and
            // counts in nanoseconds.
            let (mount, word, unitNs): (String, String, UInt64)
            if fields[0] == "0" {
                (mount, word, unitNs) = ("", "throttled_usec", 1_000)
            } else if fields[1].split(separator: ",").contains("cpu") {
                (mount, word, unitNs) = ("\(fields[1])/", "throttled_time", 1)
            } else {
                continue
            }
            let count = read("/sys/fs/cgroup/\(mount)\(path)/cpu.stat").flatMap { number(of: word, in: $0) }
            guard let count else { continue }
            let (ns, isOver) = count.multipliedReportingOverflow(by: unitNs)
            return isOver ? nil : ns
        }
        return nil
    }

    /// The number behind a word at the begin of a line.
    static func number(of word: String, in text: String) -> UInt64? {
        let line = text.split(separator: "\n").first { $0.split(separator: " ").first == word[...] }
        return line?.split(separator: " ").dropFirst().first.flatMap { UInt64($0) }
    }
}
