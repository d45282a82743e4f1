import Foundation
import Glibc

/// What the kernel says of the whole machine.
enum Machine {
    /// What was written to disks since boot, in bytes.
    static func writtenBytes() -> Int? {
        guard let text = try? String(contentsOfFile: "/proc/vmstat", encoding: .utf8),
            let line = text.split(separator: "\n").first(where: { $0.hasPrefix("pgpgout ") }),
            let kibibytes = line.split(separator: " ").last.flatMap({ Int($0) })
        else { return nil }
        return kibibytes * 1024
    }

    /// What may still be taken of memory, in bytes: by the kernel's own reckoning, and by the limit
    /// of a container.
    static func availableBytes() -> Int? {
        guard let text = try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8),
            let line = text.split(separator: "\n").first(where: { $0.hasPrefix("MemAvailable:") }),
            let kibibytes = line.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
        else { return nil }
        guard let limit = number("/sys/fs/cgroup/memory.max"), let used = number("/sys/fs/cgroup/memory.current")
        else { return kibibytes * 1024 }
        return min(kibibytes * 1024, limit - used)
    }

    private static func number(_ path: String) -> Int? {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return nil }
        return Int(text.trimmingCharacters(in: .whitespacesAndNewlines))
    }

    /// What may still be written under a path, in bytes.
    static func freeBytes(_ path: String) -> Int? {
        var status = statvfs()
        return statvfs(path, &status) == 0 ? Int(status.f_bavail) * Int(status.f_frsize) : nil
    }
}
