import Networking
import System

/// Commits positions at an interval, as Kafka's consumer does with `enable.auto.commit`: with a
/// poll where records are polled for, so that only what the user has done with is committed; else
/// by a timer. On the consumer's loop only.
final class AutoCommit {
    private weak var core: ConsumerCore?
    private let group: String
    private let intervalMs: Int
    private var nextNs: UInt64
    private var timer: EventLoop.Timer?
    private var isUnderWay = false

    init(_ core: ConsumerCore, group: String, intervalMs: Int) {
        self.core = core
        self.group = group
        self.intervalMs = intervalMs
        nextNs = EventLoop.nowNs().later(byMs: intervalMs)
        if core.onBatch != nil { arm() }
    }

    func stop() {
        timer?.cancel()
        timer = nil
    }

    /// The user has done with what it was handed.
    func polled() {
        if EventLoop.nowNs() >= nextNs { commit() }
    }

    private func arm() {
        timer = core?.loop.schedule(atNs: nextNs) { [weak self] in
            self?.commit()
            self?.arm()
        }
    }

    private func commit() {
        nextNs = EventLoop.nowNs().later(byMs: intervalMs)
        guard let core, core.isRunning, !isUnderWay else { return }
        let membership = core.membership
        // Between two generations nothing is this member's.
        guard let member = membership.map(\.committer) ?? GroupIdentity() else { return }
        let offsets = core.positions.mapValues { CommittedOffset(offset: $0) }
        isUnderWay = true
        core.cluster.commit(group, offsets, by: member) { [weak self, weak core] result in
            self?.isUnderWay = false
            guard case .failure(let error) = result else { return }
            core?.note(error)
            if case .broker(let code) = error.code { membership?.commitFailed(by: member, code) }
        }
    }
}
