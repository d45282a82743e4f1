import KafkaClient
import KafkaProtocol
import Networking
import Results
import Scenario
import System

/// The measured side of a repeat of consumer starts: one after the other, each with its own client.
///
/// What stands around a start (commits, the logs' ends, the record that a start at the end waits
/// for) is the engine's to do.
struct StartMeasurement {
    private let order: MeasurementOrder
    private let spec: StartSpec
    private let control: MeasurementControl
    private let loop: EventLoop
    private let metrics = ClientMetrics()
    private let clientConfiguration: ClientConfiguration
    private let configuration: ConsumerConfiguration

    init(order: MeasurementOrder, spec: StartSpec, control: MeasurementControl, loop: EventLoop) throws {
        self.order = order
        self.spec = spec
        self.control = control
        self.loop = loop
        clientConfiguration = try order.client(spec.clientProperties)
        configuration = try ConsumerConfiguration(properties: spec.properties)
    }

    func run() async throws -> StartsOutcome {
        let count = try order.startCount()
        try await warmUp(count)
        let beginNs = EventLoop.nowNs()
        let probe = WindowProbe(metrics: metrics, brokerPid: order.brokerPid)
        var reports: [StartReport] = []
        for number in 1...count where !control.interruption.isRequested {
            let bornNs = EventLoop.nowNs()
            do {
                var report = try await measured(number)
                report.outsideNs = EventLoop.nowNs().since(bornNs).since(report.wholeNs)
                reports.append(report)
            } catch  where control.interruption.isRequested {
                // Starts that were measured before the stop are kept.
                break
            }
            control.onProgress(number)
        }
        let endNs = EventLoop.nowNs()
        return StartsOutcome(beginNs: beginNs, endNs: endNs, reading: probe.read(), starts: reports)
    }

    /// Makes starts that are discarded, because the first ones are slower. A cell's first repeat
    /// discards as many as it measures, or as many as the time for warming up allows; the others
    /// discard one.
    private func warmUp(_ count: Int) async throws {
        let endNs = EventLoop.nowNs() + MeasureSpec.firstWarmupNs
        for _ in 0..<(order.round == 1 ? count : 1) where !control.interruption.isRequested {
            _ = try await measured(0)
            guard EventLoop.nowNs() < endNs else { return }
        }
    }

    private func measured(_ number: Int) async throws -> StartReport {
        try await control.loss.unlessLost(on: loop) { try await start(number) }
    }

    private func start(_ number: Int) async throws -> StartReport {
        let ground = try await control.prepareStart(number)
        guard ground.ends.count == order.topic.partitionCount else {
            throw EngineError(
                "a start was prepared on \(ground.ends.count) partitions of \(order.topic.partitionCount)")
        }
        metrics.tracedKinds = StartMilestones.spanKinds
        metrics.removeSpans()
        let watch = StartWatch(
            ends: ground.ends, doubtful: Set(ground.doubtful), untilCaughtUp: spec.until == .caughtUp,
            isDense: order.topic.isOwn, eachGetsOne: ground.needsRecord)
        let bornNs = EventLoop.nowNs()
        return try await Client.use(
            clientConfiguration, metrics, on: loop, loss: control.loss,
            telling: { [loop] error in loop.execute { watch.fail(error) } }
        ) { client in
            let consumer = consumer(client, ground.group, watch)
            watch.lastError = { [weak consumer] in consumer?.assumeIsolated { $0.lastError } }
            do {
                try await seek(consumer, on: client)
                let ends = try await follow(consumer, watch, ground)
                try await control.startEnded(number)
                let milestones = StartMilestones(
                    spans: metrics.spans, bornNs: bornNs, ends: ends, until: spec.until, needsList: ground.needsList)
                let report = StartReport(
                    ends, bornNs: bornNs, milestones: milestones.reachedAtNs,
                    beginnings: ground.ends.indices.map { watch.beginning(of: $0) })
                await consumer.stop()
                return report
            } catch {
                await consumer.stop()
                throw error
            }
        }
    }

