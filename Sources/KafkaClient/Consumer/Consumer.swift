public import KafkaProtocol
import Networking
import System

/// Reads partitions that it assigns itself or that its group assigns, from where the rules say, and
/// commits for a group where there is one.
///
/// Records come either in place, batch by batch, to `onBatch` on the loop, or as copies from
/// `poll`. Without a group it commits nothing and needs none. It goes on by itself when brokers
/// come and go.
public actor Consumer {
    /// What to read.
    public enum Assignment: Sendable {
        /// These partitions, none of them twice.
        case partitions([TopicPartition])
        /// All partitions that these topics have at the start; no topic twice.
        case topics([String])
        /// What the group gives to it of these topics' partitions; no topic twice.
        case subscription([String])
    }

    /// Gets each batch in place; what it throws says that the batch is bad. On the loop.
    public typealias BatchHandler = @Sendable (borrowing FetchedBatch) throws(WireError) -> Void

    /// The options.
    public nonisolated let configuration: ConsumerConfiguration
    /// What is read from a start on, until `assign` changes it.
    public nonisolated let assignment: Assignment
    nonisolated let core: ConsumerCore
    private nonisolated let loop: EventLoop
    nonisolated let onMembership: (@Sendable (MembershipEvent, UInt64) -> Void)?
    private var sought: [TopicPartition: Int64] = [:]
    private(set) var isStarting = false
    private var stopCount = 0

    /// The loop it lives on.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }

    /// A consumer over a client's brokers, which it fetches from over connections of its own.
    ///
    /// With `onBatch` it hands batches out as they come; without, `poll` gets copies. `onError` is
    /// told once if it stops for good, and `onReset` where a partition goes on when its offset was
    /// out of range. `onPosition` is told, after each answer to a fetch that was in range, how far
    /// the partition was read: also where the answer brought nothing to hand out, such as a
    /// transaction's marker or aborted records. `onMembership` is told what happens to a member of a
    /// group, with the moment on the monotonic clock.
    public init(
        client: Client, configuration: ConsumerConfiguration, assignment: Assignment, onBatch: BatchHandler? = nil,
        onError: (@Sendable (ClientError) -> Void)? = nil,
        onReset: (@Sendable (TopicPartition, Int64) -> Void)? = nil,
        onPosition: (@Sendable (TopicPartition, Int64) -> Void)? = nil,
        onMembership: (@Sendable (MembershipEvent, UInt64) -> Void)? = nil
    ) {
        self.onMembership = onMembership
        self.configuration = configuration
        self.assignment = assignment
        loop = client.loop
        core = ConsumerCore(
            cluster: client.cluster, configuration: configuration, onBatch: onBatch, onError: onError,
            onReset: onReset, onPosition: onPosition)
    }

    // MARK: Starting and stopping

    /// Finds where to start on every partition, begins to fetch, and returns when the first fetch
    /// has been sent to every leader. A consumer that subscribes joins its group before, and may be
    /// given nothing at first.
    ///
    /// It fails where a leader is not reached within `default.api.timeout.ms`, when the client is
    /// closed, and when it is stopped meanwhile: at once, but for a question for metadata that is
    /// under way. After `stop` it may be started again, by the same rules.
    public func start() async throws(ClientError) -> ConsumerStart {
        guard !core.isRunning, !isStarting else { throw ClientError(.invalidArgument("started twice")) }
        isStarting = true
        defer { isStarting = false }
        let (cluster, stopCount) = (core.cluster, stopCount)
        try await cluster.result { done in
            cluster.waitForTopics(
                topics, mustBeLed: true,
                within: cluster.configuration.callLimit(), done: done)
            // It goes out right behind; whatever becomes of it, the question for commits asks again
            // if need be.
            if let group = configuration.groupId, !configuration.resetsOnStart || isSubscriber {
                cluster.findCoordinator(of: .group(group)) { _ in }
            }
        }
        // What was stopped or closed meanwhile found nothing running.
        guard stopCount == self.stopCount, !cluster.isClosed else { throw ClientError(.closed) }
        if isSubscriber { try checkSubscription() }
        core.begin(isSubscriber ? [] : try partitions())
        core.beginAutoCommit()
        do throws(ClientError) {
            if isSubscriber {
                try await join(topics)
            } else {
                let finder = PositionFinder(core, core.partitions, sought: sought)
                sought = [:]
                try await cluster.result { finder.run($0) }
            }
            let readyNs: UInt64 = try await cluster.result { core.whenReady($0) }
            return ConsumerStart(readyNs: readyNs, offsets: core.startOffsets)
        } catch {
            core.stop(error)
            throw error
        }
    }

    /// Stops fetching and closes its connections. What was received and not polled is dropped.
    /// Positions are committed where `enable.auto.commit` asks for it, else nothing is, and a
    /// dynamic member leaves its group; what the coordinator does not answer to is waited for as
    /// long as a request may take.
    public func stop() async {
        let beginNs = EventLoop.nowNs()
        stopCount += 1
        await core.leave()
        core.cluster.environment.trace(.close, from: beginNs, isSuccess: true)
    }

    private var topics: [String] {
        switch assignment {
        case .partitions(let partitions): partitions.topicNames
        case .topics(let topics), .subscription(let topics): topics
        }
    }

    private func partitions() throws(ClientError) -> [TopicPartition] {
        let metadata = core.cluster.metadata
        switch assignment {
        case .partitions(let partitions):
            try partitions.checkOnce()
            try partitions.checkExistence(metadata)
            return partitions
        case .topics(let topics), .subscription(let topics):
            try topics.map { TopicPartition(topic: $0, partition: -1) }.checkOnce()
            return topics.flatMap { topic in
                (metadata.topic(topic)?.partitions ?? []).indices.map {
                    TopicPartition(topic: topic, partition: Int32($0))
                }
            }
        }
    }

    // MARK: Changing what is read

    /// Reads `added` as well and `removed` no longer, while the consumer runs; what else it reads
    /// goes on undisturbed. Returns where the added partitions start, by the rules of `start`.
    ///
    /// What is removed is gone at once: no more of it is handed out, be it received or under way. A
    /// partition that is in both starts anew. Where the position of one cannot be found, none is
    /// added, and the error is thrown. The next start after `stop` is of `assignment` again.
    @discardableResult
    public func assign(
        added: [TopicPartition] = [], removed: [TopicPartition] = []
    ) async throws(ClientError) -> [TopicPartition: Int64] {
        guard core.isRunning, !isStarting else {
            throw ClientError(.invalidArgument("a consumer that has not started is assigned nothing"))
        }
        guard !isSubscriber else { throw ClientError(.invalidArgument("its group assigns it what it reads")) }
        try added.checkOnce()
        var gone: [ConsumerCore.Partition] = []
        for partition in removed { gone.append(try assigned(partition)) }
        try checkNew(added.filter { !removed.contains($0) })
        core.remove(gone)
        guard !added.isEmpty else { return [:] }
        let (cluster, run) = (core.cluster, core.run)
        try await cluster.waitForTopics(
            added.topicNames, mustBeLed: true, within: cluster.configuration.callLimit())
        guard core.run == run else { throw core.failure ?? ClientError(.closed) }
        try added.checkExistence(cluster.metadata)
        // Another call may have added it meanwhile.
        try checkNew(added)
        return try await start(core.add(added))
    }

    /// Finds where these partitions start, and starts them, or takes them out again.
    private func start(_ partitions: [ConsumerCore.Partition]) async throws(ClientError) -> [TopicPartition: Int64] {
        let finder = PositionFinder(core, partitions)
        do throws(ClientError) {
            try await core.cluster.result { finder.run($0) }
        } catch {
            core.remove(partitions)
            throw error
        }
        return core.startOffsets(of: partitions)
    }

    private func checkNew(_ added: [TopicPartition]) throws(ClientError) {
        guard let known = added.first(where: { core.partition($0) != nil }) else { return }
        throw ClientError(.invalidArgument("assigned already"), topicPartition: known)
    }

    // MARK: Records

    /// Up to `max.poll.records` records; none when none came within `timeoutMs`.
    public func poll(timeoutMs: Int) async throws(ClientError) -> [ConsumerRecord] {
        let endNs = EventLoop.nowNs().later(byMs: timeoutMs)
        core.autoCommit?.polled()
        let membership = core.membership
        membership?.pollBegan()
        defer { membership?.pollEnded() }
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

    /// What went wrong last and was tried again, and how often in a row; nil once records have
    /// come. It tells why none come.
    public var lastError: ClientError? { core.lastError }

    // MARK: Positions

    /// The offset after the last record handed out, once the start is known.
    public func position(of topicPartition: TopicPartition) -> Int64? {
        core.partition(topicPartition)?.place.position
    }

    /// The offset after the last record handed out of each partition whose start is known, also
    /// where it moved over what holds no records.
    public func positions() -> [TopicPartition: Int64] { core.positions }

    /// Where each partition really began: where the start found, or where it was reset to before
    /// any record came.
    public func startOffsets() -> [TopicPartition: Int64] { core.startOffsets }

    /// Moves the position to an offset; before the start, the consumer starts there whatever the
    /// rules say.
    public func seek(_ topicPartition: TopicPartition, to offset: Int64) throws(ClientError) {
        guard offset >= 0 else {
            throw ClientError(.invalidArgument("offset \(offset)"), topicPartition: topicPartition)
        }
        guard core.isRunning || isSubscriber else { return sought[topicPartition] = offset }
        core.seek(try assigned(topicPartition), to: offset)
    }

    /// Moves the position to the start or the end of the log.
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

    /// Fetches nothing from these partitions until `resume`; what was received of them is fetched
    /// again then.
    public func pause(_ partitions: [TopicPartition]) throws(ClientError) {
        for topicPartition in partitions {
            let partition = try assigned(topicPartition)
            partition.place.isPaused = true
            partition.place.rewind()
            core.polled.drop(partition)
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

    /// Commits these offsets as they are: the next start begins at them. A member commits under its
    /// name, and is refused while its group is rebalanced.
    public func commit(_ offsets: [TopicPartition: Int64]) async throws(ClientError) {
        let (cluster, group, membership) = (core.cluster, try group(), core.membership)
        let member = try await core.committer(of: group)
        do throws(ClientError) {
            try await cluster.result {
                cluster.commit(group, offsets.mapValues { CommittedOffset(offset: $0) }, by: member, done: $0)
            }
        } catch {
            if case .broker(let code) = error.code { membership?.commitFailed(by: member, code) }
            throw error
        }
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

    func group() throws(ClientError) -> String {
        guard let group = configuration.groupId else {
            throw ClientError(.invalidArgument("commits need a group.id"))
        }
        return group
    }
}

extension [TopicPartition] {
    fileprivate var topicNames: [String] { Set(map(\.topic)).sorted() }

    /// Throws where one is named twice.
    fileprivate func checkOnce() throws(ClientError) {
        var seen: Set<TopicPartition> = []
        guard let again = first(where: { !seen.insert($0).inserted }) else { return }
        throw ClientError(.invalidArgument("assigned twice"), topicPartition: again)
    }

    /// Throws where a topic has no such partition.
    fileprivate func checkExistence(_ metadata: MetadataCache) throws(ClientError) {
        for partition in self {
            let count = metadata.topic(partition.topic)?.partitions.count ?? 0
            guard (0..<count).contains(Int(partition.partition)) else {
                throw ClientError(.invalidArgument("the topic has \(count) partitions"), topicPartition: partition)
            }
        }
    }
}

/// What a consumer's start came to.
public struct ConsumerStart: Sendable, Equatable {
    /// When positions were known and the first fetch had been sent to every leader, on the
    /// monotonic clock.
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
