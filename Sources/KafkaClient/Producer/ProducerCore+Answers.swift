import Bytes
import KafkaProtocol
import Networking

extension ProducerCore {
    /// The broker answered: each batch is told of, or goes back to its queue.
    func answered(
        _ draft: Draft, _ frame: ByteBuffer, version: Int16, on connection: BrokerConnection
    ) throws(ClientError) {
        let nowNs = EventLoop.nowNs()
        let response: ProduceResponse
        do throws(ClientError) {
            response = try connection.read(ProduceResponse.self, frame, version: version)
        } catch {
            let error = error.at(cluster.name(of: draft.leader))
            failed(draft, error, wasSent: true)
            throw error
        }
        var missing: ClientError?
        for (state, batch) in draft.batches {
            if let answer = response.answer(to: state.topicPartition) {
                settle(state, batch, answer, nowNs)
            } else {
                let error = ClientError.leftOut(state.topicPartition, .produce).at(cluster.name(of: draft.leader))
                failed(state, batch, error, wasSent: true)
                missing = error
            }
        }
        if let missing { throw missing }
    }

    /// With `acks=0` this is all that will be heard of them.
    func sent(_ draft: Draft) {
        for (state, batch) in draft.batches {
            state.queue.succeeded(batch)
            report(batch, .sent)
            release(batch)
        }
    }

    /// The request failed as a whole.
    func failed(_ draft: Draft, _ error: ClientError, wasSent: Bool) {
        for (state, batch) in draft.batches { failed(state, batch, error, wasSent: wasSent) }
        if error.isAboutLeadership, !isClosed { cluster.refreshMetadata() }
    }

    private func settle(
        _ state: PartitionState, _ batch: ProducerBatch, _ answer: (errorCode: ErrorCode, baseOffset: Int64),
        _ nowNs: UInt64
    ) {
        var error: ClientError {
            ClientError(
                .broker(answer.errorCode), broker: cluster.name(of: state.leader), api: .produce,
                topicPartition: state.topicPartition)
        }
        switch ProduceVerdict(answer.errorCode) {
        case .stored:
            state.queue.succeeded(batch)
            let offset = answer.errorCode == .none ? answer.baseOffset : -1
            report(batch, .acknowledged, baseOffset: offset, nowNs: nowNs)
            release(batch)
        case .again(let leavesTrace):
            let error = error
            sendAgain(state, batch, error, leavesTrace ? .unknown : .notFromThisSending)
            if error.isAboutLeadership { cluster.refreshMetadata() }
        case .outOfOrder:
            // Alone it means that the broker and this producer do not agree any more on what was
            // sent.
            let isConsequence = state.queue.isPreceded(batch)
            let isOfSplit = isConsequence && state.queue.isPreceded(batch) { $0.isOfSplit && $0.attempts == 0 }
            if !isConsequence { state.queue.lostSequence() }
            sendAgain(state, batch, error, .none, waits: !isConsequence, isCounted: !isOfSplit)
        case .unknownProducer:
            state.queue.lostSequence()
            if batch.isUncertain { return giveUp(state, batch, error) }
            sendAgain(state, batch, error, .none)
        case .tooLarge:
            if !split(state, batch) { giveUp(state, batch, tooLarge(batch, state)) }
        case .refused(let leavesTrace):
            if leavesTrace { batch.isUncertain = true }
            giveUp(state, batch, error)
        }
    }

    private func failed(_ state: PartitionState, _ batch: ProducerBatch, _ error: ClientError, wasSent: Bool) {
        var error = error
        error.topicPartition = state.topicPartition
        guard error.isRetriable else {
            if wasSent { batch.isUncertain = true }
            return giveUp(state, batch, error)
        }
        // A connection that was not made has a back-off of its own, and nothing was tried yet.
        if !wasSent { batch.attempts -= 1 }
        sendAgain(state, batch, error, wasSent ? .unknown : .notFromThisSending, waits: wasSent)
    }

