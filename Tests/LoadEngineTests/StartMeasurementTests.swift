import KafkaClient
import KafkaProtocol
import Networking
import Results
import Synchronization
import System
import Testing

@testable import LoadEngine
@testable import Scenario

/// Starts against a broker in this process, on a topic of two partitions of which retention has
/// taken the first five records of partition 0. Each record is a minute younger than the one before;
/// the last are of now.
@Suite(.timeLimit(.minutes(5))) struct StartMeasurementTests {
    private struct Cluster {
        let client: Client
        let loop: EventLoop
        let controlClient: ControlClient
        let loss: TargetLoss
    }

    private static let topic = "starts"
    private static let partitions = (0..<2).map { TopicPartition(topic: topic, partition: Int32($0)) }

    /// Runs `body` on the loop with the topic made: partition 0 from 5 to 20, partition 1 from 0
    /// to 20.
    private func withTopic(_ body: @escaping @Sendable (Cluster) async throws -> Void) async throws {
        try await withBroker { client, loop in
            let loss = TargetLoss()
            try await Task(executorPreference: loop) {
                let controlClient = try await ControlClient.connect(client.configuration, loop: loop, loss: loss)
                try await controlClient.admin.createTopics([NewTopic(name: Self.topic, partitionCount: 2)])
                try await controlClient.admin.waitForLeaders(of: [Self.topic])
                let producer = Producer(client: client)
                let nowMs = WallClock.nowMs()
                for partition in Self.partitions {
                    for number in 0..<20 {
                        let record = ProducerRecord(
                            topic: Self.topic, partition: partition.partition, value: [UInt8(number)],
                            timestampMs: nowMs - Int64(19 - number) * 60_000)
                        _ = try await producer.send(record)
                    }
                }
                _ = await producer.close()
                _ = try await controlClient.admin.deleteRecords(before: [Self.partitions[0]: 5])
                try await controlClient.prepareToSend(Self.topic)
                try await body(Cluster(client: client, loop: loop, controlClient: controlClient, loss: loss))
                await controlClient.close()
            }.value
        }
    }

    /// What a repeat of so many starts comes to.
    private func starts(
        _ cluster: Cluster, _ count: Int = 2, policy: String, until: StartSpec.End = .firstRecord,
        at commit: Int? = nil, committed: StartSpec.Committed = .nothing, seeking position: StartSpec.Position? = nil,
        resets: Bool = false, ownsTopic: Bool = false
    ) async throws -> Repeat {
        let spec = StartSpec(
            until: until, group: .new(prefix: nil), committed: commit.map { .at(offset: Int64($0)) } ?? committed,
            resetsOnStart: resets, properties: ["auto.offset.reset": policy], clientProperties: [:],
            position: position)
        let setup = StartSetup(
            topic: Self.topic, ownsTopic: ownsTopic, allowsWrites: true, partitionCount: 2, spec: spec,
            configuration: try ConsumerConfiguration(properties: spec.properties),
            groupPrefix: "g-\(policy)-\(until)-\(commit ?? -1)-\(resets)", loss: cluster.loss)
        let support = StartSupport(setup: setup, controlClient: cluster.controlClient, loop: cluster.loop)
        let servers = cluster.client.configuration.bootstrapServers.map(\.description).joined(separator: ",")
        let order = MeasurementOrder(
            round: 2, workload: .start(spec),
            measure: MeasureSpec(warmupNs: 0, extent: .starts(count), repeats: 2, pauseNs: 0),
            connection: ["bootstrap.servers": servers],
            topic: OrderedTopic(
                name: Self.topic, ranges: [LogRange(start: 5, end: 20), LogRange(start: 0, end: 20)],
                isOwn: ownsTopic),
            seed: 1, limit: WriteLimit(byteCount: 0))
        let control = MeasurementControl(
            interruption: Interruption(), loss: cluster.loss, onProgress: { _ in },
            ask: { try await support.answer($0) })
        let measured = try await InProcessLoadGenerator(loop: cluster.loop).measure(order, control)
        guard case .started(let outcome) = measured else { throw EngineError.otherMeasurement }
        var book = StartBook(partitionCount: 2, unit: ownsTopic ? .records : .offsets)
        for (report, partitions) in zip(outcome.starts, try await support.judge(outcome.starts)) {
            book.enter(report, partitions)
        }
        return try book.asRepeat(round: 1, startedAt: .now(), windowNs: 1)
    }

    /// Where the first start began, by each policy, with both commits at 3: in range on partition 1
    /// alone.
    @Test(arguments: StartSpec.End.allCases, ["earliest", "latest", "none"])
    func aCommitBelowTheLogOnSomePartitionsOnly(until: StartSpec.End, policy: String) async throws {
        try await withTopic { cluster in
            let made = try await starts(cluster, policy: policy, until: until, at: 3)
            #expect(made.invalidReasons == [])
            let record = try #require(made.starts)
            #expect(record.wrongCount == 0)
            let begun: [Int64?] = policy == "none" ? [nil, 3] : [policy == "latest" ? 20 : 5, 3]
            #expect(record.partitions.map { $0.observed[0] } == begun)
            #expect(record.partitions.map { $0.observed[1] } == begun)
            #expect(record.partitions.map(\.rule) == ["commit out of range: auto.offset.reset", "the commit"])
            // Lost to retention are 3 and 4, twice; skipped, where it goes on at the end, what is
            // left.
            #expect(record.totals.lost == (policy == "none" ? 0 : 4))
            #expect(record.totals.skipped == (policy == "latest" ? 30 : 0) && record.totals.replayed == 0)
            #expect(made.latency(.refusal)?.count == (policy == "none" ? 2 : nil))
            #expect(record.refusals.map(\.error) == (policy == "none" ? ["OFFSET_OUT_OF_RANGE"] : []))
            if until == .caughtUp, policy != "none" { #expect(made.latency(.caughtUp)?.count == 2) }
        }
    }

    /// On a topic of the run's own, where each partition that has records must give one, and one is
    /// sent where none has.
    @Test(
        arguments: StartSpec.End.allCases,
        [(nil, "latest"), (25, "latest"), (20, "latest"), (3, "earliest"), (25, "earliest")])
    func aTopicOfItsOwn(until: StartSpec.End, start: (commit: Int?, policy: String)) async throws {
        try await withTopic { cluster in
            let made = try await starts(
                cluster, 3, policy: start.policy, until: until, at: start.commit, ownsTopic: true)
            #expect(made.invalidReasons == [] && made.starts?.wrongCount == 0)
            #expect(made.starts?.unit == .records)
            // Each start at the end has a record of its own, whose way through the engine is not
            // the start's.
            let waits = try #require(made.starts).sentRecords
            // The record of the start that was discarded lies behind a commit at the end there was.
            let isSent = until != .ready && start.policy == "latest" && start.commit != 20
            #expect(waits.map(\.start) == (isSent ? [0, 1, 2] : []))
            for wait in waits {
                let whole = try #require(made.starts?.reachedAtNs[wait.start].compactMap(\.self).max())
                #expect(wait.gapNs > 0 && wait.appendedNs > 0 && wait.gapNs < 1_000_000_000 && whole > 0)
            }
            if start.commit == 25 {
                // The records that are sent to starts at the end bring the end nearer.
                #expect(made.starts?.totals.commitsAboveEnd == 6 && made.starts?.replayedRecords == nil)
            }
        }
    }

    /// A start of a policy, in a state of the group, and where it must begin on both partitions.
    struct Course: Sendable {
        var policy = "latest"
        var commit = StartSpec.Committed.nothing
        var at: StartSpec.Position?
        var begun: [Int64?]
        var rule: String
        /// Records a start: replayed, skipped, lost.
        var account: [Int64?]
    }

    /// 330 s are five and a half of the records' minutes.
    static let back: UInt64 = 330 * 1_000_000_000
    static let byPolicy = "new group: auto.offset.reset"

    static let courses: [Course] = [
        Course(policy: "by_duration:PT5M30S", begun: [14, 14], rule: byPolicy, account: [nil, 23, nil]),
        // Retention has taken on partition 0 what was to be the first.
        Course(policy: "by_duration:PT17M30S", begun: [5, 2], rule: byPolicy, account: [nil, 2, nil]),
        Course(policy: "by_duration:P1D", begun: [5, 0], rule: byPolicy, account: [nil, 0, nil]),
        Course(policy: "by_duration:PT0S", begun: [20, 20], rule: byPolicy, account: [nil, 35, nil]),
        Course(policy: "none", begun: [nil, nil], rule: byPolicy, account: [nil, nil, nil]),
        Course(policy: "none", commit: .at(offset: 7), begun: [7, 7], rule: "the commit", account: [0, 0, 0]),
        Course(commit: .behindTime(ns: back), begun: [14, 14], rule: "the commit", account: [0, 0, 0]),
        // The topic was made anew: its old commits lie above its end.
        Course(
            policy: "earliest", commit: .aboveEnd, begun: [5, 0], rule: "commit out of range: auto.offset.reset",
            account: [nil, nil, nil]),
        Course(
            policy: "by_duration:PT5M30S", commit: .aboveEnd, begun: [14, 14],
            rule: "commit out of range: auto.offset.reset", account: [nil, nil, nil]),
        // The commits stood at 12 and 10.
        Course(
            policy: "earliest", commit: .expired, begun: [5, 0], rule: "commit expired: auto.offset.reset",
            account: [17, 0, 0]),
        Course(commit: .expired, begun: [20, 20], rule: "commit expired: auto.offset.reset", account: [0, 18, 0]),
        Course(
            policy: "none", commit: .expired, begun: [nil, nil], rule: "commit expired: auto.offset.reset",
            account: [nil, nil, nil]),
        Course(at: .ago(ns: back), begun: [14, 14], rule: "at: sought", account: [nil, 23, nil]),
        Course(
            commit: .at(offset: 17), at: .ago(ns: back), begun: [14, 14], rule: "at: sought", account: [6, 0, 0]),
        Course(at: .timestamp(ms: 4_000_000_000_000), begun: [20, 20], rule: "at: sought", account: [nil, 35, nil]),
        Course(at: .timestamp(ms: 0), begun: [5, 0], rule: "at: sought", account: [nil, 0, nil]),
        Course(at: .offset(7), begun: [7, 7], rule: "at: sought", account: [nil, 9, nil]),
        Course(
            policy: "earliest", at: .offset(99), begun: [5, 0], rule: "at out of range: auto.offset.reset",
            account: [nil, 0, nil]),
        Course(
            policy: "none", at: .offset(99), begun: [nil, nil], rule: "at out of range: auto.offset.reset",
            account: [nil, nil, nil]),
        Course(at: .last(records: 10), begun: [15, 15], rule: "at: sought", account: [nil, 25, nil]),
        // Partition 0 has no more, so that the rest is partition 1's.
        Course(at: .last(records: 32), begun: [5, 3], rule: "at: sought", account: [nil, 3, nil]),
        Course(at: .last(records: 36), begun: [5, 0], rule: "at: sought", account: [nil, 0, nil]),
    ]

    @Test(arguments: courses.indices, [StartSpec.End.ready, .caughtUp])
    func eachPolicyMeetsEachState(number: Int, until: StartSpec.End) async throws {
        let course = Self.courses[number]
        try await withTopic { cluster in
            // At the end a record would be sent, which moves the end.
            let isAtEnd = course.begun == [20, 20]
            let made = try await starts(
                cluster, policy: course.policy, until: isAtEnd ? .ready : until, committed: course.commit,
                seeking: course.at)
            #expect(made.invalidReasons == [])
            let record = try #require(made.starts)
            #expect(record.wrongCount == 0)
            for start in 0..<2 { #expect(record.partitions.map { $0.observed[start] } == course.begun) }
            #expect(record.partitions.map(\.rule) == [course.rule, course.rule])
            let totals = record.totals
            #expect([totals.replayed, totals.skipped, totals.lost] == course.account.map { $0.map { 2 * $0 } })
            #expect((made.latency(.refusal)?.count == 2) == course.begun.contains(nil))
        }
    }

    @Test func aCommitBelowTheStartIsLostAndAStateThatIsNotThereIsNotMeasured() async throws {
        try await withTopic { cluster in
            await #expect(throws: EngineError.self) {
                _ = try await starts(cluster, policy: "earliest", until: .ready, committed: .belowStart)
            }
            _ = try await cluster.controlClient.admin.deleteRecords(before: [Self.partitions[1]: 4])
            let made = try await starts(cluster, policy: "earliest", until: .ready, committed: .belowStart)
            #expect(made.starts?.partitions.map { $0.observed[0] } == [5, 4])
            // Both commits stand at 2.
            #expect(made.starts?.totals.lost == 2 * 5 && made.starts?.totals.replayed == 0)
        }
    }

    @Test func withoutACommitAndWithoutAResetAStartIsRefused() async throws {
        try await withTopic { cluster in
            let made = try await starts(cluster, policy: "none")
            #expect(made.invalidReasons == [] && made.isValid)
            let record = try #require(made.starts)
            #expect(record.refusals.map(\.error) == ["NoOffsetForPartitionException"])
            #expect(record.refusals.map(\.count) == [2])
            #expect(made.latencies.map(\.kind) == [.refusal] && made.latencies[0].count == 2)
            #expect(record.partitions.allSatisfy { $0.demanded == [nil, nil] && $0.observed == [nil, nil] })
            #expect(record.totals.skipped == nil && record.totals.unread == nil)
            // The way to the refusal sums to it.
            #expect(record.reachedAtNs.allSatisfy { $0.last != nil && $0[4] != nil && $0[6] == nil })
            let reset = try await starts(cluster, policy: "none", at: 7, resets: true)
            #expect(reset.isValid && reset.starts?.refusals.first?.error == "NoOffsetForPartitionException")
        }
    }

    @Test func aLookUpAfterAResetIsATimeOfItsOwn() async throws {
        try await withTopic { cluster in
            let made = try await starts(cluster, policy: "earliest", at: 900)
            let row = try #require(made.starts?.reachedAtNs.first)
            #expect(row[StartMilestones.names.firstIndex(of: "ListOffsets")!] == nil)
            let answer = try #require(row[StartMilestones.names.firstIndex(of: "out-of-range answer")!])
            let lookUp = try #require(row[StartMilestones.names.firstIndex(of: "reset ListOffsets")!])
            let first = try #require(row[StartMilestones.names.firstIndex(of: "first record")!])
            #expect(answer < lookUp && lookUp < first)
            #expect(first == made.starts?.reachedAtNs[0].compactMap(\.self).max())
        }
    }

    /// 23 of 60 such starts were called wrong.
    @Test func whoeverElseWritesMakesNoStartWrong() async throws {
        try await withTopic { cluster in
            let isOver = Mutex(false)
            let writer = Task(executorPreference: cluster.loop) {
                let producer = Producer(client: cluster.client)
                while !isOver.withLock({ $0 }) {
                    for partition in 0..<2 {
                        let record = ProducerRecord(topic: Self.topic, partition: Int32(partition), value: [1])
                        _ = try await producer.send(record)
                    }
                }
                _ = await producer.close()
            }
            var made = try await starts(cluster, 30, policy: "latest", until: .ready)
            #expect(made.starts?.wrongCount == 0)
            let width = made.starts?.partitions.map(\.widest).max() ?? 0
            #expect(width > 0 && width < 10_000)
            for (policy, until) in [
                ("latest", StartSpec.End.firstRecord), ("earliest", .caughtUp), ("latest", .caughtUp),
            ] {
                made = try await starts(cluster, 10, policy: policy, until: until, at: policy == "latest" ? 3 : nil)
                #expect(made.invalidReasons == [] && made.starts?.wrongCount == 0)
            }
            isOver.withLock { $0 = true }
            try await writer.value
        }
    }
}
