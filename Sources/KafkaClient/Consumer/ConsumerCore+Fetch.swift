import Bytes
import KafkaProtocol
import Networking
import System

extension ConsumerCore {
    /// A partition as one fetch asks for it.
    struct RequestedPartition {
        let partition: Partition
        let generation: Int
        let offset: Int64
    }

    /// How often in a row one broker may break the protocol.
    static var violationCountMax: Int { 5 }

    /// Fetches once what is running now is done.
    func scheduleSoon() {
        guard !isScheduleDue else { return }
        isScheduleDue = true
        loop.execute { [self] in
            isScheduleDue = false
            schedule()
        }
    }

    /// Sends a fetch to every leader that has none under way and leads something to fetch.
    func schedule() {
        guard isRunning else { return }
        // A start waits until every leader was asked, and nobody polls before it has ended.
        let isFull = polled.isFull(configuration.pollRecordCountMax)
        if isFull, readyNs != nil { return }
        let nowNs = EventLoop.nowNs()
        var byLeader: [Int32: [Partition]] = [:]
        var lookup = LeaderLookup(cluster.metadata)
        for partition in partitions where !isFull || !partition.wasAsked {
            guard partition.place.isFetchable(nowNs: nowNs) else {
                if let ns = partition.place.wakeNs(nowNs: nowNs) { wake(atNs: ns) }
                continue
            }
            guard let leader = lookup.leader(of: partition.topicPartition) else {
                cluster.refreshMetadata()
                continue
            }
            partition.leader = leader
            byLeader[leader, default: []].append(partition)
        }
        for (leader, partitions) in byLeader {
            let fetcher = fetcher(leader)
            if fetcher.heldUntilNs > nowNs { wake(atNs: fetcher.heldUntilNs) } else { fetch(fetcher, partitions) }
        }
        for (node, fetcher) in fetchers where byLeader[node] == nil && !fetcher.isFetching { closeIfIdle(fetcher) }
    }

    func fetcher(_ node: Int32) -> BrokerFetcher {
        if let fetcher = fetchers[node] { return fetcher }
        let fetcher = BrokerFetcher(node: node)
        fetchers[node] = fetcher
        return fetcher
    }

    /// A leader that leads nothing here any more needs no connection.
    private func closeIfIdle(_ fetcher: BrokerFetcher) {
        guard !partitions.contains(where: { $0.leader == fetcher.node }) else { return }
        fetchers[fetcher.node] = nil
        fetcher.connection?.close()
    }

    @discardableResult
    func connect(_ fetcher: BrokerFetcher) -> BrokerConnection? {
        if let connection = fetcher.connection, !connection.isClosed { return connection }
        fetcher.connection = cluster.ownConnection(to: fetcher.node, for: self) { [weak self, weak fetcher] _ in
            fetcher?.connection = nil
            self?.scheduleSoon()
        }
        return fetcher.connection
    }

    private func wake(atNs: UInt64) {
        guard atNs < wakeNs else { return }
        wakeTimer?.cancel()
        wakeNs = atNs
        wakeTimer = loop.schedule(atNs: atNs) { [weak self] in
            self?.wakeNs = .max
            self?.schedule()
        }
    }

    private func fetch(_ fetcher: BrokerFetcher, _ partitions: [Partition]) {
        guard !fetcher.isFetching, let connection = connect(fetcher) else { return }
        fetcher.isFetching = true
        fetcher.turn += 1
        // The first of a fetch is always served; so that a full answer starves no one, they take
        // turns in being first.
        let first = fetcher.turn % partitions.count
        let requested = (partitions[first...] + partitions[..<first]).map {
            RequestedPartition(partition: $0, generation: $0.place.generation, offset: $0.place.fetchOffset)
        }
        let run = self.run
        let request = makeRequest(requested)
        let call = PendingRequest(
            request, clientId: cluster.configuration.clientId,
            timeoutMs: fetchTimeoutMs, askedMs: Int(request.maxWaitMs)
        ) { [weak self] (call, outcome) throws(ClientError) in
            guard let self else { return }
            try finished(call, outcome, fetcher, connection, requested, run)
        }
        call.onSend = { [weak self] ns in self?.sent(requested, ns) }
        connection.send(call)
    }

