import KafkaProtocol
import System

extension BrokerCore {
    /// Fetch 0–18: whole batches of partitions, sent from their files, as soon as there are
    /// `minBytes` of them or the wait is over.
    ///
    /// Up to version 1 clients read magic 0, up to 3 magic 1; 3 bounds the whole response; 7 adds
    /// sessions, which this broker never opens (id 0 says so); 9 leader epochs; 13 replaces names
    /// by topic ids.
    func fetch(_ request: FetchRequest, _ exchange: Exchange) {
        // Later epochs belong to a session, and this broker has opened none.
        guard request.sessionEpoch <= 0 else {
            var response = FetchResponse()
            response.errorCode = .fetchSessionIdNotFound
            return exchange.respond(response)
        }
        let read = FetchRead(request, version: exchange.version, self)
        let missing = Int(min(request.minBytes, request.maxBytes)) - read.byteCount
        guard missing > 0, request.maxWaitMs > 0, !read.hasError, !read.partitions.isEmpty else {
            return answer(read, exchange)
        }
        park(request, exchange, on: read.partitions, missingByteCount: missing)
    }

    private func park(
        _ request: FetchRequest, _ exchange: Exchange, on partitions: [ObjectIdentifier], missingByteCount: Int
    ) {
        let ticket = purgatory.wait(on: partitions, missingByteCount: missingByteCount)
        let untilNs = MonotonicClock.nowNs().later(byMs: Int(request.maxWaitMs))
        parkedFetches[ticket] = exchange.park(untilNs: untilNs) { [weak self] end in
            guard let self else { return }
            parkedFetches[ticket] = nil
            purgatory.remove(ticket)
            guard end != .abandoned else { return }
            let read = FetchRead(request, version: exchange.version, self)
            answer(read, exchange)
        }
    }

    /// Answers with what was read; beyond its quota a client is told to wait, and gets no records,
    /// as in Kafka.
    private func answer(_ read: FetchRead, _ exchange: Exchange) {
        guard let consumerQuota else { return exchange.respond(read.response, records: read.records) }
        let found = consumerQuota.throttleMsUnlessSent(
            exchange.clientId, read.byteCount, atNs: MonotonicClock.nowNs())
        exchange.throttleMs = found.ms
        var response = found.isSent ? read.response : FetchResponse()
        response.throttleTimeMs = found.ms
        exchange.respond(response, records: found.isSent ? read.records : [])
    }

    /// Answers fetches that were taken out of the purgatory with the records that are there now.
    func wake(_ tickets: [FetchPurgatory<ObjectIdentifier>.Ticket]) {
        for ticket in tickets {
            let fetch = parkedFetches[ticket]
            fetch?.end(.woken)
        }
    }
}
