import KafkaProtocol
import Networking
import System

/// What a cluster keeps for asking for metadata: when, whom next, and for whom.
struct MetadataRefresh {
    /// A caller that waits for topics to be known.
    struct Waiter {
        let id: Int
        let topics: [String]
        /// Whether every partition must have a leader.
        let mustBeLed: Bool
        var timer: EventLoop.Timer?
        let done: (Result<Void, ClientError>) -> Void
    }

    var schedule: RefreshSchedule
    /// Counts attempts, and so says which broker is asked next.
    var turn = 0
    /// Attempts left before there is a pause.
    var attemptsLeft = 0
    var timer: EventLoop.Timer?
    /// In the order in which they came.
    var waiters: [Waiter] = []
    var nextWaiter = 0
    /// Told of every answer, of which they say whether it suffices for them, and of the end.
    var observers: [(owner: ObjectIdentifier, metadataUpdated: () -> Bool, closed: () -> Void)] = []
    /// Why the last question was of no use; nil if it was of some.
    var lastError: ClientError?
    /// Why the bootstrap servers before the last did not answer, while none has.
    var earlier: [ClientError] = []
    /// Who answered last.
    var answerer: SocketAddress?
    /// Where the question under way was sent.
    var asked: BrokerConnection?

    init(_ configuration: ClientConfiguration) {
        schedule = RefreshSchedule(backoff: configuration.retryBackoff)
    }
}

extension Cluster {
    /// Asks for metadata soon: what is known has shown itself wrong.
    func refreshMetadata() {
        guard !isClosed else { return }
        perform(refresh.schedule.want(nowNs: EventLoop.nowNs()))
    }

    /// Tells `owner` of every answer, which says whether that suffices for it, and of the end,
    /// until `stopObserving`.
    func observe(_ owner: AnyObject, onClose: @escaping () -> Void = {}, _ metadataUpdated: @escaping () -> Bool) {
        stopObserving(owner)
        refresh.observers.append((ObjectIdentifier(owner), metadataUpdated, onClose))
    }

    func stopObserving(_ owner: AnyObject) { refresh.observers.removeAll { $0.owner == ObjectIdentifier(owner) } }

    /// Calls `done` when all `topics` are known, or cannot be, or the time is over.
    func waitForTopics(
        _ topics: [String], mustBeLed: Bool, within limit: CallLimit,
        done: @escaping (Result<Void, ClientError>) -> Void
    ) {
        guard !isClosed else { return done(.failure(ClientError(.closed))) }
        metadata.want(topics)
        if metadata.updatedNs != nil, let result = result(for: topics, mustBeLed) { return done(result) }
        let id = refresh.nextWaiter
        refresh.nextWaiter += 1
        refresh.waiters.append(MetadataRefresh.Waiter(id: id, topics: topics, mustBeLed: mustBeLed, done: done))
        let timer = environment.loop.schedule(
            atNs: limit.endNs, onStop: { [self] in loopStopped(id) }, { [self] in giveUp(id, limit) })
        // A loop that has stopped has told it already.
        guard let at = refresh.waiters.firstIndex(where: { $0.id == id }) else { return }
        refresh.waiters[at].timer = timer
        refreshMetadata()
    }

    private func loopStopped(_ id: Int) {
        guard let at = refresh.waiters.firstIndex(where: { $0.id == id }) else { return }
        refresh.waiters.remove(at: at).done(.failure(ClientError(.closed)))
    }

    /// The same for those who can wait in line.
    nonisolated(nonsending) func waitForTopics(
        _ topics: [String], mustBeLed: Bool, within limit: CallLimit
    ) async throws(ClientError) {
        let result = await withCheckedContinuation { continuation in
            waitForTopics(topics, mustBeLed: mustBeLed, within: limit) {
                continuation.resume(returning: $0)
            }
        }
        try result.get()
    }

    func failWaiters(_ error: ClientError) {
        let waiters = refresh.waiters
        refresh.waiters = []
        for waiter in waiters {
            waiter.timer?.cancel()
            waiter.done(.failure(error))
        }
    }