    /// How long the answer to a fetch may take as a whole: `request.timeout.ms`, and beyond it what
    /// the broker was asked to wait where that is as long or longer.
    private var fetchTimeoutMs: Int {
        let ms = cluster.configuration.requestTimeoutMs
        return configuration.fetchMaxWaitMs < ms ? ms : ms + configuration.fetchMaxWaitMs
    }

    /// The last partition to be asked for makes the consumer ready.
    private func sent(_ requested: [RequestedPartition], _ ns: UInt64) {
        guard readyNs == nil, isRunning else { return }
        for one in requested { one.partition.wasAsked = true }
        noteReady(at: ns)
    }

    private func makeRequest(_ requested: [RequestedPartition]) -> FetchRequest {
        var request = FetchRequest()
        let waitless = configuration.waitlessOffsets
        let isAtEnd =
            !waitless.isEmpty && requested.contains { $0.offset >= waitless[$0.partition.topicPartition] ?? .max }
        request.maxWaitMs = isAtEnd ? 0 : Int32(clamping: configuration.fetchMaxWaitMs)
        request.minBytes = Int32(clamping: configuration.fetchMinByteCount)
        request.maxBytes = Int32(clamping: configuration.fetchMaxByteCount)
        request.isolationLevel = configuration.isolationLevel.rawValue
        var lookup = LeaderLookup(cluster.metadata)
        for one in requested {
            let topicPartition = one.partition.topicPartition
            var partition = FetchRequest.FetchPartition()
            partition.partition = topicPartition.partition
            partition.currentLeaderEpoch = lookup.leaderEpoch(of: topicPartition)
            partition.fetchOffset = one.offset
            partition.partitionMaxBytes = Int32(clamping: configuration.partitionFetchMaxByteCount)
            if request.topics.last?.topic != topicPartition.topic {
                var topic = FetchRequest.FetchTopic()
                topic.topic = topicPartition.topic
                request.topics.append(topic)
            }
            request.topics[request.topics.count - 1].partitions.append(partition)
        }
        return request
    }

    private func finished(
        _ call: PendingRequest, _ outcome: PendingRequest.Outcome, _ fetcher: BrokerFetcher,
        _ connection: BrokerConnection, _ requested: [RequestedPartition],
        _ run: Int
    ) throws(ClientError) {
        fetcher.isFetching = false
        switch outcome {
        case .sent: break
        case .failed(let error, _):
            guard self.run == run else { return }
            failed(fetcher, error)
        case .answered(let frame):
            defer { cluster.environment.pool.give(frame) }
            guard self.run == run else { return }
            try answered(fetcher, connection, requested, frame, call)
        }
    }

    /// The connection is gone, or its broker answers what makes no sense.
    private func failed(_ fetcher: BrokerFetcher, _ error: ClientError) {
        guard error.isRetriable else { return violated(fetcher, error) }
        note(error)
        cluster.environment.metrics.retryCount += 1
        cluster.refreshMetadata()
        scheduleSoon()
    }

    /// A few times in a row this may pass; then the consumer stops.
    private func violated(_ fetcher: BrokerFetcher, _ error: ClientError) {
        let error = error.at(cluster.name(of: fetcher.node))
        note(error)
        fetcher.violations += 1
        guard fetcher.violations < Self.violationCountMax else { return fail(error) }
        cluster.environment.metrics.retryCount += 1
        hold(fetcher, failures: fetcher.violations)
    }

    private func hold(_ fetcher: BrokerFetcher, failures: Int) {
        let waitNs = cluster.configuration.retryBackoff.waitNs(afterFailures: failures)
        fetcher.heldUntilNs = EventLoop.nowNs() + waitNs
        scheduleSoon()
    }

    /// How many empty answers in a row may come before their time.
    private static var emptyCountMax: Int { 20 }

