import KafkaClient
import Measurement
import Networking
import Results
import Scenario
import System

/// Drives kept producers through one repeat: closed loop, open loop or as fast as they take
/// records.
///
/// Everything happens on the client's loop. A closed loop of n senders keeps n records in flight: m
/// records settled let m more go. The producer's partitioner chooses the partition. A load without
/// a limit fills a batch of each partition in turn instead, so that every request is as large as it
/// can be.
actor KeptProducerLoad {
    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }

    let plan: ProducePlan
    private let metrics: ClientMetrics
    var producers: [Producer] = []
    var lanes: [ProducerLane] = []
    @safe @exclusivity(unchecked) var laneOfHandle: [[Int]] = []
    var topics: [TopicHandle] = []
    var nextLane = 0
    var nextProducer = 0
    var window = MeasureWindow(beginNs: 0, warmupNs: 0, forNs: 0)
    @safe @exclusivity(unchecked) var outcome = ProduceOutcome()
    var laneGaps = PartitionGaps(partitionCount: 0, beginNs: .max)
    private var probe: WindowProbe?
    var pacer: Pacer?
    var handedOverCount = 0
    var handedOverInWindow = 0
    var pendingCount = 0
    var isClosed = false
    var room = RoomWait()
    private let closed = Signal()
    /// The bytes written, where they are known; of all other records their size before compression.
    var writtenByteCount = 0

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
        await closed.wait()
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
        window = MeasureWindow(beginNs: nowNs, plan.measure)
        outcome.beginNs = nowNs
        plan.onWindow?(window)
        loop.schedule(window, on: self, begin: { $0.beginWindow() }, end: { $0.closeWindow() })
        switch plan.load {
        case .concurrency(let senders): hold(senders)
        case .rate(let perSecond):
            pacer = Pacer(startNs: nowNs, perSecond: perSecond)
            tick()
        case .unlimited: fill()
        }
    }

    private func beginWindow() {
        // This timer outlives a load that ends in its warm-up, and must not touch the next one's
        // meters.
        guard !isClosed else { return }
        probe = WindowProbe(metrics: metrics, brokerPid: plan.brokerPid)
        outcome.windowBeginNs = EventLoop.nowNs()
        outcome.gaps = ProgressGaps(beginNs: outcome.windowBeginNs, endNs: window.endNs)
        laneGaps = PartitionGaps(partitionCount: lanes.count, beginNs: outcome.windowBeginNs, endNs: window.endNs)
    }

    /// Sends nothing more; what is under way is still awaited.
    func closeWindow() {
        guard !isClosed else { return }
        isClosed = true
        room.limit?.cancel()
        if window.recordCountMax == nil { endWindow(atNs: EventLoop.nowNs()) }
        closed.fire()
    }

    private func endWindow(atNs: UInt64) {
        guard let probe else { return }
        outcome.reading = probe.read()
        // By records the window ends with the last acknowledgement, which the drain has awaited.
        outcome.windowEndNs = window.recordCountMax == nil ? atNs : max(outcome.book.lastAckNs, outcome.windowBeginNs)
        outcome.gaps.end(atNs: outcome.windowEndNs)
    }
}
