import Bytes
import KafkaClient
import Networking
import Results
import Scenario

/// One cell's topic, and what every repeat of it shares.
struct CellSession: Sendable {
    private(set) var cell: Cell
    let topic: String
    let ownsTopic: Bool
    /// What the names of its groups begin with.
    let groupBase: RunName
    /// Somebody's group that its starts may commit to.
    let groupGuard: GroupGuard?
    let partitionCount: Int
    let target: TargetSession
    /// Watches for what ends the cell early.
    let watch: CellWatch
    let seed: UInt64
    /// The topic's log as the preload left it.
    let preloaded: [LogRange]
    /// The codec that the topic's batches are stored with.
    let topicCodec: TopicCodec

    /// Makes the topic, calls `onMade`, and fills it.
    static func open(
        _ cell: Cell, experiment: Experiment, index: Int, runId: RunId, target: TargetSession, seed: UInt64,
        interruption: Interruption, onMade: @Sendable (CellWatch) async -> Void
    ) async throws -> CellSession {
        let spec = cell.topic
        let controlClient = target.controlClient
        let name = RunName(prefix: spec.namePrefix, run: runId, experiment: experiment.name, cell: index)
        let groupBase = RunName(
            prefix: cell.workload.start?.group.prefix ?? spec.namePrefix, run: runId, experiment: experiment.name,
            cell: index)
        if let existing = spec.existing {
            let partitions = try await controlClient.client.partitions(of: existing)
            let watch = CellWatch(topic: existing, target: target, interruption: interruption)
            if let gone = await watch.check() { throw gone }
            return CellSession(
                cell: cell, topic: existing, ownsTopic: false,
                groupBase: groupBase, groupGuard: try await guardGroup(of: cell, partitions, target, runId),
                partitionCount: partitions.count, target: target, watch: watch, seed: seed,
                preloaded: try await controlClient.offsets(of: existing),
                topicCodec: try await TopicCodec.of(existing, spec, watch))
        }
        let topic = name.base
        if let preload = spec.preload { try Preload.check(preload, topic: topic, target: target) }
        let watch = CellWatch(topic: topic, target: target, interruption: interruption)
        try await make(topic, spec, watch, onMade: onMade)
        return CellSession(
            cell: cell, topic: topic, ownsTopic: true, groupBase: groupBase,
            groupGuard: nil,
            partitionCount: spec.partitions, target: target, watch: watch, seed: seed,
            preloaded: try await fill(topic, spec, seed: seed, watch, interruption),
            topicCodec: try await TopicCodec.of(topic, spec, watch))
    }

    private static func make(
        _ topic: String, _ spec: TopicSpec, _ watch: CellWatch, onMade: @Sendable (CellWatch) async -> Void
    ) async throws {
        let target = watch.target
        if !target.isEmbedded { target.belongings.add(.topic, topic, on: target.name) }
        do {
            try await watch.loss.unlessLost(on: target.loop) { try await target.makeTopic(topic, spec) }
        } catch {
            // Unless the cluster has refused, it is unknown whether the topic exists.
            if (error as? ClientError)?.isRefusal == true {
                target.belongings.remove(.topic, topic, on: target.name)
            } else {
                await onMade(watch)
            }
            throw error
        }
        await onMade(watch)
    }

    /// Fills a topic that was just made, and returns what its logs then hold.
    private static func fill(
        _ topic: String, _ spec: TopicSpec, seed: UInt64, _ watch: CellWatch, _ interruption: Interruption
    ) async throws -> [LogRange] {
        let (target, controlClient) = (watch.target, watch.target.controlClient)
        await watch.begin()
        do {
            let preloaded = try await watch.loss.unlessLost(on: target.loop) {
                if let preload = spec.preload, preload.recordCount > 0 {
                    try await Preload(preload, topic: topic, seed: seed, target: target, loss: watch.loss)
                        .run(controlClient: controlClient, interruption: interruption)
                }
                if spec.trimRecordCount > 0 {
                    try await Self.trim(topic, by: spec.trimRecordCount, controlClient: controlClient)
                }
                return try await controlClient.offsets(of: topic)
            }
            await watch.rest()
            return preloaded
        } catch {
            await watch.rest()
            throw error
        }
    }

    /// Where each partition begins and ends, once nothing is under way. Ends which show that the
    /// topic was made anew end the cell.
    func settledOffsets() async throws -> [LogRange] {
        try await known { try await target.controlClient.settledOffsets(of: topic) }
    }

    /// The same, up to where a consumer may read.
    func settledOffsets(isolation: ConsumerConfiguration.IsolationLevel) async throws -> [LogRange] {
        try await watch.loss.unlessLost(on: target.loop) {
            try await target.controlClient.settledOffsets(of: topic, isolation: isolation)
        }
    }

    /// Where each partition begins and ends now.
    func offsets() async throws -> [LogRange] { try await known { try await target.controlClient.offsets(of: topic) } }

    private func known(_ ask: @escaping @Sendable () async throws -> [LogRange]) async throws -> [LogRange] {
        let ranges = try await watch.loss.unlessLost(on: target.loop, ask)
        try await watch.note(ends: ranges.map(\.end))
        return ranges
    }

    /// Moves the start of each partition's log.
    private static func trim(_ topic: String, by count: Int, controlClient: ControlClient) async throws {
        let ranges = try await controlClient.offsets(of: topic)
        let cut = ranges.map { LogRange(start: $0.start, end: min($0.end, $0.start + Int64(count))) }
        try await controlClient.deleteRecords(of: topic, upTo: cut)
    }

    /// Whether anything may be written to the topic.
    var allowsWrites: Bool { ownsTopic || cell.topic.allowsWrites }

    /// One measurement.
    func measure(_ run: RepeatRun) async throws -> Repeat {
        if cell.workload.produce != nil { try target.checkRoom() }
        var session = self
        if run.round == 1 { session.cell.measure = cell.measure.ofFirstRepeat }
        return switch cell.workload {
        case .produce(let produce):
            try await ProduceRepeat(session: session, spec: produce).run(run)
        case .consume(let consume):
            try await ConsumeRepeat(session: session, spec: consume).run(run)
        case .endToEnd(let produce, let consume):
            try await EndToEndRepeat(session: session, produce: produce, consume: consume).run(run)
        case .start(let start):
            try await session.measure(start, run)
        }
    }
}

extension StartSpec.Group {
    /// What the names of the run's own groups begin with, where the scenario says it for groups
    /// alone.
    fileprivate var prefix: String? {
        guard case .new(let prefix) = self else { return nil }
        return prefix
    }
}