    /// A broker that has nothing waits for as long as it was asked to. One that does not would be
    /// asked as fast as the network goes.
    private func holdBackEarlyEmptyAnswers(
        _ byteCount: Int, of call: PendingRequest, _ fetcher: BrokerFetcher, _ nowNs: UInt64
    ) {
        let waitNs = UInt64.nanoseconds(ofMs: configuration.fetchMaxWaitMs)
        let isEarly = configuration.fetchMinByteCount > 0 && nowNs.since(call.sentNs) < waitNs / 2
        fetcher.emptyCount = byteCount == 0 && isEarly ? fetcher.emptyCount + 1 : 0
        let excess = fetcher.emptyCount - Self.emptyCountMax
        if excess > 0 { hold(fetcher, failures: excess) }
    }

    private func answered(
        _ fetcher: BrokerFetcher, _ connection: BrokerConnection, _ requested: [RequestedPartition],
        _ frame: ByteBuffer, _ call: PendingRequest
    ) throws(ClientError) {
        let nowNs = EventLoop.nowNs()
        let response: FetchResponse
        do throws(ClientError) {
            response = try connection.read(FetchResponse.self, frame, version: call.version)
        } catch {
            violated(fetcher, error)
            throw error
        }
        guard response.errorCode == .none else {
            return violated(fetcher, ClientError(.broker(response.errorCode), api: .fetch))
        }
        var bad: ClientError?
        let (fetched, leftOut) = collect(response, fetcher, requested, frame, nowNs, &bad)
        // A broker that holds a client back by a quota answers without any partition (KIP-219).
        if let leftOut, response.throttleTimeMs == 0 {
            violated(fetcher, .leftOut(leftOut, .fetch))
        } else {
            fetcher.violations = 0
        }
        guard isRunning else { return }
        holdBackEarlyEmptyAnswers(fetched.count, of: call, fetcher, nowNs)
        // The next records come while these are handed out.
        if bad == nil { schedule() }
        for part in fetched where isRunning { handOut(part, frame, &bad) }
        reportPositions(response, requested)
        guard let bad else { return scheduleSoon() }
        scheduleSoon()
        throw bad
    }

    /// Records of one partition, to be handed out.
    private struct FetchedRecords {
        let requested: RequestedPartition
        let range: Range<Int>
        let place: BatchOrigin
        let aborted: AbortedTransactions
    }

    /// Whether an error says something of the partition: what is wrong at a former leader need not
    /// be so at the present one, which is asked as well. Where there is none to ask, what is final
    /// stands.
    private func isMeant(_ error: ErrorCode, _ topicPartition: TopicPartition, by fetcher: BrokerFetcher) -> Bool {
        let leader = cluster.metadata.leader(of: topicPartition)
        return leader == fetcher.node || leader == nil && !error.isRetriable && error != .offsetOutOfRange
    }

    /// Takes in what an answer says of each partition, and moves what is fetched next behind the
    /// records that came; says which partition it leaves out.
    private func collect(
        _ response: FetchResponse, _ fetcher: BrokerFetcher, _ requested: [RequestedPartition], _ frame: ByteBuffer,
        _ nowNs: UInt64,
        _ bad: inout ClientError?
    ) -> (fetched: [FetchedRecords], leftOut: TopicPartition?) {
        var open = OpenPartitions(requested)
        var fetched: [FetchedRecords] = []
        for topic in response.responses {
            for data in topic.partitions {
                let topicPartition = TopicPartition(topic: topic.topic, partition: data.partitionIndex)
                guard let one = open.take(topicPartition) else { continue }
                guard one.partition.place.awaits(one.generation, one.offset) else { continue }
                guard data.errorCode == .none else {
                    if isMeant(data.errorCode, topicPartition, by: fetcher) {
                        failed(one.partition, data.errorCode, fetcher, nowNs)
                    }
                    continue
                }
                one.partition.place.wasInRange()
                guard let range = data.records?.byteRange, !range.isEmpty else { continue }
                do throws(WireError) {
                    let records = frame.bytes.extracting(range)
                    let next = try BatchReader.nextOffset(records, fetchOffset: one.offset)
                    one.partition.place.received(upTo: next)
                    forgetError()
                } catch {
                    bad = ClientError(
                        .corruptBatch("a record batch is broken: \(error)"), broker: cluster.name(of: fetcher.node),
                        api: .fetch, topicPartition: topicPartition, offset: one.offset)
                    corrupt(one.partition, bad!)
                    continue
                }
                let place = BatchOrigin(
                    topicPartition: topicPartition, highWatermark: data.highWatermark, receivedNs: nowNs)
                fetched.append(
                    FetchedRecords(
                        requested: one, range: range, place: place,
                        aborted: AbortedTransactions(data.abortedTransactions ?? [])))
            }
        }
        return (fetched, open.first)
    }

