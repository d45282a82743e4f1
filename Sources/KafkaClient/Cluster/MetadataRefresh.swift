import KafkaProtocol
import Networking

/// What a cluster keeps for asking for metadata: when, whom next, and for whom.
struct MetadataRefresh {
    /// Somebody who waits for topics to be known.
    struct Waiter {
        let id: Int
        let topics: [String]
        /// Whether every partition must have a leader.
        let mustBeLed: Bool
        let timer: EventLoop.Timer
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
    /// Told of every answer; they say whether it suffices for them.
    var observers: [ObjectIdentifier: () -> Bool] = [:]
    /// Topics that may be created by being asked for.
    var creatable: Set<String> = []
    var lastError: ClientError?

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

    /// Calls `done` when all `topics` are known, or cannot be, or the time is over.
    func waitForTopics(
        _ topics: [String], mustBeLed: Bool, mayCreate: Bool, timeoutMs: Int,
        done: @escaping (Result<Void, ClientError>) -> Void
    ) {
        guard !isClosed else { return done(.failure(ClientError(.closed))) }
        for name in topics where mayCreate && metadata.topics[name] == nil { refresh.creatable.insert(name) }
        metadata.want(topics)
        if metadata.updatedNs != nil, let result = result(for: topics, mustBeLed) { return done(result) }
        let id = refresh.nextWaiter
        refresh.nextWaiter += 1
        let endNs = EventLoop.nowNs() + UInt64(timeoutMs) * 1_000_000
        let timer = environment.loop.schedule(
            atNs: endNs, onStop: { done(.failure(ClientError(.closed))) },
            { [weak self] in self?.giveUp(id, afterMs: timeoutMs) })
        refresh.waiters.append(
            MetadataRefresh.Waiter(id: id, topics: topics, mustBeLed: mustBeLed, timer: timer, done: done))
        refreshMetadata()
    }

    /// The same for those who can wait in line.
    nonisolated(nonsending) func waitForTopics(
        _ topics: [String], mustBeLed: Bool, mayCreate: Bool, timeoutMs: Int
    ) async throws(ClientError) {
        let result = await withCheckedContinuation { continuation in
            waitForTopics(topics, mustBeLed: mustBeLed, mayCreate: mayCreate, timeoutMs: timeoutMs) {
                continuation.resume(returning: $0)
            }
        }
        try result.get()
    }

    func failWaiters(_ error: ClientError) {
        let waiters = refresh.waiters
        refresh.waiters = []
        for waiter in waiters {
            waiter.timer.cancel()
            waiter.done(.failure(error))
        }
    }

    private func giveUp(_ id: Int, afterMs: Int) {
        guard let at = refresh.waiters.firstIndex(where: { $0.id == id }) else { return }
        let waiter = refresh.waiters.remove(at: at)
        let unknown = waiter.topics.first { !isKnown($0, waiter.mustBeLed) } ?? ""
        let error = metadata.topics[unknown]?.error ?? .none
        let code: ClientError.Code = error == .none ? .timedOut(afterMs: afterMs) : .broker(error)
        let place = TopicPartition(topic: unknown, partition: -1)
        waiter.done(.failure(refresh.lastError ?? ClientError(code, api: .metadata, topicPartition: place)))
    }

    // MARK: Asking

    private func perform(_ action: RefreshSchedule.Action) {
        switch action {
        case .none: break
        case .ask:
            refresh.attemptsLeft = metadata.nodes.count + configuration.bootstrapServers.count
            ask()
        case .wait(let untilNs):
            refresh.timer?.cancel()
            refresh.timer = environment.loop.schedule(atNs: untilNs) { [weak self] in
                guard let self else { return }
                perform(refresh.schedule.woke())
            }
        }
    }

    private func ask() {
        guard let connection = anyConnection() else { return failed(ClientError(.closed)) }
        var request = MetadataRequest()
        request.topics = metadata.wanted.sorted().map { name in
            var topic = MetadataRequest.MetadataRequestTopic()
            topic.name = name
            return topic
        }
        request.allowAutoTopicCreation = metadata.wanted.contains { refresh.creatable.contains($0) }
        self.request(request, on: connection) { [weak self] result in
            guard let self, !isClosed else { return }
            switch result {
            case .success(let response): answered(response)
            case .failure(let error): failed(error)
            }
        }
    }

    private func failed(_ error: ClientError) {
        refresh.lastError = error
        refresh.turn += 1
        refresh.attemptsLeft -= 1
        guard !isClosed else { return }
        if refresh.attemptsLeft > 0 { return ask() }
        // Who has never reached the cluster is told at once; later it is a matter of waiting for it to come back.
        if metadata.updatedNs == nil { failWaiters(error) }
        let isNeeded = !refresh.waiters.isEmpty || (metadata.updatedNs != nil && !refresh.observers.isEmpty)
        if isNeeded { environment.metrics.retryCount += 1 }
        perform(refresh.schedule.failed(isNeeded: isNeeded, nowNs: EventLoop.nowNs()))
    }

    private func answered(_ response: MetadataResponse) {
        let nowNs = EventLoop.nowNs()
        metadata.update(nodes: response.nodes, topics: response.heardTopics, nowNs: nowNs)
        metadata.controllerId = response.controllerId
        refresh.lastError = nil
        adoptBootstrap()
        settleWaiters()
        var isEnough = refresh.waiters.isEmpty
        for observer in refresh.observers.values where !observer() { isEnough = false }
        let action = refresh.schedule.answered(isEnough: isEnough, nowNs: nowNs)
        guard action == .none else { return perform(action) }
        let dueNs = nowNs + UInt64(configuration.metadataMaxAgeMs) * 1_000_000
        refresh.timer?.cancel()
        refresh.timer = environment.loop.schedule(atNs: dueNs) { [weak self] in self?.refreshMetadata() }
    }

    private func settleWaiters() {
        var settled: [(waiter: MetadataRefresh.Waiter, result: Result<Void, ClientError>)] = []
        refresh.waiters.removeAll { waiter in
            guard let result = result(for: waiter.topics, waiter.mustBeLed) else { return false }
            settled.append((waiter, result))
            return true
        }
        for (waiter, result) in settled {
            waiter.timer.cancel()
            waiter.done(result)
        }
    }

    private func result(for topics: [String], _ mustBeLed: Bool) -> Result<Void, ClientError>? {
        for name in topics {
            guard let error = metadata.topics[name]?.error, error != .none, !error.isRetriable else { continue }
            let place = TopicPartition(topic: name, partition: -1)
            return .failure(ClientError(.broker(error), api: .metadata, topicPartition: place))
        }
        return topics.allSatisfy { isKnown($0, mustBeLed) } ? .success(()) : nil
    }

    /// How many partitions a topic has that is in use and known already.
    func knownPartitionCount(of topic: String) -> Int? {
        guard isKnown(topic, false), metadata.wanted.contains(topic) else { return nil }
        return metadata.topics[topic]?.partitions.count
    }

    private func isKnown(_ name: String, _ mustBeLed: Bool) -> Bool {
        guard let topic = metadata.topics[name], topic.error == .none, !topic.partitions.isEmpty else { return false }
        return topic.isLed || !mustBeLed
    }
}
