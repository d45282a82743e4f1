import Bytes
import KafkaClient
import Measurement
import Networking
import Results
import Scenario

/// One cell's topic, and what every repeat of it shares.
struct CellSession: Sendable {
    private(set) var cell: Cell
    let experiment: Experiment.Kind
    let topic: String
    let ownsTopic: Bool
    /// What the names of its groups begin with.
    let groupBase: RunName
    let partitionCount: Int
    let target: TargetSession
    let seed: UInt64
    /// The topic's log as the preload left it.
    let preloaded: [LogRange]

    /// Makes the topic and fills it.
    static func open(
        _ cell: Cell, experiment: Experiment, index: Int, runId: RunId, target: TargetSession, seed: UInt64,
        interruption: Interruption
    ) async throws -> CellSession {
        let spec = cell.topic
        if case .existing(let group, true) = cell.start?.group {
            throw EngineError("group '\(group)' cannot be put back yet, so it is not committed to")
        }
        let warm = target.warm
        let name = RunName(prefix: spec.namePrefix, run: runId, experiment: experiment.name, cell: index)
        let groupBase = RunName(
            prefix: cell.start?.group.prefix ?? spec.namePrefix, run: runId, experiment: experiment.name, cell: index)
        if let existing = spec.existing {
            let partitions = try await warm.client.partitions(of: existing)
            return CellSession(
                cell: cell, experiment: experiment.kind, topic: existing, ownsTopic: false,
                groupBase: groupBase, partitionCount: partitions.count, target: target, seed: seed,
                preloaded: try await warm.offsets(of: existing))
        }
        let topic = name.base
        if let preload = spec.preload { try Preload.check(preload, topic: topic, byteLimit: target.byteLimit()) }
        try await target.makeTopic(topic, spec)
        do {
            if let preload = spec.preload, preload.recordCount > 0 {
                try await Preload(preload, topic: topic, seed: seed, target: target)
                    .run(warm: warm, interruption: interruption)
            }
            if spec.trimRecordCount > 0 { try await Self.trim(topic, by: spec.trimRecordCount, warm: warm) }
            return CellSession(
                cell: cell, experiment: experiment.kind, topic: topic, ownsTopic: true, groupBase: groupBase,
                partitionCount: spec.partitions, target: target, seed: seed,
                preloaded: try await warm.offsets(of: topic))
        } catch {
            // What went wrong first is what counts; a topic that stays behind on top of it is not told of twice.
            if target.loss.error == nil { try? await target.deleteTopic(topic) }
            throw error
        }
    }

    /// Moves the start of each partition's log.
    private static func trim(_ topic: String, by count: Int, warm: WarmClient) async throws {
        let ranges = try await warm.offsets(of: topic)
        let cut = ranges.map { LogRange(start: $0.start, end: min($0.end, $0.start + Int64(count))) }
        try await warm.deleteRecords(of: topic, upTo: cut)
    }

    /// Whether anything may be written to the topic.
    var allowsWrites: Bool { ownsTopic || cell.topic.allowsWrites }

    /// Deletes the topic, if this run made it.
    func close() async throws {
        guard ownsTopic else { return }
        try await target.deleteTopic(topic)
    }

    /// How many times as long as any other the first repeat on a broker warms up: what a broker has not done yet is slow at
    /// first, most of all in a JVM.
    static let coldWarmupFactor: UInt64 = 5

    private func warmingUpLonger() -> CellSession {
        var session = self
        let (ns, isTooLong) = cell.measure.warmupNs.multipliedReportingOverflow(by: Self.coldWarmupFactor)
        if !isTooLong { session.cell.measure.warmupNs = ns }
        return session
    }

    /// One measurement.
    func measure(
        round: Int, interruption: Interruption, onProgress: @escaping @Sendable (Int) -> Void
    ) async throws -> Repeat {
        let session = target.takesColdRepeat() ? warmingUpLonger() : self
        if experiment == .produce || experiment == .both { try target.checkRoom() }
        // What earlier repeats left in the pool would count as this one's memory. Whatever measures comes to the loop after this.
        target.loop.execute { [loop = target.loop] in
            loop.pool.removeAll()
            PeakMemory.trim()
        }
        return switch experiment {
        case .produce:
            try await ProduceRepeat(session: session).run(
                round: round, interruption: interruption, onProgress: onProgress)
        case .consume:
            try await ConsumeRepeat(session: session).run(
                round: round, interruption: interruption, onProgress: onProgress)
        case .both:
            try await EndToEndRepeat(session: session).run(
                round: round, interruption: interruption, onProgress: onProgress)
        case .start:
            try await StartRepeat(session: session).run(
                round: round, interruption: interruption, onProgress: onProgress)
        }
    }
}

extension StartSpec.Group {
    /// What the names of the run's own groups begin with, where the scenario says it for groups alone.
    fileprivate var prefix: String? {
        guard case .new(let prefix) = self else { return nil }
        return prefix
    }
}
