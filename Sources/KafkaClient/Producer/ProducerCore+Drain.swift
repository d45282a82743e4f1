import Bytes
import KafkaProtocol
import Networking

extension ProducerCore {
    /// One request in the making: a batch for each of several partitions that one broker leads.
    struct Draft {
        let leader: Int32
        var batches: [(state: PartitionState, batch: ProducerBatch)] = []
        var byteCount = 0
    }

    /// Sends whatever may be sent, and sees to it that it is called again when more may be.
    func drain() {
        admit()
        guard !isClosed else { return }
        let nowNs = EventLoop.nowNs()
        while drainRound(nowNs) {
            guard cluster.isClosed else { continue }
            // Batches fail at once now, and their handler may enqueue more: that this ends is for
            // others to see to, who need the loop.
            drainSoon()
            break
        }
        listed.removeAll { state in
            state.isListed = state.hasUnsent
            return !state.isListed
        }
        // Partitions take turns in being first, so that a small request does not always hold the
        // same ones.
        if listed.count > 1 { listed.append(listed.removeFirst()) }
    }

    /// Sends at most one request to each broker that a batch is due for; says whether it sent any.
    ///
    /// As in Java's accumulator, such a request takes a batch of each partition that the broker
    /// leads, also of those whose batch is not due yet.
    private func drainRound(_ nowNs: UInt64) -> Bool {
        guard findReadyLeaders(nowNs) else { return false }
        var drafts: [Draft] = []
        for state in listed {
            guard hasBatch(state), let leader = leader(of: state), readyLeaders.contains(leader) else { continue }
            guard isPrepared(state, nowNs) else { continue }
            if !state.queue.hasUnsent { seal(state) }
            let byteCount = state.queue.nextByteCount
            guard byteCount > 0 else { continue }
            let at = drafts.firstIndex { $0.leader == leader } ?? drafts.endIndex
            let isNew = at == drafts.endIndex
            guard isNew || drafts[at].byteCount + byteCount <= configuration.requestByteCountMax,
                let batch = state.queue.next()
            else { continue }
            state.leader = leader
            batch.finish()
            if isNew { drafts.append(Draft(leader: leader)) }
            drafts[at].batches.append((state, batch))
            drafts[at].byteCount += batch.byteCount
        }
        for draft in drafts { send(draft) }
        return !drafts.isEmpty
    }

    /// Notes the brokers that a batch is due for, and that can take one; returns whether there are
    /// any.
    private func findReadyLeaders(_ nowNs: UInt64) -> Bool {
        readyLeaders.removeAll(keepingCapacity: true)
        for state in listed {
            guard isDue(state, nowNs), let leader = leader(of: state), !readyLeaders.contains(leader) else { continue }
            let canTake = hasSlot(leader)
            note(leader, canTake: canTake, nowNs: nowNs)
            if canTake, isPrepared(state, nowNs) { readyLeaders.append(leader) }
        }
        return !readyLeaders.isEmpty
    }

    private func hasBatch(_ state: PartitionState) -> Bool {
        state.queue.hasUnsent || state.open.map { $0.recordCount > 0 } ?? false
    }

    /// Whether there is a batch to send: one that is full, or has lingered, or must not linger.
    private func isDue(_ state: PartitionState, _ nowNs: UInt64) -> Bool {
        if state.queue.hasUnsent { return true }
        guard let open = state.open, open.recordCount > 0 else { return false }
        if open.createdNs + lingerNs <= nowNs || open.serial <= flushSerial || isClosing || !hasRoom { return true }
        wake(atNs: open.createdNs + lingerNs)
        return false
    }

    private func leader(of state: PartitionState) -> Int32? {
        let version = cluster.metadata.version
        if state.cachedLeader.version != version {
            state.cachedLeader = (version, cluster.metadata.leader(of: state.topicPartition))
        }
        if let leader = state.cachedLeader.leader { return leader }
        cluster.metadata.want([state.topicPartition.topic])
        cluster.refreshMetadata()
        return nil
    }

    private func hasSlot(_ leader: Int32) -> Bool {
        requestsInFlight[leader, default: 0] < configuration.inFlightMax
    }

    /// Whether the partition's queue would give a batch now; if not, sees to what it needs.
    private func isPrepared(_ state: PartitionState, _ nowNs: UInt64) -> Bool {
        switch state.queue.need(nowNs: nowNs) {
        case .nothing: return true
        case .answers: return false
        case .identity: return provideIdentity(state) && state.queue.need(nowNs: nowNs) == .nothing
        case .time(let ns):
            wake(atNs: ns)
            return false
        }
    }

    private func send(_ draft: Draft) {
        let leader = draft.leader
        guard let connection = cluster.connection(to: leader) else {
            return failed(draft, ClientError(.closed), wasSent: false)
        }
        requestsInFlight[leader, default: 0] += 1
        let (request, ordered) = makeRequest(draft)
        let call = PendingRequest(
            request, clientId: cluster.configuration.clientId, timeoutMs: requestTimeoutMs,
            isAnswered: configuration.acks != .none, records: ordered.map { ($0.batch.buffer, $0.batch.range) }
        ) { [self] (call, outcome) throws(ClientError) in
            requestsInFlight[leader, default: 1] -= 1
            defer { drainSoon() }
            switch outcome {
            case .answered(let frame):
                defer { cluster.environment.pool.give(frame) }
                try answered(draft, frame, version: call.version, on: connection)
            case .sent: sent(draft)
            case .failed(let error, let wasSent): failed(draft, error, wasSent: wasSent)
            }
        }
        connection.send(call)
    }

    /// The request for a draft, and its batches in the order in which the request names them.
    private func makeRequest(
        _ draft: Draft
    ) -> (ProduceRequest, [(state: PartitionState, batch: ProducerBatch)]) {
        var request = ProduceRequest()
        request.acks = configuration.acks.rawValue
        request.timeoutMs = Int32(clamping: requestTimeoutMs)
        var ordered = draft.batches
        if ordered.count > 1 { ordered.sort { $0.state.topicPartition.topic < $1.state.topicPartition.topic } }
        for (state, batch) in ordered {
            var data = ProduceRequest.PartitionProduceData()
            data.index = state.topicPartition.partition
            data.records = RecordsField(byteCount: batch.range.count)
            if request.topicData.last?.name != state.topicPartition.topic {
                var topic = ProduceRequest.TopicProduceData()
                topic.name = state.topicPartition.topic
                request.topicData.append(topic)
            }
            request.topicData[request.topicData.count - 1].partitionData.append(data)
        }
        return (request, ordered)
    }
}
