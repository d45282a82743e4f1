import KafkaProtocol
import Networking
import System

/// Carries out what a member's state machine wants: gives partitions to the consumer and takes them
/// away, and keeps the connection to the coordinator. On the consumer's loop only.
///
/// What it asks goes over a connection of its own, as a broker answers JoinGroup when all members
/// have sent theirs, and nothing behind it meanwhile. Each protocol's subclass asks.
class MembershipCarrier<Machine: MemberMachine>: GroupMembership {
    let core: ConsumerCore
    let group: String
    let isPolled: Bool
    private(set) var machine: Machine
    private let onEvent: (@Sendable (MembershipEvent, UInt64) -> Void)?
    private var timer: EventLoop.Timer?
    /// What waits for the user to poll, because it may not have done with what it was handed.
    private var held: [(partitions: [TopicPartition], areLost: Bool)] = []
    private var pollCount = 0
    private var startWaiter: ((Result<Void, ClientError>) -> Void)?
    private var startTimer: EventLoop.Timer?
    private var endWaiters: [() -> Void] = []
    /// Commits that wait for the end of a rebalance.
    private var commitWaiters: [() -> Void] = []
    private var connection: BrokerConnection?
    private var connectedNode: Int32?
    /// Whether a question is under way that the broker may keep for long.
    var isWaiting = false

    init(
        _ core: ConsumerCore, group: String, _ machine: Machine,
        onEvent: (@Sendable (MembershipEvent, UInt64) -> Void)?
    ) {
        self.core = core
        self.group = group
        self.machine = machine
        self.onEvent = onEvent
        isPolled = core.onBatch == nil
    }

    var cluster: Cluster { core.cluster }
    var committer: GroupIdentity? { machine.committer }
    var isRebalancing: Bool { machine.isRebalancing }

    /// Asks the coordinator; the subclass's.
    func ask(_ question: Machine.Question) {}

    func tell(_ event: MembershipEvent) { onEvent?(event, EventLoop.nowNs()) }

    // MARK: Events

    func begin(_ done: @escaping (Result<Void, ClientError>) -> Void) {
        let limit = cluster.configuration.callLimit()
        startWaiter = done
        // Who waits for a start is as good as polling.
        pollCount += 1
        startTimer = core.loop.schedule(
            atNs: limit.endNs, onStop: { [self] in settleStart(.failure(ClientError(.closed))) },
            { [self] in
                var error = limit.timeoutError(.joinGroup)
                (error.group, error.cause) = (group, core.lastError)
                settleStart(.failure(error))
            })
        act { $0.begin(nowNs: $1) }
    }

    private func settleStart(_ result: Result<Void, ClientError>) {
        guard let waiter = startWaiter else { return }
        startWaiter = nil
        startTimer?.cancel()
        pollEnded()
        waiter(result)
    }

    func pollBegan() {
        pollCount += 1
        act { $0.polled(nowNs: $1) }
        let held = self.held
        self.held = []
        for one in held { giveUp(one.partitions, areLost: one.areLost) }
    }

    func pollEnded() { pollCount -= 1 }

    func subscribe(to topics: Set<String>) { act { $0.subscribe(to: topics, nowNs: $1) } }

    func metadataUpdated() {
        var counts: [String: Int] = [:]
        for topic in cluster.metadata.used.keys { counts[topic] = cluster.knownPartitionCount(of: topic) }
        act { $0.metadataChanged(counts, nowNs: $1) }
    }

    func commitFailed(by asked: GroupIdentity, _ error: ErrorCode) {
        act { $0.commitFailed(by: asked, error, nowNs: $1) }
    }

    func act(_ body: (inout Machine, UInt64) -> Machine.Actions) {
        for action in body(&machine, EventLoop.nowNs()) { perform(action) }
        arm()
        if !commitWaiters.isEmpty, committer != nil || !isRebalancing { wakeCommitWaiters() }
    }

    private func wakeCommitWaiters() {
        let waiters = commitWaiters
        commitWaiters = []
        for waiter in waiters { waiter() }
    }

    func whenCommitter(_ done: @escaping () -> Void) {
        guard committer == nil, isRebalancing else { return done() }
        let limit = cluster.configuration.callLimit()
        var timer: EventLoop.Timer?
        let once = Once {
            timer?.cancel()
            done()
        }
        commitWaiters.append { once.fire() }
        timer = core.loop.schedule(atNs: limit.endNs, onStop: { once.fire() }, { once.fire() })
    }

    private func arm() {
        timer?.cancel()
        timer = nil
        guard let wakeNs = machine.wakeNs else { return }
        timer = core.loop.schedule(atNs: wakeNs) { [weak self] in self?.act { $0.woke(nowNs: $1) } }
    }

    // MARK: Actions