    private func consumer(_ client: Client, _ group: String?, _ watch: StartWatch) -> Consumer {
        var configuration = configuration
        configuration.groupId = group
        configuration.resetsOnStart = spec.resetsOnStart
        return Consumer(
            client: client, configuration: configuration, assignment: .partitions(assignment),
            onBatch: { watch.enter($0) }, onError: { watch.fail($0) },
            onReset: { watch.reset(Int($0.partition), to: $1) },
            onPosition: { watch.read(Int($0.partition), upTo: $1) })
    }

    /// Takes a consumer to where the scenario says, before it starts; what must be looked up or
    /// read for that is a part of the start.
    private func seek(_ consumer: Consumer, on client: Client) async throws {
        guard let position = spec.position else { return }
        let positions = StartPositions(
            client: client, isolation: configuration.isolationLevel, loop: loop, loss: control.loss)
        let offsets = try await positions.find(position, of: assignment)
        for (partition, offset) in offsets { try await consumer.seek(partition, to: offset) }
    }

    private var assignment: [TopicPartition] {
        (0..<order.topic.partitionCount).map { TopicPartition(topic: order.topic.name, partition: Int32($0)) }
    }

    /// Follows a start to its timed end and then, no longer timed, until it is known where every
    /// partition began.
    ///
    /// Its first record, or its end, is awaited as long as any call of that client
    /// (`default.api.timeout.ms`).
    private func follow(_ consumer: Consumer, _ watch: StartWatch, _ ground: StartGround) async throws -> StartEnds {
        let timeoutMs = clientConfiguration.apiTimeoutMs
        var ends = StartEnds()
        do {
            let begun = try await consumer.start()
            ends.readyNs = begun.readyNs
            watch.begun(assignment.map { begun.offsets[$0] })
            if ground.needsRecord {
                // At the end of the log nothing arrives by itself. A consumer that begins elsewhere
                // must reach the end first.
                try await watch.waitForPositions(on: loop, timeoutMs: timeoutMs)
                ends.wait = SendingWait(askedNs: EventLoop.nowNs(), sent: try await control.sendRecords())
            }
            // A start that should have been refused and was not has no end to wait for.
            if spec.until != .ready, !ground.mustBeRefused {
                let firstNs = try await watch.waitForEnd(on: loop, timeoutMs: timeoutMs)
                ends.enter(firstRecordNs: firstNs, caughtUpNs: spec.until == .caughtUp ? watch.caughtUpNs : nil)
                try await watch.waitForAllPartitions(on: loop, timeoutMs: timeoutMs)
            }
            try await watch.waitForPositions(on: loop, timeoutMs: timeoutMs)
        } catch {
            guard configuration.offsetReset == .none, let refusal = StartRefusal(error, atNs: watch.failedNs) else {
                throw error
            }
            ends.refusal = refusal
        }
        return ends
    }
}

extension StartReport {
    /// The report of a start that reached these ends.
    init(_ ends: StartEnds, bornNs: UInt64, milestones: [UInt64?], beginnings: [Int64?]) {
        func since(_ ns: UInt64?) -> UInt64? { ns.map { $0.since(bornNs) } }
        self.milestones = milestones
        readyNs = since(ends.readyNs)
        firstRecordNs = since(ends.firstRecordNs)
        caughtUpNs = since(ends.caughtUpNs)
        refusedNs = since(ends.refusal?.atNs)
        refusal = ends.refusal?.error
        isRefusedAsAWhole = ends.refusal?.isOfTheWhole == true
        self.beginnings = beginnings
        record = ends.wait.map { wait in
            RecordWait(gapNs: wait.gapNs, appendedNs: wait.withoutGap(wait.sent.appendedNs).since(bornNs))
        }
    }
}
