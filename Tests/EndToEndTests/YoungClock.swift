import Foundation
import Glibc
import Testing

/// A monotonic clock that began about a second ago, as on a machine that has just booted: a
/// namespace for one process and its children.
enum YoungClock {
    /// The command that a program is started by; empty where time namespaces are not allowed.
    static let launcher: [String] = {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        // A user other than root may have them within a user namespace, where the kernel allows
        // one.
        let root = geteuid() == 0 ? [] : ["--user", "--map-root-user"]
        let words =
            ["/usr/bin/env", "unshare"] + root
            + ["--time", "--monotonic=-\(now.tv_sec)", "--fork", "--kill-child", "--"]
        return succeeds(words + ["true"]) ? words : []
    }()

    private static func succeeds(_ words: [String]) -> Bool {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: words[0])
        process.arguments = Array(words.dropFirst())
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }
}

extension Trait where Self == ConditionTrait {
    /// Skips, with the reason, where the kernel allows this process no clock of its own.
    static var needsYoungClock: Self {
        .enabled(if: !YoungClock.launcher.isEmpty, "no time namespaces here: skipped what needs a clock that is young")
    }
}
