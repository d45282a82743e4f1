import KafkaClient
import Measurement
import Networking
import System

extension KeptProducerLoad {
    /// More than any batch has room for.
    private static let batchRecordCountMax = 10_000_000

    /// Hands over up to `count` records, the i-th meant for `firstNs + i × stepNs`, to the
    /// partitions that the partitioner chooses, and returns how many had room.
    private func handOver(_ count: Int, firstNs: UInt64, stepNs: Double = 0, nowNs: UInt64? = nil) -> Int {
        var left = limit(count)
        var done = 0
        while left > 0 {
            let producer = nextProducer
            nextProducer = (producer + 1) % producers.count
            // Producers have even shares of what is due at once.
            let share = (left + producers.count - 1) / producers.count
            let (lane, taken) = enqueue(share, by: producer)
            guard taken > 0 else {
                room.blockedProducer = producer
                break
            }
            note(
                taken, lane, firstNs: firstNs &+ UInt64((Double(done) * stepNs).rounded()), stepNs: stepNs, nowNs: nowNs
            )
            done += taken
            left -= taken
        }
        return done
    }

    private func enqueue(_ count: Int, by producer: Int) -> (lane: Int, count: Int) {
        let values = plan.values
        do {
            let (partition, taken) = try producers[producer].enqueue(
                topics[producer], values: unsafe values.arena.span.bytes, valueByteCount: values.byteCount,
                firstValue: handedOverCount, count: count, timestampMs: WallClock.nowMs())
            return (laneOfHandle[producer][partition.index], taken)
        } catch {
            refusedAtOnce(count, error)
            return (0, 0)
        }
    }

    /// Fills a whole batch of the next partition in turn, which then need not wait for `linger.ms`;
    /// false when there is no room.
    private func fillBatch(nowNs: UInt64) -> Bool {
        let count = limit(Self.batchRecordCountMax)
        guard count > 0 else { return true }
        let lane = nextLane
        nextLane = (lane + 1) % lanes.count
        let values = plan.values
        do {
            let taken = try lanes[lane].producer.fillBatch(
                lanes[lane].handle, values: unsafe values.arena.span.bytes, valueByteCount: values.byteCount,
                firstValue: handedOverCount, count: count, timestampMs: WallClock.nowMs())
            if taken > 0 { note(taken, lane, firstNs: nowNs, stepNs: 0) }
            if taken == 0 { room.blockedProducer = lane / max(1, lanes.count / producers.count) }
            return taken > 0
        } catch {
            refusedAtOnce(count, error)
            return true
        }
    }

    private func refusedAtOnce(_ count: Int, _ error: ClientError) {
        outcome.book.note("refused at once: \(error)", count, error)
        closeWindow()
    }

    /// Notes records that a producer has taken.
    private func note(_ count: Int, _ lane: Int, firstNs: UInt64, stepNs: Double, nowNs: UInt64? = nil) {
        lanes[lane].times.append(count: count, firstNs: firstNs, stepNs: stepNs, handedOverNs: nowNs)
        plan.onHandOver?(lanes[lane].partition, count, firstNs, stepNs)
        outcome.book.attemptedCount += count
        writtenByteCount += count * plan.recordByteCountMax
        noteHandedOver(count)
        if writtenByteCount >= plan.limit.byteCount {
            outcome.reachedByteLimit = true
            closeWindow()
        }
    }

    func noteHandedOver(_ count: Int) {
        handedOverCount += count
        if outcome.windowBeginNs != 0 { handedOverInWindow += count }
    }

    /// How many of `count` may still go.
    private func limit(_ count: Int) -> Int {
        guard !isClosed else { return 0 }
        guard let most = window.recordCountMax, outcome.windowBeginNs != 0 else { return count }
        let left = most - handedOverInWindow
        if left <= 0 { closeWindow() }
        return max(0, min(count, left))
    }

    /// Closed loop: keeps `count` more records in flight.
    func hold(_ count: Int) {
        pendingCount += count
        guard !isWaitingForRoom, !isClosed else { return }
        pendingCount -= handOver(pendingCount, firstNs: EventLoop.nowNs())
        if pendingCount > 0, !isClosed { whenRoom { $0.hold(0) } }
    }

    /// Open loop: hands over what is due, and runs again when the next record is.
    func tick() {
        guard !isClosed, let pacer else { return }
        let nowNs = EventLoop.nowNs()
        let due = pacer.dueCount(atNs: nowNs) - handedOverCount
        if due > 0 {
            let firstNs = pacer.intendedNs(of: handedOverCount)
            let first = handedOverCount
            let taken = handOver(due, firstNs: firstNs, stepNs: pacer.intervalNs, nowNs: nowNs)
            enterSlip(first: first, count: taken, nowNs: nowNs, pacer: pacer)
            if taken < due, !isClosed {
                if window.contains(nowNs) { outcome.isSaturated = true }
                return whenRoom { $0.tick() }
            }
        }
        room.wasShort = false
        let nextNs = max(pacer.intendedNs(of: handedOverCount), nowNs + ProducePlan.tickNs)
        loop.schedule(atNs: nextNs, on: self) { $0.tick() }
    }

    private func enterSlip(first: Int, count: Int, nowNs: UInt64, pacer: Pacer) {
        // Records that waited for room were late because of what is measured, not because of the
        // generator.
        guard count > 0, !room.wasShort, window.contains(nowNs) else { return }
        let lateNs = nowNs.since(pacer.intendedNs(of: first))
        outcome.slip.recordValue(lateNs, count: UInt64(count))
    }

    /// No limit: keeps more batches in the producers than can be in flight, as far as they have
    /// room.
    func fill() {
        guard !isClosed, !isWaitingForRoom else { return }
        let nowNs = EventLoop.nowNs()
        let isInTurn = plan.configuration.partitioner == .roundRobin
        while !isClosed, hasProducerToFill {
            let hasRoom = isInTurn ? handOver(lanes.count, firstNs: nowNs) > 0 : fillBatch(nowNs: nowNs)
            if !hasRoom, !isClosed { return whenRoom { $0.fill() } }
        }
    }

    /// A loop, because each call of a closure would check the actor's isolation.
    private var hasProducerToFill: Bool {
        for producer in producers where producer.batchCount < plan.fillBatchCount { return true }
        return false
    }
}
