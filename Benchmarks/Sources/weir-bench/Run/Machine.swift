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

    /// What may still be written under a path, in bytes.
    static func freeBytes(_ path: String) -> Int? {
        var status = statvfs()
        return statvfs(path, &status) == 0 ? Int(status.f_bavail) * Int(status.f_frsize) : nil
    }
}
