import KafkaClient
import KafkaProtocol
import Networking
import Results
import Scenario

/// Everything that a repeat of consumer starts needs to know, resolved.
struct StartLoadPlan: Sendable {
    let topic: String
    /// Whether this run made the topic, so that it knows what is in it.
    let ownsTopic: Bool
    /// Whether a record may be written for a start that would wait for one for ever.
    let allowsWrites: Bool
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
        let before = try await logs()
        let committed = try await commit(group, before.map(\.range))
        let expected = zip(committed, before).map { rule.expectedOffset(committed: $0, log: $1) }
        let needsRecord = try needsRecord(expected, before)
        metrics.tracedPhases = StartMilestones.phases
        metrics.removeSpans()
        let watch = StartWatch(
            ends: before.map(\.end), doubtful: Set(expected.indices.filter { expected[$0].reason == .outOfRange }),
            untilCaughtUp: plan.spec.until == .caughtUp, isDense: plan.ownsTopic, eachGetsOne: needsRecord)
        let bornNs = EventLoop.nowNs()
        let client = Client(configuration: plan.clientConfiguration, loop: loop, metrics: metrics)
        let consumer = consumer(client, group, watch)
        watch.lastError = { [weak consumer] in consumer?.assumeIsolated { $0.lastError } }
        let lossWatch = client.closing(on: loss) { [loop] error in loop.execute { watch.fail(error) } }
        defer { loss.unwatch(lossWatch) }
        do {
            let ends = try await follow(
                consumer, watch, needsRecord: needsRecord, mustBeRefused: expected.contains { $0.offset == nil })
            let after = try await logs(after: before, sent: ends.sentOffsets)
            var observation = StartObservation(ends, bornNs: bornNs)
            observation.milestones =
                StartMilestones(
                    spans: metrics.spans, bornNs: bornNs, ends: ends, until: plan.spec.until,
                    needsList: expected.contains { $0.reason != .committed && $0.reason != .outOfRange }
                ).reachedAtNs
            observation.partitions = judge(committed, before, after, watch, ends)
            await consumer.stop()
            await client.close()
            return observation
        } catch {
            await consumer.stop()
            await client.close()
            throw error
        }
    }

    private func consumer(_ client: Client, _ group: String?, _ watch: StartWatch) -> Consumer {
        var configuration = plan.consumerConfiguration
        configuration.groupId = group
        configuration.resetsOnStart = plan.spec.resetsOnStart
        return Consumer(
            client: client, configuration: configuration, assignment: .partitions(assignment),
            onBatch: { watch.enter($0) }, onError: { watch.fail($0) },
            onReset: { watch.reset(Int($0.partition), to: $1) },
            onPosition: { watch.read(Int($0.partition), upTo: $1) })
    }

    /// Follows a start to its timed end and then, no longer timed, until it is known where every partition began.
    private func follow(
        _ consumer: Consumer, _ watch: StartWatch, needsRecord: Bool, mustBeRefused: Bool
    ) async throws -> StartEnds {
        let timeoutMs = plan.startTimeoutMs
        var ends = StartEnds()
        do {
            let begun = try await consumer.start()
            ends.readyNs = begun.readyNs
            watch.begun(assignment.map { begun.offsets[$0] })
            if needsRecord {
                // At the end of the log nothing arrives by itself; who begins elsewhere must have come there first.
                try await watch.waitForPositions(on: loop, timeoutMs: timeoutMs)
                ends.sentOffsets = try await warm.sendOneToEach(plan.topic, partitionCount: plan.partitionCount)
            }
            // What should have been refused and was not has no end to wait for.
            if plan.spec.until != .ready, !mustBeRefused {
                ends.firstRecordNs = try await watch.waitForEnd(on: loop, timeoutMs: timeoutMs)
                ends.caughtUpNs = plan.spec.until == .caughtUp ? watch.caughtUpNs : nil
                try await watch.waitForAllPartitions(on: loop, timeoutMs: timeoutMs)
            }
            try await watch.waitForPositions(on: loop, timeoutMs: timeoutMs)
        } catch {
            guard rule.policy == .none, let refusal = StartRefusal(error, atNs: watch.failedNs) else { throw error }
            ends.refusal = refusal
        }
        return ends
    }

    /// Whether every partition begins at its end, where nothing arrives by itself; throws where nothing may be sent, or could not arrive either.
    private func needsRecord(
        _ expected: [(offset: Int64?, reason: StartRule.Reason)], _ before: [StartLog]
    ) throws(EngineError) -> Bool {
        guard plan.spec.until != .ready, zip(expected, before).allSatisfy({ $0.offset == $1.end }) else { return false }
        let isReset = rule.policy == .latest && expected.contains { $0.reason == .outOfRange }
        let openTransaction = before.firstIndex { $0.end < $0.highWatermark }
        // All that can be read has been, and who was reset to the end is to show that it came there.
        if plan.spec.until == .caughtUp, openTransaction != nil || !plan.allowsWrites && !isReset { return false }
        guard plan.allowsWrites else {
            let reason = (expected.first { $0.reason == .outOfRange } ?? expected[0]).reason
            throw EngineError(
                "nothing is left to read on any partition of \(plan.topic) (\(reason.rawValue)), and nothing is written to a topic "
                    + "that the run did not make: say writes: yes beside existing, or until: ready")
        }
        if let partition = openTransaction {
            throw EngineError(
                "\(plan.topic)-\(partition): nothing is left to read, and what is written arrives only when the transaction "
                    + "that is open at offset \(before[partition].end) has ended (isolation.level: read_committed)")
        }
        return true
    }

    /// Where each partition's log begins and ends now, as far as this consumer may read.
    private func logs() async throws -> [StartLog] {
        let ranges = try await warm.offsets(of: plan.topic)
        guard ranges.count == plan.partitionCount else {
            throw EngineError(
                "topic \(plan.topic) has \(ranges.count) partitions, where it had \(plan.partitionCount) before",
                code: .topicGone)
        }
        guard plan.consumerConfiguration.isolationLevel == .readCommitted else {
            return ranges.map { StartLog(start: $0.start, end: $0.end, highWatermark: $0.end) }
        }
        let stable = try await warm.offsets(of: plan.topic, isolation: .readCommitted)
        return zip(ranges, stable).map {
            StartLog(start: $0.start, end: $1.end, highWatermark: max($0.end, $1.end))
        }
    }

    /// The logs after a start. Nobody else writes to what this run made; elsewhere the record that was sent came after the position was found.
    private func logs(after before: [StartLog], sent: [Int64]?) async throws -> [StartLog] {
        if plan.ownsTopic { return before }
        let after = try await logs()
        guard let sent else { return after }
        return zip(after, sent).map {
            StartLog(start: $0.start, end: min($0.end, $1), highWatermark: min($0.highWatermark, $1))
        }
    }

    /// Holds where each partition began against the rule.
    private func judge(
        _ committed: [Int64?], _ before: [StartLog], _ after: [StartLog], _ watch: StartWatch, _ ends: StartEnds
    ) -> [StartObservation.Partition] {
        let judged = committed.indices.map { index in
            let observed = watch.beginning(of: index)
            return StartObservation.Partition(
                judgement: rule.judge(
                    committed: committed[index], before: before[index], after: after[index], observed: observed),
                observed: observed, committed: committed[index])
        }
        // A start that one partition has no offset for begins on none.
        guard ends.refusal?.isOfTheWhole == true, judged.contains(where: { $0.judgement.demanded == nil }) else {
            return judged
        }
        return judged.map(\.refused)
    }

    /// A new group for each start; where each has a commit, one for all, so that not more than needed are left on the cluster.
    private func group(_ number: Int) -> String? {
        switch (plan.spec.group, plan.spec.committed) {
        case (.groupless, _): nil
        case (.existing(let name, _), _): name
        case (.new, .nothing): "\(plan.groupPrefix)-\(number)"
        case (.new, .behind), (.new, .at): plan.groupPrefix
        }
    }

    private var assignment: [TopicPartition] {
        (0..<plan.partitionCount).map { TopicPartition(topic: plan.topic, partition: Int32($0)) }
    }

    /// Puts the group's commit where the scenario says, and returns it for each partition; that of somebody's group is read.
    private func commit(_ group: String?, _ before: [LogRange]) async throws -> [Int64?] {
        guard let group else { return before.map { _ in nil } }
        let offsets: [Int64]
        switch plan.spec.committed {
        case .nothing:
            guard case .existing = plan.spec.group else { return before.map { _ in nil } }
            let found = try await warm.admin.committed(group: group, partitions: assignment)
            return assignment.map { found[$0] }
        case .behind(let records): offsets = before.map { max(0, $0.end - Int64(records)) }
        case .at(let offset): offsets = before.map { _ in offset }
        }
        try await warm.commit(group: group, topic: plan.topic, offsets: offsets)
        return offsets
    }

    private var rule: StartRule {
        let reason: StartRule.Reason =
            switch plan.spec.group {
            case .groupless: .noGroup
            case .new: .newGroup
            case .existing: .noCommit
            }
        return StartRule(policy: policy, resetsOnStart: plan.spec.resetsOnStart, withoutCommit: reason)
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
