import KafkaProtocol
import Networking
import System

/// A fetch that waits for more bytes.
struct WaitingFetch {
    var request: FetchRequest
    var exchange: Exchange
    var timer: EventLoop.Timer?
}

extension BrokerCore {
    /// Fetch 0–18: whole batches of partitions, sent from their files, as soon as there are `minBytes` of them or the wait is over.
    ///
    /// Up to version 1 clients read magic 0, up to 3 magic 1; 3 bounds the whole response; 7 adds sessions, which this broker never opens (id 0 says so);
    /// 9 leader epochs; 13 replaces names by topic ids.
    func fetch(_ request: FetchRequest, _ exchange: Exchange) {
        // Later epochs belong to a session, and whoever names one must have it from somebody else.
        guard request.sessionEpoch <= 0 else {
            var response = FetchResponse()
            response.errorCode = .fetchSessionIdNotFound
            return exchange.respond(response)
        }
        let read = FetchRead(request, version: exchange.version, self)
        let missing = Int(min(request.minBytes, request.maxBytes)) - read.byteCount
        guard missing > 0, request.maxWaitMs > 0, !read.hasError, !read.partitions.isEmpty else {
            return exchange.respond(read.response, records: read.records)
        }
        wait(request, exchange, on: read.partitions, missingByteCount: missing)
    }

    private func wait(
        _ request: FetchRequest, _ exchange: Exchange, on partitions: [ObjectIdentifier], missingByteCount: Int
    ) {
        exchange.releaseFrame()
        let ticket = purgatory.wait(on: partitions, missingByteCount: missingByteCount)
        let untilNs = EventLoop.nowNs().later(byMs: Int(request.maxWaitMs))
        let timer = loop.schedule(atNs: untilNs) { [weak self] in self?.timeIsOver(ticket) }
        waitingFetches[ticket] = WaitingFetch(request: request, exchange: exchange, timer: timer)
        exchange.client.onAbandoned = { [weak self] in self?.abandon(ticket) }
    }

    private func timeIsOver(_ ticket: FetchPurgatory<ObjectIdentifier>.Ticket) {
        if purgatory.remove(ticket) { wake([ticket]) }
    }

    private func abandon(_ ticket: FetchPurgatory<ObjectIdentifier>.Ticket) {
        purgatory.remove(ticket)
        waitingFetches.removeValue(forKey: ticket)?.timer?.cancel()
    }

    /// Answers fetches that were taken out of the purgatory with what there is now.
    func wake(_ tickets: [FetchPurgatory<ObjectIdentifier>.Ticket]) {
        for ticket in tickets {
            guard let fetch = waitingFetches.removeValue(forKey: ticket) else { continue }
            fetch.timer?.cancel()
            let read = FetchRead(fetch.request, version: fetch.exchange.version, self)
            fetch.exchange.respond(read.response, records: read.records)
        }
    }
}
