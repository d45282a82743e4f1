import KafkaClient
import KafkaProtocol
import Networking
import Scenario

/// Everything that a repeat of consumer starts needs to know, resolved.
struct StartLoadPlan: Sendable {
    let topic: String
    /// Whether this run made the topic, so that it knows what is in it.
    let ownsTopic: Bool
    let partitionCount: Int
    let spec: StartSpec
    let startCount: Int
    let clientConfiguration: ClientConfiguration
    let consumerConfiguration: ConsumerConfiguration
    /// What the groups of this repeat are named after.
    let groupPrefix: String
    let onProgress: @Sendable (Int) -> Void

    /// How long a start's first record, or its end, is awaited: as long as any call of that client (`default.api.timeout.ms`).
    var startTimeoutMs: Int { clientConfiguration.apiTimeoutMs }
}

/// What one start did.
struct StartObservation: Sendable {
    var milestones: [UInt64?] = []
    var readyNs: UInt64 = 0
    var firstRecordNs: UInt64?
    var caughtUpNs: UInt64?
    /// For each partition: the rule, what it demands and what was seen.
    var partitions: [Partition] = []

    struct Partition: Sendable {
        let rule: StartRule.Reason
        let demanded: Int64?
        var observed: Int64?
        let committed: Int64?
    }
}

/// Starts one consumer after the other, each with its own client, and holds where it began against the rule.
///
/// The books around a start (commits, offsets, the record that a start at the end waits for) go over a second, warm client whose costs are not the start's.
struct StartLoad {
    let plan: StartLoadPlan
    let loop: EventLoop
    let warm: WarmClient
    let loss: TargetLoss
    let metrics: ClientMetrics

    /// Makes one start, in the midst of its repeat.
    func start(number: Int) async throws -> StartObservation {
        let group = group(number)
        let before = try await warm.offsets(of: plan.topic)
        let committed = try await commit(group, before)
        let demands = self.demands(committed, before)
        metrics.tracedPhases = StartMilestones.phases
        metrics.removeSpans()
        let watch = StartWatch(
            demanded: demands.map(\.demanded), ends: before.map(\.end), untilCaughtUp: plan.spec.until == .caughtUp,
            isDense: plan.ownsTopic)
        let bornNs = EventLoop.nowNs()
        let client = Client(configuration: plan.clientConfiguration, loop: loop, metrics: metrics)
        var configuration = plan.consumerConfiguration
        configuration.groupId = group
        configuration.resetsOnStart = plan.spec.resetsOnStart
        let consumer = Consumer(
            client: client, configuration: configuration, assignment: .partitions(assignment),
            onBatch: { watch.enter($0) }, onError: { watch.fail($0) },
            onReset: { watch.reset(Int($0.partition), to: $1) })
        let lossWatch = client.closing(on: loss) { [loop] error in loop.execute { watch.fail(error) } }
        defer { loss.unwatch(lossWatch) }
        do {
            let begun = try await consumer.start()
            if demands.indices.allSatisfy({ demands[$0].demanded == before[$0].end }) {
                // At the end of the log nothing arrives by itself; who begins elsewhere must have come there first.
                let resets = demands.indices.filter { demands[$0].rule == .outOfRange }
                try await watch.waitForResets(of: resets, on: loop, timeoutMs: plan.startTimeoutMs)
                watch.eachGetsOne = true
                try await warm.sendOneToEach(plan.topic, partitionCount: plan.partitionCount)
            }
            let firstRecordNs = try await watch.waitForEnd(on: loop, timeoutMs: plan.startTimeoutMs)
            let caughtUpNs = watch.caughtUpNs
            try await watch.waitForAllPartitions(on: loop, timeoutMs: plan.startTimeoutMs)
            var observation = StartObservation(readyNs: begun.readyNs - bornNs)
            observation.firstRecordNs = firstRecordNs.map { $0 - bornNs }
            observation.caughtUpNs = caughtUpNs.map { $0 - bornNs }
            observation.milestones =
                StartMilestones(
                    spans: metrics.spans, bornNs: bornNs, readyNs: begun.readyNs, firstRecordNs: firstRecordNs,
                    caughtUpNs: plan.spec.until == .caughtUp ? caughtUpNs : nil
                ).reachedAtNs
            observation.partitions = demands.enumerated().map { index, demand in
                var partition = demand
                let position = begun.offsets[TopicPartition(topic: plan.topic, partition: Int32(index))]
                partition.observed = watch.beginning(of: index, position: position)
                return partition
            }
            await consumer.stop()
            await client.close()
            return observation
        } catch {
            await consumer.stop()
            await client.close()
            throw error
        }
    }

    /// A new group for each start; where each has a commit, one for all, so that not more than needed are left on the cluster.
    private func group(_ number: Int) -> String? {
        switch (plan.spec.group, plan.spec.committed) {
        case (.groupless, _): nil
        case (_, .nothing): "\(plan.groupPrefix)-\(number)"
        case (_, .behind), (_, .at): plan.groupPrefix
        }
    }

    private var assignment: [TopicPartition] {
        (0..<plan.partitionCount).map { TopicPartition(topic: plan.topic, partition: Int32($0)) }
    }

    /// Puts the group's commit where the scenario says, and returns it for each partition.
    private func commit(_ group: String?, _ before: [LogRange]) async throws -> [Int64?] {
        guard let group else { return before.map { _ in nil } }
        let offsets: [Int64]
        switch plan.spec.committed {
        case .nothing: return before.map { _ in nil }
        case .behind(let records): offsets = before.map { max(0, $0.end - Int64(records)) }
        case .at(let offset): offsets = before.map { _ in offset }
        }
        try await warm.commit(group: group, topic: plan.topic, offsets: offsets)
        return offsets
    }

    private func demands(_ committed: [Int64?], _ before: [LogRange]) -> [StartObservation.Partition] {
        let rule = StartRule(policy: policy, resetsOnStart: plan.spec.resetsOnStart)
        return before.enumerated().map { index, range in
            let demanded = rule.expectedOffset(
                committed: committed[index], logStartOffset: range.start, logEndOffset: range.end)
            return StartObservation.Partition(
                rule: demanded.reason, demanded: demanded.offset, observed: nil, committed: committed[index])
        }
    }

    private var policy: StartRule.Policy {
        switch plan.consumerConfiguration.offsetReset {
        case .earliest, .byDuration: .earliest
        case .latest: .latest
        case .none: .none
        }
    }
}

/// Where a partition's log begins and ends.
struct LogRange: Equatable, Sendable {
    /// The first offset there is.
    let start: Int64
    /// The offset that the next record gets.
    let end: Int64
}
