import Glibc
import Synchronization

/// Whether the user wishes to stop: SIGINT and SIGTERM only set a mark, which everything that waits
/// looks at.
enum Interrupts {
    private static let count = Atomic<Int>(0)

    static var isRequested: Bool { count.load(ordering: .acquiring) > 0 }

    /// Watches for the signals; a second one ends at once.
    static func install() {
        // The handler may not be the first to touch the mark.
        _ = isRequested
        for signal in [SIGINT, SIGTERM] {
            var action = sigaction()
            action.__sigaction_handler.sa_handler = { _ in
                if Interrupts.count.add(1, ordering: .acquiringAndReleasing).newValue > 1 { _exit(130) }
            }
            sigaction(signal, &action, nil)
        }
    }
}
