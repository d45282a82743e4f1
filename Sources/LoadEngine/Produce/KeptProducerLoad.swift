import KafkaClient
import Measurement
import Networking
import Results
import Scenario
import System

/// Drives kept producers through one repeat: closed loop, open loop or as fast as they take
/// records.
///
/// Everything happens on the client's loop. A closed loop of n senders is n records in flight: m
/// records settled let m more go. Where a record goes the producer's partitioner says; but a load
/// without a limit fills a batch of each partition in turn, so that every request is as large as it
/// can be.
actor KeptProducerLoad {
    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }

    private let plan: ProducePlan
    private let metrics: ClientMetrics
    private var producers: [Producer] = []
    private var lanes: [ProducerLane] = []
    @safe @exclusivity(unchecked) private var laneOfHandle: [[Int]] = []
    private var topics: [TopicHandle] = []
    private var nextLane = 0
    private var nextProducer = 0
    private var window = MeasureWindow(beginNs: 0, warmupNs: 0, forNs: 0)
    @safe @exclusivity(unchecked) private var outcome = ProduceOutcome()
    private var laneGaps = PartitionGaps(partitionCount: 0, beginNs: .max)
    private var probe: WindowProbe?
    private var pacer: Pacer?
    private var handedOverCount = 0
    private var handedOverInWindow = 0
    private var pendingCount = 0
    private var isClosed = false
    /// The producer that had no room last, and what is done when it has room.
    private var blockedProducer = 0
    private var afterRoom: (@Sendable (isolated KeptProducerLoad) -> Void)?
    private var roomLimit: EventLoop.Timer?
    private var isAskedForRoom: Set<Int> = []
    private var closed: CheckedContinuation<Void, Never>?
    /// What was written, as far as is known, and for all other records what they take before they
    /// are compressed.
    private var writtenByteCount = 0

    /// More than any batch has room for.
    private static let batchRecordCountMax = 10_000_000

    init(plan: ProducePlan, metrics: ClientMetrics, loop: EventLoop) {
        self.plan = plan
        self.metrics = metrics
        self.loop = loop
    }

    /// Makes the producers, runs warm-up and window, drains and closes; `client` must be closed
    /// when the target is lost.
    func run(client: Client, interruption: Interruption) async throws -> ProduceOutcome {
        try await makeProducers(client)
        begin()
        let windowWatch = plan.loss.watch { [loop] _ in
            loop.execute(on: self) { $0.closeWindow() }
        }
        defer { plan.loss.unwatch(windowWatch) }
        interruption.onRequest { [loop] in loop.execute(on: self) { $0.closeWindow() } }
        // A small bound on what may be written closes it with the first hand-over.
        if !isClosed { await withCheckedContinuation { closed = $0 } }
        for producer in producers { await producer.flush() }
        outcome.drainedNs = EventLoop.nowNs()
        outcome.standstill = laneGaps.worst { "\(plan.topic)-\(lanes[$0].partition)" }
        for producer in producers { _ = await producer.close(timeoutMs: plan.closeTimeoutMs) }
        if outcome.reading == nil { endWindow(atNs: outcome.drainedNs) }
        return outcome
    }

    private func makeProducers(_ client: Client) async throws {
        for index in 0..<plan.producerCount {
            let producer = Producer(client: client, configuration: plan.configuration) { delivery in
                self.assumeIsolated { $0.delivered(delivery, by: index) }
            }
            producers.append(producer)
            try await producer.start(topics: [plan.topic])
            let handles = try await producer.partitions(of: plan.topic)
            guard handles.count == plan.partitionCount else {
                throw EngineError(
                    "topic \(plan.topic) has \(handles.count) partitions, where it had \(plan.partitionCount) before",
                    code: .topicGone)
            }
            topics.append(try await producer.topic(plan.topic))
            laneOfHandle.append(Array(repeating: 0, count: handles.count))
            for (partition, handle) in handles.enumerated() {
                if laneOfHandle[index].count <= handle.index {
                    laneOfHandle[index] += Array(repeating: 0, count: handle.index + 1 - laneOfHandle[index].count)
                }
                laneOfHandle[index][handle.index] = lanes.count
                lanes.append(ProducerLane(producer: producer, handle: handle, partition: Int32(partition)))
            }
        }
    }

    // MARK: - The window

    private func begin() {
        let nowNs = EventLoop.nowNs()
        window = plan.window(beginNs: nowNs)
        outcome.beginNs = nowNs
        plan.onWindow?(window)
        loop.schedule(atNs: window.warmupEndNs, on: self) { $0.beginWindow() }
        if window.endNs != .max {
            loop.schedule(atNs: window.endNs, on: self) { $0.closeWindow() }
        }
        switch plan.load {
        case .concurrency(let senders): hold(senders)
        case .rate(let perSecond):
            pacer = Pacer(startNs: nowNs, perSecond: perSecond)
            tick()
        case .unlimited: fill()
        }
    }

    private func beginWindow() {
        // The timer of a load that ended in its warm-up must not touch the meters of the next.
        guard !isClosed else { return }
        probe = WindowProbe(metrics: metrics, brokerPid: plan.brokerPid)
        outcome.windowBeginNs = EventLoop.nowNs()
        outcome.gaps = ProgressGaps(beginNs: outcome.windowBeginNs, endNs: window.endNs)
        laneGaps = PartitionGaps(partitionCount: lanes.count, beginNs: outcome.windowBeginNs, endNs: window.endNs)
    }

    /// Sends nothing more; what is under way is still awaited.
    private func closeWindow() {
        guard !isClosed else { return }
        isClosed = true
        roomLimit?.cancel()
        if window.recordCountMax == nil { endWindow(atNs: EventLoop.nowNs()) }
        closed?.resume()
        closed = nil
    }

    private func endWindow(atNs: UInt64) {
        guard let probe else { return }
        outcome.reading = probe.read()
        // By records the window ends with the last acknowledgement, which the drain has awaited.
        outcome.windowEndNs = window.recordCountMax == nil ? atNs : max(outcome.book.lastAckNs, outcome.windowBeginNs)
        outcome.gaps.end(atNs: outcome.windowEndNs)
    }

    // MARK: - Handing records over

    /// Hands over up to `count` records meant for `firstNs + i × stepNs`, where the producers'
    /// partitioner says, and says how many had room.
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
                blockedProducer = producer
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

    /// Gives the next partition in turn a whole batch, which needs not wait for anything; false
    /// when there is no room.
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
            if taken == 0 { blockedProducer = lane / max(1, lanes.count / producers.count) }
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
        if writtenByteCount >= plan.byteLimit {
            outcome.reachedByteLimit = true
            closeWindow()
        }
    }

    private func noteHandedOver(_ count: Int) {
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
    private func hold(_ count: Int) {
        pendingCount += count
        guard !isWaitingForRoom, !isClosed else { return }
        pendingCount -= handOver(pendingCount, firstNs: EventLoop.nowNs())
        if pendingCount > 0, !isClosed { whenRoom { $0.hold(0) } }
    }

    /// Open loop: hands over what is due, and runs again when the next record is.
    private func tick() {
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
        wasBlocked = false
        let nextNs = max(pacer.intendedNs(of: handedOverCount), nowNs + ProducePlan.tickNs)
        loop.schedule(atNs: nextNs, on: self) { $0.tick() }
    }

    private var wasBlocked = false

    private func enterSlip(first: Int, count: Int, nowNs: UInt64, pacer: Pacer) {
        // Records that waited for room were late because of what is measured, not because of the
        // generator.
        guard count > 0, !wasBlocked, window.contains(nowNs) else { return }
        let lateNs = nowNs.since(pacer.intendedNs(of: first))
        outcome.slip.recordValue(lateNs, count: UInt64(count))
    }

    /// As fast as it goes: keeps more than can be in flight, or all that has room.
    private func fill() {
        guard !isClosed, !isWaitingForRoom else { return }
        let nowNs = EventLoop.nowNs()
        let isInTurn = plan.configuration.partitioner == .roundRobin
        while !isClosed, hasProducerToFill {
            let hasRoom = isInTurn ? handOver(lanes.count, firstNs: nowNs) > 0 : fillBatch(nowNs: nowNs)
            if !hasRoom, !isClosed { return whenRoom { $0.fill() } }
        }
    }

    /// By a loop: each call of a closure would check the actor.
    private var hasProducerToFill: Bool {
        for producer in producers where producer.batchCount < plan.fillBatchCount { return true }
        return false
    }

    // MARK: - Room

    private var isWaitingForRoom: Bool { afterRoom != nil }

    /// Goes on once the producer that had none has room, or `max.block.ms` have passed.
    private func whenRoom(_ body: @escaping @Sendable (isolated KeptProducerLoad) -> Void) {
        wasBlocked = true
        afterRoom = body
        let blockNs = UInt64.nanoseconds(ofMs: max(1, plan.configuration.blockMs))
        roomLimit = loop.schedule(atNs: EventLoop.nowNs().later(by: blockNs), on: self) {
            $0.noRoomCame(withinNs: blockNs)
        }
        let producer = blockedProducer
        // One that has not answered yet is asked already.
        guard !isAskedForRoom.contains(producer) else { return }
        isAskedForRoom.insert(producer)
        producers[producer].whenRoom {
            self.assumeIsolated { load in
                load.isAskedForRoom.remove(producer)
                load.goOn()
            }
        }
    }

    private func goOn() {
        roomLimit?.cancel()
        let body = afterRoom
        afterRoom = nil
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

    // MARK: - What comes back

    private func delivered(_ delivery: BatchDelivery, by producer: Int) {
        let lane = laneOfHandle[producer][delivery.partition.index]
        if plan.storesAsSent { writtenByteCount += delivery.byteCount - delivery.recordCount * plan.recordByteCountMax }
        let isAcknowledged = outcome.book.enter(delivery, beginNs: outcome.beginNs)
        if isAcknowledged {
            outcome.gaps.note(atNs: delivery.ackNs)
            laneGaps.came(lane, atNs: delivery.ackNs, dueNs: lanes[lane].times.oldestNs ?? delivery.ackNs)
        }
        let inWindow = isAcknowledged && isInWindow(delivery)
        var measured = 0
        lanes[lane].times.take(delivery.recordCount) { run in
            guard isAcknowledged else { return }
            measured += enterLatencies(run, ackNs: delivery.ackNs, isInWindow: inWindow)
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
        // Failures may be told of from within a hand-over, and where the next fails at once again
        // there would be no end of it.
        loop.execute(on: self) { $0.hold(count) }
    }

    /// Whether a batch counts in the window by its acknowledgement, as all but an open loop's do.
    private func isInWindow(_ delivery: BatchDelivery) -> Bool {
        outcome.windowBeginNs != 0 && delivery.ackNs >= outcome.windowBeginNs && delivery.ackNs < window.endNs
    }

    /// Enters the latencies of those of a run's records that were meant for the window.
    private func enterLatencies(_ run: IntendedTimes.Run, ackNs: UInt64, isInWindow: Bool) -> Int {
        let afterHandOverNs = ackNs.since(run.handedOverNs)
        if case .unlimited = plan.load {
            if isInWindow { outcome.book.enterAfterHandOver(afterHandOverNs, count: run.count) }
            return 0
        }
        if run.stepNs == 0 {
            guard window.contains(run.firstNs) else { return 0 }
            outcome.book.enterLatency(ackNs.since(run.firstNs), count: run.count)
            return run.count
        }
        var count = 0
        for index in 0..<run.count {
            let intendedNs = run.time(index)
            guard window.contains(intendedNs) else { continue }
            outcome.book.enterLatency(ackNs.since(intendedNs), count: 1)
            count += 1
        }
        outcome.book.enterAfterHandOver(afterHandOverNs, count: count)
        return count
    }
}
