import KafkaClient
import Measurement
import Networking
import Scenario
import System

extension KeptProducerLoad {
    /// Enters what became of a batch; a closed loop and one without a limit then go on.
    func delivered(_ delivery: BatchDelivery, by producer: Int) {
        let lane = laneOfHandle[producer][delivery.partition.index]
        if plan.limit.countsAsSent {
            writtenByteCount += delivery.byteCount - delivery.recordCount * plan.recordByteCountMax
        }
        let isAcknowledged = outcome.book.enter(delivery, beginNs: outcome.beginNs)
        if isAcknowledged {
            outcome.gaps.note(atNs: delivery.ackNs)
            laneGaps.came(lane, atNs: delivery.ackNs, dueNs: lanes[lane].times.oldestNs ?? delivery.ackNs)
        }
        let inWindow = isAcknowledged && isInWindow(delivery)
        var measured = 0
        lanes[lane].times.take(delivery.recordCount) { run in
            guard isAcknowledged else { return }
            measured += outcome.book.enterLatencies(
                run, ackNs: delivery.ackNs, window: window, isUnlimited: plan.load == .unlimited, isInWindow: inWindow)
        }
        if case .rate = plan.load {
            outcome.book.enterWindow(count: measured, ackNs: delivery.ackNs)
        } else if inWindow {
            outcome.book.enterWindow(count: delivery.recordCount, ackNs: delivery.ackNs)
        }
        plan.onProgress(outcome.book.acknowledgedCount)
        switch plan.load {
        case .concurrency: letNextGo(delivery.recordCount, isAcknowledged: isAcknowledged)
        case .rate: break
        case .unlimited: fill()
        }
    }

    /// Closed loop: lets as many records go as are settled, acknowledged or not, because a sender
    /// that failed goes on too.
    private func letNextGo(_ count: Int, isAcknowledged: Bool) {
        if isAcknowledged { return hold(count) }
        // A failure may be reported from within a hand-over. If the next record failed at once
        // again, handing it over here would never end.
        loop.execute(on: self) { $0.hold(count) }
    }

    /// Whether a batch counts in the window by its acknowledgement, as all but an open loop's do.
    private func isInWindow(_ delivery: BatchDelivery) -> Bool {
        outcome.windowBeginNs != 0 && delivery.ackNs >= outcome.windowBeginNs && delivery.ackNs < window.endNs
    }
}
