import KafkaClient
import KafkaProtocol
import Networking
import Results
import Scenario
import System

/// What is known of the topic and the groups whose starts are measured.
struct StartSetup: Sendable {
    let topic: String
    /// Whether this run made the topic, so that it knows what is in it.
    let ownsTopic: Bool
    /// Whether a record may be written for a start that would wait for one for ever.
    let allowsWrites: Bool
    let partitionCount: Int
    let spec: StartSpec
    let configuration: ConsumerConfiguration
    /// What the groups of this repeat are named after.
    let groupPrefix: String
    /// What ends the waits of the look-ups.
    let loss: TargetLoss
}

/// The engine's part in the starts of a repeat: it sets commits, looks at the logs before and
/// after, sends the record that a start at the end waits for, and judges where each start began. It
/// uses the control client, whose costs are not the start's.
actor StartSupport {
    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }

    private let setup: StartSetup
    private let controlClient: ControlClient
    private let rule: StartRule
    /// The start under way.
    private var current: Ground?
    /// Those that are measured, in their order.
    private var grounds: [Ground] = []

    /// What a start is held against.
    private struct Ground {
        let group: String?
        let committed: [Int64?]
        /// Where the commits stood that have expired; nil where none did.
        var expired: [Int64]?
        let before: [StartLog]
        var sentOffsets: [Int64]?
        var after: [StartLog] = []
        var committedAfter: [Int64?] = []
    }

    init(setup: StartSetup, controlClient: ControlClient, loop: EventLoop) {
        self.setup = setup
        self.controlClient = controlClient
        self.loop = loop
        rule = StartRule(setup.spec, setup.configuration)
    }

    /// Does what the generator requests for a start.
    func answer(_ request: EngineRequest) async throws -> EngineAnswer {
        switch request {
        case .prepareStart(let number): return .start(try await prepare(number))
        case .sendRecords: return .sent(try await sendRecords())
        case .startEnded(let number):
            guard var ended = current else { throw EngineError("a start ended that was not prepared") }
            ended.after = try await logs(after: ended)
            ended.committedAfter = try await committed(after: ended)
            if number > 0 { grounds.append(ended) }
            current = nil
            return .done
        case .logEnds: throw EngineError("\(request) is of no use to a start")
        }
    }

    /// Holds the starts against the rule, each with how its partitions are judged.
    func judge(_ reports: [StartReport]) throws(EngineError) -> [[JudgedPartition]] {
        // The start that was under way when the run was stopped has no report.
        guard reports.count <= grounds.count, reports.allSatisfy({ $0.beginnings.count == setup.partitionCount }) else {
            throw EngineError("the load generator reported starts that were not prepared")
        }
        return zip(reports, grounds).map { judge($0, $1) }
    }

    // MARK: Around a start

    private func prepare(_ number: Int) async throws -> StartGround {
        let group = group(number)
        let before = try await logs()
        let placed = try await commit(group, before.map(\.range))
        let isExpired = setup.spec.committed == .expired
        let committed = isExpired ? placed.map { _ in nil } : placed
        try await checkCondition(group, committed, before)
        let expected = zip(committed, before).map { rule.expectedOffset(committed: $0, log: $1) }
        let needsRecord = try needsRecord(expected, before)
        current = Ground(
            group: group, committed: committed, expired: isExpired ? placed.compactMap(\.self) : nil, before: before)
        return StartGround(
            group: group, ends: before.map(\.end),
            doubtful: expected.indices.filter { expected[$0].reason.isOutOfRange }, needsRecord: needsRecord,
            mustBeRefused: expected.contains { $0.offset == nil },
            needsList: expected.contains {
                $0.reason == .sought
                    ? setup.spec.position?.isLookedUp == true : $0.reason != .committed && !$0.reason.isOutOfRange
            })
    }

    private func sendRecords() async throws -> SentRecords {
        guard current != nil, setup.allowsWrites else {
            throw EngineError("a record was requested for a start that needs none")
        }
        let handedOverNs = EventLoop.nowNs()
        current?.sentOffsets = try await controlClient.sendOneToEach(setup.topic, partitionCount: setup.partitionCount)
        return SentRecords(handedOverNs: handedOverNs, appendedNs: EventLoop.nowNs())
    }

    /// Whether every partition begins at its end, so that nothing arrives by itself. Throws where
    /// no record may be sent, or where it could not arrive.
    private func needsRecord(
        _ expected: [(offset: Int64?, reason: StartRule.Reason)], _ before: [StartLog]
    ) throws(EngineError) -> Bool {
        guard setup.spec.until != .ready, zip(expected, before).allSatisfy({ $0.offset == $1.end }) else {
            return false
        }
        let isReset =
            (rule.policy == .latest || rule.policy == .byDuration) && expected.contains { $0.reason.isOutOfRange }
        let openTransaction = before.firstIndex { $0.end < $0.highWatermark }
        // Such a start has caught up already. Only one that was reset to the end is sent a record,
        // which shows that it came there.
        if setup.spec.until == .caughtUp, openTransaction != nil || !setup.allowsWrites && !isReset { return false }
        guard setup.allowsWrites else {
            let reason = (expected.first { $0.reason.isOutOfRange } ?? expected[0]).reason
            throw EngineError(
                "nothing is left to read on any partition of \(setup.topic) (\(reason.rawValue)), and nothing is written to a topic "
                    + "that the run did not make: say writes: yes beside existing, or until: ready")
        }
        if let partition = openTransaction {
            throw EngineError(
                "\(setup.topic)-\(partition): nothing is left to read, and what is written arrives only when the transaction "
                    + "that is open at offset \(before[partition].end) has ended (isolation.level: read_committed)")
        }
        return true
    }

    /// Where each partition's log begins and ends now, as far as this consumer may read.
    private func logs() async throws -> [StartLog] {
        let ranges = try await controlClient.offsets(of: setup.topic)
        guard ranges.count == setup.partitionCount else {
            throw EngineError(
                "topic \(setup.topic) has \(ranges.count) partitions, where it had \(setup.partitionCount) before",
                code: .topicGone)
        }
        guard setup.configuration.isolationLevel == .readCommitted else {
            return try await aimed(ranges.map { StartLog(start: $0.start, end: $0.end, highWatermark: $0.end) })
        }
        let stable = try await controlClient.offsets(of: setup.topic, isolation: .readCommitted)
        return try await aimed(
            zip(ranges, stable).map {
                StartLog(start: $0.start, end: $1.end, highWatermark: max($0.end, $1.end))
            })
    }

    /// The logs with where a duration and `at` lead to now.
    private func aimed(_ logs: [StartLog]) async throws -> [StartLog] {
        var logs = logs
        let positions = StartPositions(
            client: controlClient.client, isolation: setup.configuration.isolationLevel, loop: loop,
            loss: setup.loss)
        if case .byDuration(let ms) = setup.configuration.offsetReset {
            let found = try await positions.offsets(of: partitions, notOlderThanMs: WallClock.nowMs() - ms)
            for index in logs.indices { logs[index].byDuration = found[partitions[index]] }
        }
        guard let position = setup.spec.position else { return logs }
        let found = try await positions.find(position, of: partitions)
        for index in logs.indices { logs[index].sought = found[partitions[index]] }
        return logs
    }

    private var partitions: [TopicPartition] {
        (0..<setup.partitionCount).map { TopicPartition(topic: setup.topic, partition: Int32($0)) }
    }

    /// The logs after a start. Nobody else writes to a topic that this run made. On other topics
    /// the record that was sent is cut off, because it came after the position was found.
    private func logs(after ground: Ground) async throws -> [StartLog] {
        if setup.ownsTopic { return try await aimed(ground.before) }
        let after = try await logs()
        guard let sent = ground.sentOffsets else { return after }
        return zip(after, sent).map {
            StartLog(start: $0.start, end: min($0.end, $1), highWatermark: min($0.highWatermark, $1))
        }
    }

    /// The group of a start: a new one for each or, where starts have commits, one for all, so that
    /// no more groups than needed are left on the cluster.
    private func group(_ number: Int) -> String? {
        switch (setup.spec.group, setup.spec.committed) {
        case (.groupless, _): nil
        case (.existing(let name, _), _): name
        case (.new, .nothing): "\(setup.groupPrefix)-\(number)"
        case (.new, _): setup.groupPrefix
        }
    }

    /// Commits for the group where the scenario says, and returns the commit of each partition; of
    /// somebody's group it is read.
    private func commit(_ group: String?, _ before: [LogRange]) async throws -> [Int64?] {
        guard let group else { return before.map { _ in nil } }
        let offsets: [Int64]
        switch setup.spec.committed {
        case .nothing:
            guard case .existing = setup.spec.group else { return before.map { _ in nil } }
            return try await commits(of: group)
        case .behind(let records): offsets = before.map { max(0, $0.end - Int64(records)) }
        case .at(let offset): offsets = before.map { _ in offset }
        case .behindTime(let ns):
            let positions = StartPositions(
                client: controlClient.client, isolation: .readUncommitted, loop: loop, loss: setup.loss)
            let found = try await positions.find(.ago(ns: ns), of: partitions)
            offsets = zip(partitions, before).map { found[$0] ?? $1.end }
        case .belowStart: offsets = before.map { $0.start / 2 }
        case .aboveEnd: offsets = before.map { $0.end + max(1, $0.end - $0.start) }
        case .expired: offsets = before.map { $0.start + ($0.end - $0.start) / 2 }
        }
        try await controlClient.commit(group: group, topic: setup.topic, offsets: offsets)
        if setup.spec.committed == .expired {
            try await controlClient.admin.deleteOffsets(group: group, partitions: partitions)
        }
        return offsets
    }

    /// Throws where the state that a start is to meet is not there.
    private func checkCondition(_ group: String?, _ committed: [Int64?], _ before: [StartLog]) async throws {
        guard let group, case .new = setup.spec.group, setup.spec.committed != .nothing else { return }
        let stands = try await commits(of: group)
        guard stands == committed else {
            throw EngineError(
                "the group's commits stand at \(Self.words(stands)) before a start, where they were set to \(Self.words(committed))"
            )
        }
        for (index, log) in before.enumerated() {
            guard let commit = committed[index] else { continue }
            let holds =
                switch setup.spec.committed {
                case .belowStart: commit < log.start
                case .aboveEnd: commit > log.highWatermark
                case .behindTime: log.holds(commit)
                case .nothing, .behind, .at, .expired: true
                }
            guard holds else {
                throw EngineError(
                    "\(setup.topic)-\(index): committed \(commit), and the log goes from \(log.start) to \(log.highWatermark): "
                        + "that is not the state that committed: says")
            }
        }
    }

    private static func words(_ offsets: [Int64?]) -> String {
        offsets.map { $0.map(String.init) ?? "none" }.joined(separator: ", ")
    }

    private func commits(of group: String) async throws -> [Int64?] {
        let found = try await controlClient.admin.committed(group: group, partitions: partitions)
        return partitions.map { found[$0] }
    }

    /// The commits after a start. Nobody else commits to a group of the run's own, or to one that
    /// it may move, which has no members.
    private func committed(after ground: Ground) async throws -> [Int64?] {
        guard let group = ground.group, case .existing = setup.spec.group, case .nothing = setup.spec.committed
        else { return ground.committed }
        return try await commits(of: group)
    }

    // MARK: Judging

    private func judge(_ report: StartReport, _ ground: Ground) -> [JudgedPartition] {
        let judged = ground.committed.indices.map { index in
            let observed = report.beginnings[index]
            let commit = StartCommit(before: ground.committed[index], after: ground.committedAfter[index])
            let judgement = rule.judge(
                committed: commit, before: ground.before[index], after: ground.after[index], observed: observed)
            return JudgedPartition(
                judgement: judgement, observed: observed, committed: ground.expired?[index] ?? judgement.committed)
        }
        // A start that must be refused on one partition begins on none.
        guard report.isRefusedAsAWhole, judged.contains(where: { $0.judgement.demanded == nil }) else {
            return judged
        }
        return judged.map(\.refused)
    }
}

/// Where a start began on one partition, held against the rule.
struct JudgedPartition: Sendable {
    let judgement: StartJudgement
    let observed: Int64?
    let committed: Int64?

    /// The same as a part of a start that must be refused as a whole.
    var refused: JudgedPartition {
        JudgedPartition(
            judgement: StartJudgement(reason: judgement.reason, demanded: nil, log: judgement.log),
            observed: observed, committed: committed)
    }
}

extension StartRule {
    /// The rule of what a scenario has started.
    init(_ spec: StartSpec, _ configuration: ConsumerConfiguration) {
        let policy: Policy =
            switch configuration.offsetReset {
            case .earliest: .earliest
            case .byDuration: .byDuration
            case .latest: .latest
            case .none: .none
            }
        let reason: Reason =
            switch spec.group {
            case .groupless: .noGroup
            case .new: spec.committed == .expired ? .expired : .newGroup
            case .existing: .noCommit
            }
        self.init(policy: policy, resetsOnStart: spec.resetsOnStart, withoutCommit: reason)
    }
}
