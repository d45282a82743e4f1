import KafkaClient
import Measurement
import Networking
import Scenario
import System

/// Senders that throw their producer, or the client under it too, away after some records and make
/// it anew.
///
/// Time runs from before construction: the first record of each producer bears the cost of making
/// it. Flush and close are steps of their own and count in the rate and the CPU.
actor RecreatingLoad {
    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }

    private let plan: ProducePlan
    private let metrics: ClientMetrics
    private let senderCount: Int
    private var window = MeasureWindow(beginNs: 0, warmupNs: 0, forNs: 0)
    @safe @exclusivity(unchecked) private var outcome = ProduceOutcome()
    private var probe: WindowProbe?
    private var isClosed = false
    private var sentInWindow = 0
    private var writtenByteCount = 0
    private var failure: (any Error)?
    /// Each sender's present client.
    @safe @exclusivity(unchecked) private var clients: [Client?]
    private var isLost = false
    /// When each sender's present life began.
    @safe @exclusivity(unchecked) private var bornNs: [UInt64]

    init(plan: ProducePlan, senderCount: Int, metrics: ClientMetrics, loop: EventLoop) {
        self.plan = plan
        self.senderCount = senderCount
        self.metrics = metrics
        self.loop = loop
        bornNs = Array(repeating: .max, count: senderCount)
        clients = Array(repeating: nil, count: senderCount)
    }

    /// Runs the senders through warm-up and window; `client` is the kept one, where only producers
    /// are re-created.
    func run(client: Client?, interruption: Interruption) async throws -> ProduceOutcome {
        begin()
        interruption.onRequest { [loop] in loop.execute(on: self) { $0.isClosed = true } }
        // One watch for the load, because one for each client would be added and removed with every
        // life.
        let watch = plan.loss.watch { [loop] _ in loop.execute(on: self) { $0.closeClients() } }
        defer { plan.loss.unwatch(watch) }
        await withTaskGroup(of: Void.self) { group in
            for sender in 0..<senderCount {
                group.addTask(executorPreference: loop) { await self.send(sender, client: client) }
            }
        }
        outcome.drainedNs = EventLoop.nowNs()
        endWindow(atNs: outcome.drainedNs)
        if let failure, !keepsWhatWasMeasured { throw failure }
        return outcome
    }

    /// If only this machine's ports ran out, what was measured until then holds, and the broker can
    /// be asked what it stored.
    private var keepsWhatWasMeasured: Bool {
        (failure as? ClientError)?.code == .noLocalPort && outcome.book.acknowledgedCount > 0
    }

    /// The target is lost: nothing waits on a client any longer.
    private func closeClients() {
        isLost = true
        for case let client? in clients { Task(executorPreference: loop) { await client.close() } }
    }

    private func begin() {
        let nowNs = EventLoop.nowNs()
        window = MeasureWindow(beginNs: nowNs, plan.measure)
        metrics.tracedKinds = LifeMilestones.spanKinds
        outcome.beginNs = nowNs
        loop.schedule(window, on: self, begin: { $0.beginWindow() }, end: { $0.closeWindow() })
    }

    private func beginWindow() {
        // This timer outlives a load that ends in its warm-up, and must not touch the next one's
        // meters.
        guard !isClosed else { return }
        probe = WindowProbe(metrics: metrics, brokerPid: plan.brokerPid)
        outcome.windowBeginNs = EventLoop.nowNs()
        outcome.gaps = ProgressGaps(beginNs: outcome.windowBeginNs, endNs: window.endNs)
    }

    private func closeWindow() {
        isClosed = true
        endWindow(atNs: EventLoop.nowNs())
    }

    private func endWindow(atNs: UInt64) {
        guard outcome.reading == nil, let probe else { return }
        outcome.reading = probe.read()
        outcome.windowEndNs = atNs
        outcome.gaps.end(atNs: atNs)
    }

    /// One sender: makes, sends, closes, until the window is over.
    private func send(_ sender: Int, client kept: Client?) async {
        while !isClosed {
            bornNs[sender] = EventLoop.nowNs()
            do {
                try await useOne(kept, by: sender, bornNs: bornNs[sender])
            } catch {
                // A sender that cannot make its producer ends the repeat: it would fail the same
                // way again at once.
                outcome.book.note("a producer could not be made: \(error)", 1, error)
                failure = failure ?? error
                isClosed = true
            }
            bornNs[sender] = .max
            clients[sender] = nil
            metrics.removeSpans(endedBefore: bornNs.min() ?? .max)
        }
    }

    /// The life of one producer, and of the client under it where that is thrown away too.
    private func useOne(_ kept: Client?, by sender: Int, bornNs: UInt64) async throws {
        let client: Client
        if let kept {
            client = kept
        } else {
            client = Client(configuration: plan.clientConfiguration, loop: loop, metrics: metrics)
        }
        clients[sender] = client
        if isLost { await client.close() }
        let mailbox = Mailbox()
        let producer = Producer(client: client, configuration: plan.configuration) { mailbox.deliver($0) }
        let sentCount: Int
        do {
            sentCount = try await sendRecords(producer, mailbox, bornNs: bornNs)
        } catch {
            _ = await producer.close(timeoutMs: plan.closeTimeoutMs)
            if kept == nil { await client.close() }
            throw error
        }
        let acknowledgedNs = EventLoop.nowNs()
        _ = await producer.close(timeoutMs: plan.closeTimeoutMs)
        if kept == nil { await client.close() }
        let closedNs = EventLoop.nowNs()
        guard sentCount > 0, window.contains(closedNs) else { return }
        outcome.lives.add(
            LifeMilestones(
                spans: metrics.spans, client: client.number, bornNs: bornNs, acknowledgedNs: acknowledgedNs,
                closedNs: closedNs))
    }

    /// Sends a life's records, each once the one before is settled, and says how many there were.
    private func sendRecords(_ producer: Producer, _ mailbox: Mailbox, bornNs: UInt64) async throws -> Int {
        try await producer.start(topics: [plan.topic])
        let known = producer.knownTopic(plan.topic)
        let topic = if let known { known } else { try await producer.topic(plan.topic) }
        for record in 0..<recordsPerLife {
            let intendedNs = record == 0 ? bornNs : EventLoop.nowNs()
            if record > 0, isClosed { return record }
            if outcome.windowBeginNs != 0, let most = window.recordCountMax {
                guard sentInWindow < most else {
                    isClosed = true
                    return record
                }
                sentInWindow += 1
            }
            try enqueue(producer, topic)
            enter(await mailbox.next(), intendedNs: intendedNs)
        }
        return recordsPerLife
    }

    private var recordsPerLife: Int {
        switch plan.recreate {
        case .producer(let count), .client(let count): count
        case .never: Int.max
        }
    }

    private func enqueue(_ producer: Producer, _ topic: TopicHandle) throws {
        let values = plan.values
        // A producer that has nothing else in flight has room for one record.
        let (_, taken) = try producer.enqueue(
            topic, values: unsafe values.arena.span.bytes, valueByteCount: values.byteCount,
            firstValue: outcome.book.attemptedCount, count: 1, timestampMs: WallClock.nowMs())
        precondition(taken == 1)
        outcome.book.attemptedCount += 1
        writtenByteCount += plan.recordByteCountMax + 61
        if writtenByteCount >= plan.limit.byteCount {
            outcome.reachedByteLimit = true
            isClosed = true
        }
    }

    private func enter(_ delivery: BatchDelivery, intendedNs: UInt64) {
        let isAcknowledged = outcome.book.enter(delivery, beginNs: outcome.beginNs)
        plan.onProgress(outcome.book.acknowledgedCount)
        guard isAcknowledged else { return }
        outcome.gaps.note(atNs: delivery.ackNs)
        if window.contains(intendedNs) {
            outcome.book.enterLatency(delivery.ackNs.since(intendedNs), count: delivery.recordCount)
        }
        if outcome.windowBeginNs != 0, delivery.ackNs < window.endNs {
            outcome.book.enterWindow(count: delivery.recordCount, ackNs: delivery.ackNs)
        }
    }
}

/// Where one sender waits for what became of its record; on one loop only.
private final class Mailbox: @unchecked Sendable {
    private var waiting: CheckedContinuation<BatchDelivery, Never>?
    private var arrived: [BatchDelivery] = []

    func deliver(_ delivery: BatchDelivery) {
        if let waiting {
            self.waiting = nil
            waiting.resume(returning: delivery)
        } else {
            arrived.append(delivery)
        }
    }

    nonisolated(nonsending) func next() async -> BatchDelivery {
        if !arrived.isEmpty { return arrived.removeFirst() }
        return await withCheckedContinuation { waiting = $0 }
    }
}