    private func giveUp(_ id: Int, _ limit: CallLimit) {
        guard let at = refresh.waiters.firstIndex(where: { $0.id == id }) else { return }
        let waiter = refresh.waiters.remove(at: at)
        let unknown = waiter.topics.first { !isKnown(metadata.topic($0), waiter.mustBeLed) }
        var error = refresh.asked?.timeoutError(.metadata, limit) ?? limit.timeoutError(.metadata)
        error.topicPartition = unknown.map { TopicPartition(topic: $0, partition: -1) }
        if let lastError = refresh.lastError {
            error.cause = lastError
            error.attemptCount = max(refresh.schedule.failures, 1)
        } else if var reason = unknown.flatMap(whyUnknown) {
            // What the broker says is the reason; the time is how long it was believed to pass.
            reason.hint = [reason.hint, "nothing else was heard within \(limit.words)"].compactMap(\.self).joined(
                separator: "; ")
            error = reason
        }
        waiter.done(.failure(error))
    }

    /// What the last answer said of a topic that is not known, or not led, for all that.
    private func whyUnknown(_ name: String) -> ClientError? {
        guard let topic = metadata.topic(name) else { return nil }
        let broker = refresh.answerer?.description
        let place = TopicPartition(topic: name, partition: -1)
        guard topic.error == .none else {
            return ClientError(.broker(topic.error), broker: broker, api: .metadata, topicPartition: place)
        }
        let leaderless = topic.partitions.firstIndex { $0.leaderId < 0 }
        return leaderless.map { self.leaderless(TopicPartition(topic: name, partition: Int32($0))) }
    }

    /// Why a partition has no broker to be asked of it.
    func leaderless(_ topicPartition: TopicPartition) -> ClientError {
        guard let topic = metadata.topic(topicPartition.topic),
            topic.partitions.indices.contains(Int(topicPartition.partition))
        else { return ClientError(.broker(.unknownTopicOrPartition), topicPartition: topicPartition) }
        let leader = topic.partitions[Int(topicPartition.partition)].leaderId
        var error = ClientError(
            .broker(.leaderNotAvailable), broker: refresh.answerer?.description, api: .metadata,
            topicPartition: topicPartition)
        if leader >= 0 { error.hint = "Metadata says that broker \(leader) leads it, and does not name that broker" }
        return error
    }

    // MARK: Asking

    private func perform(_ action: RefreshSchedule.Action) {
        switch action {
        case .none: break
        case .ask:
            refresh.attemptsLeft = addressCount
            ask()
        case .wait(let untilNs):
            refresh.timer?.cancel()
            refresh.timer = environment.loop.schedule(atNs: untilNs) { [self] in
                perform(refresh.schedule.woke())
            }
        }
    }

    private func ask() {
        let turn = refresh.turn
        guard let connection = anyConnection() else { return failed(ClientError(.closed), turn: turn) }
        refresh.asked = connection
        let names = metadata.used.keys.sorted()
        self.request(MetadataRequest(of: names), on: connection) { [self] result in
            refresh.asked = nil
            guard !isClosed else { return }
            switch result {
            case .success(let response):
                noteBootstrapServer(connection)
                guard !response.brokers.isEmpty else { return failed(.withoutBrokers(connection), turn: turn) }
                answered(response, to: names, connection)
            case .failure(let error): failed(error, turn: turn)
            }
        }
    }

    private func failed(_ error: ClientError, turn: Int) {
        refresh.lastError = error
        moveOn(from: turn)
        refresh.attemptsLeft -= 1
        guard !isClosed else { return }
        if refresh.attemptsLeft > 0 {
            refresh.earlier.append(error)
            return ask()
        }
        // Who has never reached the cluster is told at once; later it is a matter of waiting for it
        // to come back.
        if metadata.updatedNs == nil { failWaiters(error.after(refresh.earlier)) }
        refresh.earlier = []
        let isNeeded = !refresh.waiters.isEmpty || (metadata.updatedNs != nil && !refresh.observers.isEmpty)
        if isNeeded { environment.metrics.retryCount += 1 }
        perform(refresh.schedule.failed(isNeeded: isNeeded, nowNs: EventLoop.nowNs()))
    }