    private func perform(_ action: MembershipAction<Machine.Question>) {
        switch action {
        case .ask(let question): ask(question)
        case .findCoordinatorAnew: cluster.coordinators.nodes[.group(group)] = nil
        case .share(let members, let strategy): share(members, strategy)
        case .giveUp(let partitions, let areLost):
            guard isPolled, pollCount == 0 else { return giveUp(partitions, areLost: areLost) }
            held.append((partitions, areLost))
        case .take(let partitions): take(partitions)
        case .note(let error): core.note(placed(error))
        case .fail(let error):
            settleStart(.failure(placed(error)))
            core.fail(placed(error))
        case .end: end()
        }
    }

    /// Shares out; the leader's.
    func share(_ members: [GroupMember], _ strategy: AssignmentStrategy) {}

    private func placed(_ error: ClientError) -> ClientError {
        var placed = error
        placed.group = group
        return placed.at(connection?.address.description)
    }

    private func giveUp(_ partitions: [TopicPartition], areLost: Bool) {
        let read = partitions.compactMap(core.partition)
        var offsets: [TopicPartition: Int64] = [:]
        if !areLost, core.configuration.autoCommitMs != nil {
            for partition in read { offsets[partition.topicPartition] = partition.place.position }
        }
        core.remove(read)
        let names = read.map(\.topicPartition)
        if !names.isEmpty { tell(areLost ? .lost(names) : .revoked(names)) }
        commit(offsets) { [self] in act { $0.gaveUp(partitions, nowNs: $1) } }
    }

    /// Commits, within a member's session; what goes wrong is noted.
    private func commit(_ offsets: [TopicPartition: Int64], _ done: @escaping () -> Void) {
        guard !offsets.isEmpty, let committer else { return done() }
        let ms = min(cluster.configuration.apiTimeoutMs, core.configuration.membership.sessionTimeoutMs)
        cluster.commit(
            group, offsets.mapValues { CommittedOffset(offset: $0) }, by: committer,
            within: cluster.configuration.callLimit(ms: ms)
        ) { [self] result in
            if case .failure(let error) = result { core.note(error) }
            done()
        }
    }

    private func take(_ partitions: [TopicPartition]) {
        guard core.isRunning else { return }
        tell(.assigned(partitions))
        findPositions(core.add(partitions.filter { core.partition($0) == nil }))
    }

    private func findPositions(_ partitions: [ConsumerCore.Partition]) {
        let finder = PositionFinder(core, partitions)
        finder.run { [weak self] result in
            guard let self else { return }
            switch result {
            case .success:
                core.knowsAssignment = true
                core.noteReady(at: EventLoop.nowNs())
                settleStart(.success(()))
            case .failure(let error):
                guard startWaiter == nil else { return settleStart(.failure(error)) }
                guard error.isRetriable, core.isRunning else { return core.fail(error) }
                core.note(error)
                findPositions(partitions.filter { $0.isAssigned && $0.place.position == nil })
            }
        }
    }

    // MARK: The end

    func close(committing offsets: [TopicPartition: Int64], _ done: @escaping () -> Void) {
        endWaiters.append(done)
        guard endWaiters.count == 1 else { return }
        held = []
        commit(offsets) { [self] in
            act { machine, _ in machine.close() }
        }
    }

    private func end() {
        timer?.cancel()
        wakeCommitWaiters()
        settleStart(.failure(ClientError(.closed)))
        connection?.close(ClientError(.closed))
        connection = nil
        tell(.left)
        let waiters = endWaiters
        endWaiters = []
        for waiter in waiters { waiter() }
    }

    // MARK: Asking

    /// Asks the coordinator, over the member's own connection unless that is busy with something
    /// the broker keeps.
    func request<Request: KafkaRequest>(
        _ request: Request, timeoutMs: Int? = nil, askedMs: Int = 0, aside: Bool = false,
        _ done: @escaping (Result<Request.Response, ClientError>) -> Void
    ) {
        cluster.findCoordinator(of: .group(group)) { [self] result in
            switch result {
            case .failure(let error): done(.failure(error))
            case .success(let node):
                guard let connection = aside ? cluster.connection(to: node) : ownConnection(to: node) else {
                    return done(.failure(ClientError(.closed)))
                }
                cluster.request(request, on: connection, timeoutMs: timeoutMs, askedMs: askedMs, done: done)
            }
        }
    }

    private func ownConnection(to node: Int32) -> BrokerConnection? {
        if let connection, !connection.isClosed, connectedNode == node { return connection }
        connection?.close(ClientError(.closed))
        connectedNode = node
        connection = cluster.ownConnection(to: node, for: core) { [weak self] _ in self?.connection = nil }
        // Positions are asked for over another, which comes up while the broker gathers members.
        _ = cluster.connection(to: node)
        return connection
    }
}
