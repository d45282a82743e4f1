import Bytes
import KafkaProtocol
import Networking
import System

/// What a consumer does per answer: fetching from every leader, checking, handing out. On its loop
/// only.
final class ConsumerCore: @unchecked Sendable {
    /// One partition of the assignment.
    final class Partition {
        let topicPartition: TopicPartition
        var place = FetchPosition()
        var leader: Int32?
        /// Whether it is read still; one that was removed and added again is another.
        var isAssigned = true
        /// Whether a fetch that names it was sent since the start.
        var wasAsked = false
        /// Whether it is known where to fetch it from, and that it is not to be.
        var isLeftOut: Bool { place.isPaused && place.position != nil }

        init(_ topicPartition: TopicPartition) { self.topicPartition = topicPartition }
    }

    /// The fetches from one leader, one at a time, over a connection of their own.
    final class BrokerFetcher {
        let node: Int32
        var connection: BrokerConnection?
        var isFetching = false
        /// Answers in a row that broke the protocol.
        var violations = 0
        /// Answers in a row that came at once and brought nothing.
        var emptyCount = 0
        /// Nothing is fetched before this time, because the last answer made no sense.
        var heldUntilNs: UInt64 = 0
        /// Which partition comes first in the next fetch.
        var turn = 0

        init(node: Int32) { self.node = node }
    }

    let cluster: Cluster
    let configuration: ConsumerConfiguration
    let reader: BatchReader
    let onBatch: (@Sendable (borrowing FetchedBatch) throws(WireError) -> Void)?
    let onError: (@Sendable (ClientError) -> Void)?
    let onReset: (@Sendable (TopicPartition, Int64) -> Void)?
    let onPosition: (@Sendable (TopicPartition, Int64) -> Void)?
    /// What is read, in the order in which it was assigned.
    var partitions: [Partition] = []
    var partitionsByName: [TopicPartition: Partition] = [:]
    var fetchers: [Int32: BrokerFetcher] = [:]
    var polled = PollQueue()
    /// Why it has stopped; nil while it runs.
    private(set) var failure: ClientError? = ClientError(.closed)
    /// When the first fetch had been sent to every leader.
    private(set) var readyNs: UInt64?
    private var readyWaiter: ((Result<UInt64, ClientError>) -> Void)?
    private var readyTimer: EventLoop.Timer?
    /// Counts starts, so that what comes late from an earlier one is known.
    private(set) var run = 0
    var wakeTimer: EventLoop.Timer?
    var wakeNs = UInt64.max
    var isScheduleDue = false
    /// Who finds positions that are not known yet.
    var positionFinders: [PositionFinder] = []
    private var resetting: [Partition] = []
    /// Its place in the group that assigns its partitions; nil where they are given to it.
    var membership: (any GroupMembership)?
    /// Commits positions by itself, where that is asked for.
    var autoCommit: AutoCommit?
    /// Whether it is known what is to be read, be it nothing.
    var knowsAssignment = true
    /// What goes wrong again and again, with how often in a row; nil once records come.
    private(set) var repeatedError: ClientError?

    init(
        cluster: Cluster, configuration: ConsumerConfiguration,
        onBatch: (@Sendable (borrowing FetchedBatch) throws(WireError) -> Void)?,
        onError: (@Sendable (ClientError) -> Void)?, onReset: (@Sendable (TopicPartition, Int64) -> Void)?,
        onPosition: (@Sendable (TopicPartition, Int64) -> Void)?
    ) {
        self.cluster = cluster
        self.configuration = configuration
        self.onBatch = onBatch
        self.onError = onError
        self.onReset = onReset
        self.onPosition = onPosition
        reader = BatchReader(configuration)
    }

    var loop: EventLoop { cluster.environment.loop }
    var isRunning: Bool { failure == nil }

    /// Begins anew with these partitions, whose positions are still to be found. What was paused
    /// stays so.
    func begin(_ assigned: [TopicPartition]) {
        let paused = Set(partitions.filter(\.place.isPaused).map(\.topicPartition))
        for partition in partitions { partition.isAssigned = false }
        partitions = []
        partitionsByName = [:]
        failure = nil
        readyNs = nil
        run += 1
        cluster.observe(self, onClose: { [weak self] in self?.fail(ClientError(.closed)) }) { [weak self] in
            self?.metadataUpdated() ?? true
        }
        for partition in add(assigned) where paused.contains(partition.topicPartition) {
            partition.place.isPaused = true
        }
    }

    /// Positions became known: the partitions are fetched from there.
    func start(_ positions: [(partition: Partition, offset: Int64)]) {
        for (partition, offset) in positions where partition.isAssigned && partition.place.position == nil {
            partition.place.jump(to: offset)
        }
        schedule()
        // Where nothing is to be fetched, no fetch will make it ready.
        noteReady(at: EventLoop.nowNs())
    }

    /// Stops; nothing is handed out any more, and what was received is dropped.
    func stop(_ error: ClientError = ClientError(.closed)) {
        guard isRunning else { return }
        failure = error
        run += 1
        cluster.stopObserving(self)
        wakeTimer?.cancel()
        wakeNs = .max
        let fetchers = self.fetchers
        self.fetchers = [:]
        for fetcher in fetchers.values { fetcher.connection?.close(ClientError(.closed)) }
        polled.removeAll()
        for finder in positionFinders { finder.end(error) }
        settleReadyWaiter(.failure(error))
        polled.wakeAll()
        autoCommit?.stop()
        autoCommit = nil
        let membership = self.membership
        self.membership = nil
        membership?.close(committing: [:]) {}
    }

