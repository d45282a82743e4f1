import Glibc
import Synchronization

/// Turns SIGINT and SIGTERM into calls on a thread of their own, so that whoever is told may do anything.
///
/// The signals are blocked in every thread: `install` comes before any other thread starts.
enum Signals {
    /// Calls `body` with 1 for the first signal, 2 for the second, and so on.
    static func install(_ body: @escaping @Sendable (Int) -> Void) {
        var set = sigset_t()
        unsafe sigemptyset(&set)
        for signal in [SIGINT, SIGTERM] { unsafe sigaddset(&set, signal) }
        unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
        let box = unsafe Unmanaged.passRetained(Handler(body))
        var thread = pthread_t()
        let started = unsafe pthread_create(
            &thread, nil,
            { raw in
                guard let raw = unsafe raw else { return nil }
                unsafe Unmanaged<Handler>.fromOpaque(raw).takeRetainedValue().waitForSignals()
                return nil
            }, unsafe box.toOpaque())
        if started == 0 { pthread_detach(thread) }
    }

    private final class Handler: Sendable {
        let body: @Sendable (Int) -> Void

        init(_ body: @escaping @Sendable (Int) -> Void) { self.body = body }

        func waitForSignals() {
            var set = sigset_t()
            unsafe sigemptyset(&set)
            for signal in [SIGINT, SIGTERM] { unsafe sigaddset(&set, signal) }
            var count = 0
            while true {
                var signal: Int32 = 0
                guard unsafe sigwait(&set, &signal) == 0 else { continue }
                count += 1
                body(count)
            }
        }
    }
}