    /// Sends a batch again; one that `waits`, after a back-off. What follows from a split before it
    /// is not counted.
    private func sendAgain(
        _ state: PartitionState, _ batch: ProducerBatch, _ error: ClientError,
        _ trace: PartitionQueue<ProducerBatch>.Trace, waits: Bool = true, isCounted: Bool = true
    ) {
        if trace == .unknown { batch.isUncertain = true }
        if trace == .none { batch.isUncertain = false }
        let isOver = batch.attempts > configuration.retries || batch.deadlineNs <= EventLoop.nowNs()
        guard !batch.isReported, !isOver, !isClosed else { return giveUp(state, batch, error) }
        state.lastRetryError = error
        if batch.attempts > 0, isCounted { cluster.environment.metrics.retryCount += 1 }
        let waitNs = cluster.configuration.retryBackoff.waitNs(afterFailures: state.queue.failures + 1)
        state.queue.returned(batch, trace: trace, holdUntilNs: waits ? EventLoop.nowNs() + waitNs : 0)
        list(state)
    }

    /// Sends the records of a batch that was refused as too large in smaller ones (KIP-126); false
    /// where nobody waits for them any more, or there is but one.
    private func split(_ state: PartitionState, _ batch: ProducerBatch) -> Bool {
        guard batch.recordCount > 1, !batch.isReported, !isClosed, batch.deadlineNs > EventLoop.nowNs() else {
            return false
        }
        estimate.refused(compressed: batch.byteCount, of: batch.plainByteCount)
        let byteCount = batch.splitByteCount(batchByteCount: configuration.batchByteCount)
        let parts: [ProducerBatch]
        do throws(ClientError) {
            parts = try batch.split(byteCount: byteCount, compressor, cluster.environment.pool)
        } catch {
            giveUp(state, batch, error)
            return true
        }
        cluster.environment.metrics.splitCount += 1
        for part in parts { hold(part) }
        state.queue.split(batch, into: parts)
        unreported.replace(parts) { $0 === batch }
        release(batch)
        list(state)
        return true
    }

    private func tooLarge(_ batch: ProducerBatch, _ state: PartitionState) -> ClientError {
        ClientError(.batchTooLarge(byteCount: batch.byteCount), api: .produce, topicPartition: state.topicPartition)
    }

    /// Gives a batch up for good.
    func giveUp(_ state: PartitionState, _ batch: ProducerBatch, _ error: ClientError) {
        state.queue.gaveUp(batch)
        report(batch, batch.isUncertain ? .unknown(error) : .refused(error))
        release(batch)
        list(state)
    }

    private func list(_ state: PartitionState) {
        guard !state.isListed, state.hasUnsent else { return }
        state.isListed = true
        listed.append(state)
    }

    /// Tells of a batch, once.
    func report(
        _ batch: ProducerBatch, _ outcome: BatchDelivery.Outcome, baseOffset: Int64 = -1, nowNs: UInt64? = nil
    ) {
        guard !batch.isReported else { return }
        batch.isReported = true
        let delivery = BatchDelivery(
            partition: PartitionHandle(index: batch.partition), recordCount: batch.recordCount,
            firstOrdinal: batch.ordinal, outcome: outcome, baseOffset: baseOffset, byteCount: batch.byteCount,
            ackNs: nowNs ?? EventLoop.nowNs(), attempts: batch.attempts)
        switch outcome {
        case .refused: undelivered.refusedRecordCount += batch.recordCount
        case .unknown: undelivered.unknownRecordCount += batch.recordCount
        case .acknowledged, .sent: break
        }
        onDelivery?(delivery)
        partition(batch.partition).settleWaiters(of: delivery)
        while let first = unreported.first, first.isReported { _ = unreported.popFirst() }
        settleFlushes()
    }

    // MARK: Time

    /// Gives up, at the delivery timeout, what is not stored by then.
    func armExpiry(_ deadlineNs: UInt64) {
        expiryTimer?.cancel()
        expiryTimer = loop.schedule(atNs: deadlineNs, onStop: { [self] in abort() }) { [self] in expire() }
    }

