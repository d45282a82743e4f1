import Foundation
import Glibc
import Testing

/// A disk of a few megabytes for one test, in memory, gone with it.
final class SmallDisk {
    let path: String

    /// Whether this process may mount one.
    static let isAllowed = (try? SmallDisk(megabytes: 1)) != nil

    init(megabytes: Int) throws {
        path = NSTemporaryDirectory() + "/weir-disk-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        guard mount("none", path, "tmpfs", UInt(MS_NOSUID | MS_NODEV), "size=\(megabytes)m") == 0 else {
            let number = errno
            rmdir(path)
            throw POSIXError(POSIXErrorCode(rawValue: number) ?? .EPERM)
        }
    }

    deinit {
        umount2(path, Int32(MNT_DETACH))
        rmdir(path)
    }

    /// Writes until nothing fits any more, as some other program would.
    func fill() {
        let descriptor = open("\(path)/other", O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        defer { close(descriptor) }
        let chunk = [UInt8](repeating: 0, count: 1 << 16)
        while write(descriptor, chunk, chunk.count) > 0 {}
    }

    /// What is on it.
    var names: [String] { (try? FileManager.default.contentsOfDirectory(atPath: path))?.sorted() ?? [] }
}

extension Trait where Self == ConditionTrait {
    /// Skips, with the reason, where no disk may be mounted.
    static var needsSmallDisk: Self {
        .enabled(if: SmallDisk.isAllowed, "not root: skipped what needs a small disk of its own")
    }
}
