import KafkaClient
import Measurement
import Networking
import Scenario
import System

/// A load's wait for room in a producer.
struct RoomWait {
    /// The producer that had no room last.
    var blockedProducer = 0
    /// What is done once there is room; nil while nothing waits.
    var body: (@Sendable (isolated KeptProducerLoad) -> Void)?
    /// Ends the wait after `max.block.ms`.
    var limit: EventLoop.Timer?
    /// The producers that were asked to say when they have room, and have not yet.
    var asked: Set<Int> = []
    /// Whether anything waited since an open loop last handed over all that was due.
    var wasShort = false
}

extension KeptProducerLoad {
    var isWaitingForRoom: Bool { room.body != nil }

    /// Goes on once the producer that had none has room, or `max.block.ms` have passed.
    func whenRoom(_ body: @escaping @Sendable (isolated KeptProducerLoad) -> Void) {
        room.wasShort = true
        room.body = body
        let blockNs = UInt64.nanoseconds(ofMs: max(1, plan.configuration.blockMs))
        room.limit = loop.schedule(atNs: EventLoop.nowNs().later(by: blockNs), on: self) {
            $0.noRoomCame(withinNs: blockNs)
        }
        let producer = room.blockedProducer
        // One that has not answered yet is asked already.
        guard !room.asked.contains(producer) else { return }
        room.asked.insert(producer)
        producers[producer].whenRoom {
            self.assumeIsolated { load in
                load.room.asked.remove(producer)
                load.goOn()
            }
        }
    }

    private func goOn() {
        room.limit?.cancel()
        let body = room.body
        room.body = nil
        body?(self)
    }

    /// Records that have waited for `max.block.ms` are refused, as by Java's `send`, and their
    /// senders go on.
    private func noRoomCame(withinNs: UInt64) {
        guard !isClosed, isWaitingForRoom else { return }
        let count =
            switch plan.load {
            case .concurrency: pendingCount
            case .rate: max(1, (pacer?.dueCount(atNs: EventLoop.nowNs().earlier(by: withinNs)) ?? 0) - handedOverCount)
            case .unlimited: 1
            }
        let error = ClientError(.bufferFull(afterMs: plan.configuration.blockMs))
        outcome.book.attemptedCount += count
        outcome.book.enterRefusal(error, count: count)
        noteHandedOver(count)
        goOn()
    }
}