    private func expire() {
        let nowNs = EventLoop.nowNs()
        while let batch = unreported.first, batch.deadlineNs <= nowNs { expire(batch) }
        if let next = unreported.first { armExpiry(next.deadlineNs) }
        drainSoon()
    }

    private func expire(_ batch: ProducerBatch) {
        let state = partition(batch.partition)
        let error = timeoutError(batch, state)
        if state.open === batch {
            state.open = nil
            report(batch, .refused(error))
            release(batch)
        } else if state.queue.inFlight.contains(where: { $0 === batch }) {
            // Its answer is still awaited, so that what follows it is numbered right.
            batch.isUncertain = true
            report(batch, .unknown(error))
        } else {
            giveUp(state, batch, error)
        }
    }

    /// The error of a batch whose time is over, with what kept it from being stored.
    private func timeoutError(_ batch: ProducerBatch, _ state: PartitionState) -> ClientError {
        var error = ClientError(
            .deliveryTimedOut(afterMs: configuration.deliveryTimeoutMs), broker: cluster.name(of: state.leader),
            api: .produce, topicPartition: state.topicPartition)
        error.attemptCount = batch.attempts
        error.cause = blockingError(of: state)
        return error
    }

    /// The error of who waited in vain for room, with what keeps a partition's batches from being
    /// stored.
    func full(_ state: PartitionState) -> ClientError {
        var error = ClientError(
            .bufferFull(afterMs: configuration.blockMs), topicPartition: state.topicPartition)
        error.cause = blockingError(of: state)
        return error
    }

    /// What keeps a partition's batches from being stored, as far as that is known.
    private func blockingError(of state: PartitionState) -> ClientError? {
        if state.queue.failures > 0, let lastRetryError = state.lastRetryError { return lastRetryError }
        if configuration.isIdempotent, identity == nil, let identityError { return identityError }
        guard cluster.metadata.leader(of: state.topicPartition) == nil else { return nil }
        return cluster.refresh.lastError ?? cluster.leaderless(state.topicPartition)
    }

    // MARK: Flushing

    /// Calls `done` when the outcome of everything enqueued so far is known.
    func flush(_ done: @escaping () -> Void) {
        guard let serial = lastUnreportedSerial else { return done() }
        flushSerial = max(flushSerial, serial)
        flushes.append((serial, done))
        drainSoon()
    }

    private func settleFlushes() {
        guard !flushes.isEmpty else { return }
        let oldest = unreported.first?.serial ?? .max
        let finished = flushes.filter { $0.serial < oldest }
        flushes.removeAll { $0.serial < oldest }
        for flush in finished { flush.done() }
    }

    /// Ends at once: everything that is not stored is reported as not delivered.
    func abort() {
        guard !isClosed else { return }
        if !isClosing { beginClosing() }
        isClosed = true
        wakeTimer?.cancel()
        expiryTimer?.cancel()
        cluster.stopObserving(self)
        settleIdentityWaiters(ClientError(.closed))
        for case let state? in partitions where state.hasUnsent || !state.queue.inFlight.isEmpty {
            var left = state.queue.takeAll()
            if let open = state.open { left.append(open) }
            state.open = nil
            for batch in left {
                let error = ClientError(.closed, topicPartition: state.topicPartition)
                let isInFlight = batch.attempts > 0
                report(batch, isInFlight ? .unknown(error) : .refused(error))
            }
        }
        onDelivery = nil
        admit()
    }
}

extension ProduceResponse {
    /// What it says of one partition.
    func answer(to topicPartition: TopicPartition) -> (errorCode: ErrorCode, baseOffset: Int64)? {
        // By place, as an answer taken out would be copied with all that it holds.
        for topic in responses.indices where responses[topic].name == topicPartition.topic {
            let answers = responses[topic].partitionResponses
            for at in answers.indices where answers[at].index == topicPartition.partition {
                return (answers[at].errorCode, answers[at].baseOffset)
            }
        }
        return nil
    }
}