    // MARK: What goes wrong

    /// Keeps an error after which the consumer continues, so that a caller whose wait ends can be
    /// told why.
    func note(_ error: ClientError) {
        guard error.code != .closed else { return }
        var noted = error
        noted.attemptCount = (repeatedError?.attemptCount ?? 0) + 1
        repeatedError = noted
    }

    /// Records came.
    func forgetError() {
        if repeatedError != nil { repeatedError = nil }
    }

    /// Why nothing comes, as far as that is known.
    var lastError: ClientError? {
        if let repeatedError { return repeatedError }
        if let error = cluster.refresh.lastError { return error }
        let waiting = partitions.first { cluster.metadata.leader(of: $0.topicPartition) == nil }
        return isRunning ? waiting.map { cluster.leaderless($0.topicPartition) } : nil
    }

    /// Stops for a reason that does not mend itself.
    func fail(_ error: ClientError) {
        guard isRunning else { return }
        stop(error)
        onError?(error)
    }

    /// Moves the position; records received and not handed out are dropped.
    func seek(_ partition: Partition, to offset: Int64) {
        partition.place.jump(to: offset)
        polled.drop(partition)
        schedule()
    }

    /// Asks for `auto.offset.reset`'s offset and goes on there; partitions that fall out of range
    /// together are asked for together.
    func resetSoon(_ partition: Partition) {
        resetting.append(partition)
        guard resetting.count == 1 else { return }
        loop.execute { [self] in
            // What was sought, paused or removed since is somewhere else by now.
            let partitions = resetting.filter(\.place.isResetting)
            resetting = []
            guard isRunning, let timestamp = configuration.offsetReset.listTimestamp(nowMs: WallClock.nowMs()) else {
                return
            }
            findOffsets(partitions, timestamp, run: run, generations: partitions.map(\.place.generation))
        }
    }

    private func findOffsets(_ partitions: [Partition], _ timestamp: Int64, run: Int, generations: [Int]) {
        var timestamps: [TopicPartition: Int64] = [:]
        for (partition, generation) in zip(partitions, generations) where partition.place.generation == generation {
            timestamps[partition.topicPartition] = timestamp
        }
        guard !timestamps.isEmpty else { return }
        cluster.listOffsets(timestamps, isolation: configuration.isolationLevel.rawValue) { [weak self] result in
            guard let self, self.run == run else { return }
            switch result {
            case .failure(let error) where error.isRetriable || isOfRemoved(error, partitions):
                note(error)
                findOffsets(partitions, timestamp, run: run, generations: generations)
            case .failure(let error): fail(error)
            case .success(let offsets): found(offsets, timestamp, partitions, run: run, generations: generations)
            }
        }
    }

    private func found(
        _ offsets: [TopicPartition: Int64], _ timestamp: Int64, _ partitions: [Partition], run: Int, generations: [Int]
    ) {
        var moved: [(TopicPartition, Int64)] = []
        for (partition, generation) in zip(partitions, generations) where partition.place.generation == generation {
            let offset = offsets[partition.topicPartition] ?? -1
            // Nothing is as new as asked for: the end it is.
            guard offset >= 0 else {
                guard timestamp != -1 else { return fail(.withoutEnd(partition.topicPartition)) }
                findOffsets([partition], -1, run: run, generations: [generation])
                continue
            }
            // What is in line for poll was good, and comes first.
            partition.place.reset(
                to: offset, nowNs: EventLoop.nowNs(), backoff: cluster.configuration.retryBackoff)
            moved.append((partition.topicPartition, offset))
        }
        schedule()
        for (topicPartition, offset) in moved where isRunning { onReset?(topicPartition, offset) }
    }

    /// Whether an error is of one of these partitions that was removed since.
    private func isOfRemoved(_ error: ClientError, _ partitions: [Partition]) -> Bool {
        partitions.contains { $0.topicPartition == error.topicPartition && !$0.isAssigned }
    }

    // MARK: Being ready

    /// Every partition that is to be fetched was asked for: the consumer is ready.
    func noteReady(at ns: UInt64) {
        guard isRunning, knowsAssignment, readyNs == nil, partitions.allSatisfy({ $0.wasAsked || $0.isLeftOut }) else {
            return
        }
        readyNs = ns
        settleReadyWaiter(.success(ns))
    }

    /// Calls `done` once the consumer is ready, has stopped, or has taken longer than a call may.
    func whenReady(_ done: @escaping (Result<UInt64, ClientError>) -> Void) {
        if let readyNs { return done(.success(readyNs)) }
        if let failure { return done(.failure(failure)) }
        let limit = cluster.configuration.callLimit()
        readyWaiter = done
        readyTimer = loop.schedule(
            atNs: limit.endNs, onStop: { [self] in settleReadyWaiter(.failure(ClientError(.closed))) },
            { [self] in stop(notReady(limit)) })
    }

    private func settleReadyWaiter(_ result: Result<UInt64, ClientError>) {
        let waiter = readyWaiter
        readyWaiter = nil
        readyTimer?.cancel()
        readyTimer = nil
        waiter?(result)
    }

    private func notReady(_ limit: CallLimit) -> ClientError {
        let missing = partitions.first { !$0.wasAsked && !$0.isLeftOut }
        let connection = missing?.leader.flatMap { fetchers[$0]?.connection }
        var error =
            connection?.timeoutError(.fetch, limit) ?? limit.timeoutError(.fetch).at(cluster.name(of: missing?.leader))
        error.topicPartition = missing?.topicPartition
        error.cause = lastError
        return error
    }
}