    private func answered(_ response: MetadataResponse, to names: [String], _ connection: BrokerConnection) {
        let nowNs = EventLoop.nowNs()
        let answered = response.cachedTopics
        metadata.update(nodes: response.nodes, topics: answered, nowNs: nowNs)
        metadata.controllerId = response.controllerId
        environment.isReached = true
        refresh.answerer = connection.address
        refresh.earlier = []
        refresh.lastError = Self.fault(of: answered, names)?.at(connection.address.description)
        adoptBootstrap()
        settleWaiters()
        var isEnough = refresh.waiters.isEmpty
        for observer in refresh.observers where !observer.metadataUpdated() { isEnough = false }
        // A handler may have closed the cluster.
        guard !isClosed else { return }
        let action = refresh.schedule.answered(isEnough: isEnough, nowNs: nowNs)
        guard action == .none else { return perform(action) }
        let dueNs = nowNs.later(byMs: configuration.metadataMaxAgeMs)
        refresh.timer?.cancel()
        refresh.timer = environment.loop.schedule(atNs: dueNs) { [self] in refreshMetadata() }
    }

    /// What is missing from an answer that no broker gives; it is asked for again, with back-off,
    /// while somebody waits for it.
    private static func fault(
        of answered: [(name: String, topic: MetadataCache.Topic)], _ names: [String]
    ) -> ClientError? {
        for (name, topic) in answered where topic.error == .none && topic.partitions.isEmpty {
            return ClientError(
                .malformedResponse("the answer names no partition of the topic"), api: .metadata,
                topicPartition: TopicPartition(topic: name, partition: -1))
        }
        guard !names.isEmpty else { return nil }
        let named = Set(answered.map(\.name))
        return names.first { !named.contains($0) }
            .map { .leftOut(TopicPartition(topic: $0, partition: -1), .metadata) }
    }

    private func settleWaiters() {
        var at = 0
        // Whoever is told may wait for more, behind the others, or close the cluster, which empties
        // the list.
        while at < refresh.waiters.count {
            guard let result = result(for: refresh.waiters[at].topics, refresh.waiters[at].mustBeLed) else {
                at += 1
                continue
            }
            let waiter = refresh.waiters.remove(at: at)
            waiter.timer?.cancel()
            waiter.done(result)
        }
    }

    private func result(for topics: [String], _ mustBeLed: Bool) -> Result<Void, ClientError>? {
        var isComplete = true
        for name in topics {
            let topic = metadata.topic(name)
            if let error = topic?.error, error != .none, !error.isRetriable {
                let place = TopicPartition(topic: name, partition: -1)
                return .failure(ClientError(.broker(error), api: .metadata, topicPartition: place))
            }
            if !isKnown(topic, mustBeLed) { isComplete = false }
        }
        return isComplete ? .success(()) : nil
    }

    /// How many partitions a topic has that is in use and known already.
    func knownPartitionCount(of topic: String) -> Int? {
        let known = metadata.topic(topic)
        return isKnown(known, false) ? known?.partitions.count : nil
    }

    private func isKnown(_ topic: MetadataCache.Topic?, _ mustBeLed: Bool) -> Bool {
        guard let topic, topic.error == .none, !topic.partitions.isEmpty else { return false }
        return topic.isLed || !mustBeLed
    }
}

extension ClientError {
    /// The error of the last bootstrap server, with those of the ones before it.
    fileprivate func after(_ earlier: [ClientError]) -> ClientError {
        guard !earlier.isEmpty else { return self }
        var error = self
        let others = earlier.prefix(4).map(\.description).joined(separator: "; ")
        error.hint = [hint, "no other bootstrap server answered either: \(others)"].compactMap(\.self)
            .joined(separator: "; ")
        return error
    }

    /// An answer that would leave a client without a cluster, such as a broker gives that has just
    /// started.
    fileprivate static func withoutBrokers(_ connection: BrokerConnection) -> ClientError {
        ClientError(
            .malformedResponse("the answer names no broker of the cluster"), broker: connection.address.description,
            api: .metadata)
    }
}
