import KafkaProtocol
import Networking

extension ProducerCore {
    /// Gives a partition an identity under which it has sent nothing yet; false while there is
    /// none.
    func provideIdentity(_ state: PartitionState) -> Bool {
        if let identity, state.queue.identity != identity {
            state.queue.identified(as: identity)
            return true
        }
        identity = nil
        askForIdentity()
        return false
    }

    /// Asks any broker for a producer id, unless that is under way.
    func askForIdentity() {
        guard configuration.isIdempotent, !isAskingForIdentity, identity == nil, !isClosed else { return }
        guard identityNotBeforeNs <= EventLoop.nowNs() else { return wake(atNs: identityNotBeforeNs) }
        isAskingForIdentity = true
        var request = InitProducerIdRequest()
        request.transactionalId = nil
        request.transactionTimeoutMs = .max
        cluster.requestOfAny(request) { [self] connection, result in
            identityAnswered(result, from: connection)
        }
    }

    private func identityAnswered(
        _ result: Result<InitProducerIdResponse, ClientError>, from connection: BrokerConnection?
    ) {
        var broker: String? { connection?.address.description }
        isAskingForIdentity = false
        guard !isClosed else { return }
        switch result {
        case .success(let response) where response.errorCode == .none:
            guard response.producerId >= 0 else {
                let text = "the answer holds no producer id but \(response.producerId)"
                return identityFailed(ClientError(.malformedResponse(text), broker: broker, api: .initProducerId))
            }
            identityFailures = 0
            identityError = nil
            identity = ProducerIdentity(id: response.producerId, epoch: response.producerEpoch)
            drain()
            settleIdentityWaiters(nil)
        case .success(let response):
            identityFailed(ClientError(.broker(response.errorCode), broker: broker, api: .initProducerId))
        case .failure(let error): identityFailed(error)
        }
    }

    private func identityFailed(_ error: ClientError) {
        identityFailures += 1
        identityError = error
        let waitNs = cluster.configuration.retryBackoff.waitNs(afterFailures: identityFailures)
        identityNotBeforeNs = EventLoop.nowNs() + waitNs
        settleIdentityWaiters(error)
        guard error.isRetriable else {
            // Nothing can be sent without one; it is asked for again with the next record, after a
            // back-off.
            for case let state? in partitions {
                seal(state)
                for batch in state.queue.waiting + state.queue.returned { giveUp(state, batch, error) }
            }
            return
        }
        // Kafka hands out producer ids by the thousand, and answers so until it has the next thousand:
        // part of what a new producer costs, and no fault.
        if error.code != .broker(.coordinatorLoadInProgress) { cluster.environment.metrics.retryCount += 1 }
        wake(atNs: identityNotBeforeNs)
    }

    /// Asks for the topics' leaders and for a producer id in one go, and tells what failed, if
    /// something did.
    func start(topics: [String], done: @escaping (ClientError?) -> Void) {
        cluster.waitForTopics(topics, mustBeLed: true, within: blockLimit) {
            [self] result in
            if case .failure(let error) = result { return done(error) }
            whenIdentified(done)
        }
        // It goes out right behind.
        askForIdentity()
    }

    /// Calls `done` when there is an identity, or an attempt to get one has failed.
    private func whenIdentified(_ done: @escaping (ClientError?) -> Void) {
        guard configuration.isIdempotent, identity == nil else { return done(nil) }
        guard !isClosed else { return done(ClientError(.closed)) }
        identityWaiters.append(done)
        guard identityNotBeforeNs > EventLoop.nowNs() else { return askForIdentity() }
        // Nothing waits to be sent, so that no other timer would ask once the back-off is over.
        loop.schedule(
            atNs: identityNotBeforeNs, onStop: { [self] in settleIdentityWaiters(ClientError(.closed)) },
            { [self] in askForIdentity() })
    }

    func settleIdentityWaiters(_ error: ClientError?) {
        let waiters = identityWaiters
        identityWaiters = []
        for waiter in waiters { waiter(error) }
    }

    /// Metadata came: says whether all that waits to be sent has a leader.
    func metadataUpdated() -> Bool {
        var isEnough = true
        for state in listed {
            guard let leader = cluster.metadata.leader(of: state.topicPartition) else {
                isEnough = false
                continue
            }
            if state.leader != nil, state.leader != leader { state.queue.leaderChanged() }
        }
        drainSoon()
        return isEnough
    }
}
