import Instants
public import KafkaProtocol
import Networking

/// Reads partitions that it assigns itself, from where the rules say, and commits for a group where there is one.
///
/// Records come either in place, batch by batch, to `onBatch` on the loop, or as copies from `poll`. Without a group it commits nothing and needs
/// none. It goes on by itself when brokers come and go.
public actor Consumer {
    /// What to read.
    public enum Assignment: Sendable {
        /// These partitions.
        case partitions([TopicPartition])
        /// All partitions that these topics have at the start.
        case topics([String])
    }

    /// Gets each batch in place; what it throws says that the batch is bad. On the loop.
    public typealias BatchHandler = @Sendable (borrowing FetchedBatch) throws(WireError) -> Void

    /// The options.
    public nonisolated let configuration: ConsumerConfiguration
    /// What is read.
    public nonisolated let assignment: Assignment
    nonisolated let core: ConsumerCore
    private nonisolated let loop: EventLoop
    private var sought: [TopicPartition: Int64] = [:]
    private var isStarting = false
    private var stopCount = 0

    /// The loop it lives on.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }

    /// A consumer over a client's brokers, which it fetches from over connections of its own.
    ///
    /// With `onBatch` it hands batches out as they come; without, `poll` gets copies. `onError` is told once if it stops for good, and
    /// `onReset` where a partition goes on when its offset was out of range. `onPosition` is told, after each answer to a fetch that was in range, how
    /// far the partition was read: also where the answer brought nothing to hand out, such as a transaction's marker or aborted records.
    public init(
        client: Client, configuration: ConsumerConfiguration, assignment: Assignment, onBatch: BatchHandler? = nil,
        onError: (@Sendable (ClientError) -> Void)? = nil,
        onReset: (@Sendable (TopicPartition, Int64) -> Void)? = nil,
        onPosition: (@Sendable (TopicPartition, Int64) -> Void)? = nil
    ) {
        self.configuration = configuration
        self.assignment = assignment
        loop = client.loop
        core = ConsumerCore(
            cluster: client.cluster, configuration: configuration, onBatch: onBatch, onError: onError,
            onReset: onReset, onPosition: onPosition)
    }

    // MARK: Starting and stopping

    /// Finds where to start on every partition, begins to fetch, and returns when the first fetch has been sent to every leader.
    ///
    /// It fails where a leader is not reached within `default.api.timeout.ms`, when the client is closed, and when it is stopped meanwhile: at once,
    /// but for a question for metadata that is under way. After `stop` it may be started again, by the same rules.
    public func start() async throws(ClientError) -> ConsumerStart {
        guard !core.isRunning, !isStarting else { throw ClientError(.invalidArgument("started twice")) }
        isStarting = true
        defer { isStarting = false }
        let (cluster, stopCount) = (core.cluster, stopCount)
        try await cluster.result { done in
            cluster.waitForTopics(
                topics, mustBeLed: true,
                within: cluster.configuration.callLimit(), done: done)
            // It goes out right behind; whatever becomes of it, the question for commits asks again if need be.
            if let group = configuration.groupId, !configuration.resetsOnStart {
                cluster.findCoordinator(of: .group(group)) { _ in }
            }
        }
        // What was stopped or closed meanwhile found nothing running.
        guard stopCount == self.stopCount, !cluster.isClosed else { throw ClientError(.closed) }
        core.begin(try partitions())
        let finder = PositionFinder(core, StartPlan(configuration, partitions: try partitions(), sought: sought))
        sought = [:]
        do throws(ClientError) {
            try await cluster.result { finder.run($0) }
            let readyNs: UInt64 = try await cluster.result { core.whenReady($0) }
            return ConsumerStart(readyNs: readyNs, offsets: core.startOffsets)
        } catch {
            core.stop(error)
            throw error
        }
    }

    /// Stops fetching and closes its connections. What was received and not polled is dropped; nothing is committed.
    public func stop() async {
        let beginNs = EventLoop.nowNs()
        stopCount += 1
        core.stop()
        core.cluster.environment.trace(.close, from: beginNs, isSuccess: true)
    }

    private var topics: [String] {
        switch assignment {
        case .partitions(let partitions): Set(partitions.map(\.topic)).sorted()
        case .topics(let topics): topics
        }
    }

    private func partitions() throws(ClientError) -> [TopicPartition] {
        let metadata = core.cluster.metadata
        switch assignment {
        case .topics(let topics):
            return topics.flatMap { topic in
                (metadata.topic(topic)?.partitions ?? []).indices.map {
                    TopicPartition(topic: topic, partition: Int32($0))
                }
            }
        case .partitions(let partitions):
            for partition in partitions {
                let count = metadata.topic(partition.topic)?.partitions.count ?? 0
                guard (0..<count).contains(Int(partition.partition)) else {
                    throw ClientError(
                        .invalidArgument("the topic has \(count) partitions"), topicPartition: partition)
                }
            }
            return partitions
        }
    }

    // MARK: Records

    /// Up to `max.poll.records` records; none when none came within `timeoutMs`.
    public func poll(timeoutMs: Int) async throws(ClientError) -> [ConsumerRecord] {
        let endNs = EventLoop.nowNs().later(byMs: timeoutMs)
        while true {
            if let failure = core.failure { throw failure }
            let records = core.polled.take(configuration.pollRecordCountMax)
            core.scheduleSoon()
            if !records.isEmpty || EventLoop.nowNs() >= endNs { return records }
            await waitForRecords(untilNs: endNs)
        }
    }

    private func waitForRecords(untilNs: UInt64) async {
        let core = core
        let loop = loop
        await withCheckedContinuation { continuation in
            let once = Once { continuation.resume() }
            var timer: EventLoop.Timer?
            let waiter = core.polled.whenWoken {
                timer?.cancel()
                once.fire()
            }
            timer = loop.schedule(atNs: untilNs, onStop: { core.stop() }) {
                // Else every poll that gets nothing would stay here until records come.
                core.polled.stopWaiting(waiter)
                once.fire()
            }
        }
    }

    /// What went wrong last and was tried again, and how often in a row; nil once records have come. It tells why none come.
    public var lastError: ClientError? { core.lastError }

    // MARK: Positions

    /// The offset after the last record handed out, once the start is known.
    public func position(of topicPartition: TopicPartition) -> Int64? {
        core.partition(topicPartition)?.place.position
    }

    /// The offset after the last record handed out of each partition whose start is known, also where it moved over what holds no records.
    public func positions() -> [TopicPartition: Int64] {
        var positions: [TopicPartition: Int64] = [:]
        for partition in core.partitions { positions[partition.topicPartition] = partition.place.position }
        return positions
    }

    /// Where each partition really began: where the start found, or where it was reset to before any record came.
    public func startOffsets() -> [TopicPartition: Int64] { core.startOffsets }

    /// Goes on at an offset; before the start, starts there whatever the rules say.
    public func seek(_ topicPartition: TopicPartition, to offset: Int64) throws(ClientError) {
        guard offset >= 0 else {
            throw ClientError(.invalidArgument("offset \(offset)"), topicPartition: topicPartition)
        }
        guard core.isRunning else { return sought[topicPartition] = offset }
        core.seek(try assigned(topicPartition), to: offset)
    }

    /// Goes on at the start or the end of the log.
    public func seek(_ topicPartition: TopicPartition, to spec: OffsetSpec) async throws(ClientError) {
        let cluster = core.cluster
        let isolation = configuration.isolationLevel.rawValue
        let offsets: [TopicPartition: Int64] = try await cluster.result {
            cluster.listOffsets([topicPartition: spec.timestamp], isolation: isolation, done: $0)
        }
        guard let offset = offsets[topicPartition], offset >= 0 else {
            throw ClientError(.noOffset, topicPartition: topicPartition)
        }
        try seek(topicPartition, to: offset)
    }

    /// Fetches nothing from these partitions until `resume`; what was received of them is fetched again then.
    public func pause(_ partitions: [TopicPartition]) throws(ClientError) {
        for topicPartition in partitions {
            let partition = try assigned(topicPartition)
            partition.place.isPaused = true
            partition.place.rewind()
            core.polled.drop(partition.index)
        }
        core.noteReady(at: EventLoop.nowNs())
    }

    /// Fetches from these partitions again.
    public func resume(_ partitions: [TopicPartition]) throws(ClientError) {
        for topicPartition in partitions { try assigned(topicPartition).place.isPaused = false }
        core.schedule()
    }

    private func assigned(_ topicPartition: TopicPartition) throws(ClientError) -> ConsumerCore.Partition {
        guard let partition = core.partition(topicPartition) else {
            throw ClientError(.invalidArgument("not assigned"), topicPartition: topicPartition)
        }
        return partition
    }

    // MARK: Commits

    /// Commits the position of every partition: the offset after the last record handed out.
    public func commit() async throws(ClientError) {
        try await commit(positions())
    }

    /// Commits these offsets as they are: the next start is there.
    public func commit(_ offsets: [TopicPartition: Int64]) async throws(ClientError) {
        let (cluster, group) = (core.cluster, try group())
        try await cluster.result { cluster.commit(group, offsets.mapValues { CommittedOffset(offset: $0) }, done: $0) }
    }

    /// The group's commits of all assigned partitions that have one.
    public func committed() async throws(ClientError) -> [TopicPartition: Int64] {
        let (cluster, group) = (core.cluster, try group())
        let partitions = core.partitions.map(\.topicPartition)
        let offsets: [TopicPartition: Int64] = try await cluster.result {
            cluster.committed(group, partitions, done: $0)
        }
        return offsets.filter { $0.value >= 0 }
    }

    private func group() throws(ClientError) -> String {
        guard let group = configuration.groupId else {
            throw ClientError(.invalidArgument("commits need a group.id"))
        }
        return group
    }
}

/// What a consumer's start came to.
public struct ConsumerStart: Sendable, Equatable {
    /// When positions were known and the first fetch had been sent to every leader, on the monotonic clock.
    public let readyNs: UInt64
    /// Where each partition starts.
    public let offsets: [TopicPartition: Int64]
}

/// A place in a log that is not named by its offset.
public enum OffsetSpec: Sendable, Equatable {
    /// The first record there is.
    case earliest
    /// After the last record that consumers may read.
    case latest
    /// The first record not older than this, in ms since 1970.
    case timestamp(ms: Int64)

    var timestamp: Int64 {
        switch self {
        case .earliest: -2
        case .latest: -1
        case .timestamp(let ms): ms
        }
    }
}