    private func handOut(_ part: FetchedRecords, _ frame: ByteBuffer, _ bad: inout ClientError?) {
        let partition = part.requested.partition
        guard part.requested.generation == partition.place.generation else { return }
        let records = frame.bytes.extracting(part.range)
        var collected: [ConsumerRecord] = []
        do throws(ClientError) {
            try reader.read(records, part.place, from: part.requested.offset, aborted: part.aborted) {
                (batch) throws(WireError) in
                if let onBatch { return try onBatch(batch) }
                try collected.append(copying: batch)
            } delivered: { next in
                // A handler may have stopped the consumer or sought elsewhere.
                guard isRunning, part.requested.generation == partition.place.generation else { return false }
                partition.place.handedOut(upTo: next)
                if onBatch != nil {
                    partition.place.consumed(upTo: next)
                } else {
                    polled.append(PollQueue.Entry(partition: partition, records: collected, nextOffset: next))
                    collected = []
                }
                return true
            }
        } catch {
            bad = error
            corrupt(partition, error)
        }
        polled.wakeAll()
    }

    private func corrupt(_ partition: Partition, _ error: ClientError) {
        guard isRunning else { return }
        note(error)
        let action = partition.place.corrupt(
            error.code, nowNs: EventLoop.nowNs(), backoff: cluster.configuration.retryBackoff)
        perform(action, partition, offset: error.offset)
    }

    private func failed(_ partition: Partition, _ error: ErrorCode, _ fetcher: BrokerFetcher, _ nowNs: UInt64) {
        note(
            ClientError(
                .broker(error), broker: cluster.name(of: fetcher.node), api: .fetch,
                topicPartition: partition.topicPartition))
        let action = partition.place.failed(
            error, policy: configuration.offsetReset, nowNs: nowNs, backoff: cluster.configuration.retryBackoff)
        perform(action, partition, offset: partition.place.fetchOffset)
    }

    private func perform(_ action: FetchPosition.Action, _ partition: Partition, offset: Int64?) {
        switch action {
        case .wait(let ns):
            cluster.environment.metrics.retryCount += 1
            wake(atNs: ns)
        case .refresh(let ns):
            cluster.environment.metrics.retryCount += 1
            cluster.refreshMetadata()
            wake(atNs: ns)
        case .reset: resetSoon(partition)
        case .fail(let code):
            var error = ClientError(
                code, broker: cluster.name(of: partition.leader), api: .fetch,
                topicPartition: partition.topicPartition, offset: offset)
            if code == .broker(.offsetOutOfRange), configuration.offsetReset != .none {
                error.hint = "the offsets that auto.offset.reset leads to are out of range as well"
            }
            fail(error)
        }
    }

    /// Metadata came: says whether every partition that is to be fetched has a leader.
    func metadataUpdated() -> Bool {
        var isEnough = true
        for partition in partitions where partition.place.position != nil {
            let leader = cluster.metadata.leader(of: partition.topicPartition)
            if leader == nil { isEnough = false }
            if leader != nil, leader != partition.leader { partition.place.leaderChanged() }
        }
        membership?.metadataUpdated()
        scheduleSoon()
        return isEnough
    }
}
