import Networking
import Synchronization
import System

/// Passes a count on no more often than five times a second.
final class Ticker: Sendable {
    private let lastNs = Atomic<UInt64>(0)
    private let body: @Sendable (Int) -> Void

    private static let intervalNs: UInt64 = 200_000_000

    init(_ body: @escaping @Sendable (Int) -> Void) { self.body = body }

    func update(_ count: Int) {
        let nowNs = EventLoop.nowNs()
        guard nowNs.since(lastNs.load(ordering: .relaxed)) >= Self.intervalNs else { return }
        lastNs.store(nowNs, ordering: .relaxed)
        body(count)
    }
}
