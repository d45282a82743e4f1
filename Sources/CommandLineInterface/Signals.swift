import Foundation
import Glibc
import Synchronization

/// Turns SIGINT, SIGTERM and SIGHUP into calls on a thread of their own, so that a handler may do
/// anything.
enum Signals {
    /// The descriptor that the handler writes to; it may do no more than that.
    private static let writeEnd = Atomic<Int32>(-1)

    /// Calls `body` with 1 for the first signal, 2 for the second, and so on; once in a process.
    static func install(_ body: @escaping @Sendable (Int) -> Void) {
        var ends: [Int32] = [0, 0]
        guard unsafe pipe(&ends) == 0 else { return }
        // The embedded broker, which is started later, must not inherit them.
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        writeEnd.store(ends[1], ordering: .releasing)
        let readEnd = ends[0]
        let thread = Thread { countSignals(readEnd, body) }
        thread.start()
        for signal in [SIGINT, SIGTERM, SIGHUP] {
            var action = sigaction()
            // With nohup the program must go on.
            unsafe sigaction(signal, nil, &action)
            if signal == SIGHUP, unsafe unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == 1 {
                continue
            }
            action = sigaction()
            unsafe action.__sigaction_handler.sa_handler = { _ in
                var byte: UInt8 = 1
                _ = unsafe write(Signals.writeEnd.load(ordering: .acquiring), &byte, 1)
            }
            unsafe sigaction(signal, &action, nil)
        }
    }

    private static func countSignals(_ readEnd: Int32, _ body: @Sendable (Int) -> Void) {
        var count = 0
        var byte: UInt8 = 0
        while true {
            let got = unsafe read(readEnd, &byte, 1)
            if got < 0 && errno == EINTR { continue }
            guard got == 1 else { return }
            count += 1
            body(count)
        }
    }
}
