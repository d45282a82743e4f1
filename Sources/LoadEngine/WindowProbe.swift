import KafkaClient
import KafkaProtocol
import Measurement
import Networking
import Results
import System

/// What the client did and used between the two ends of a window; both ends are marked on the
/// client's loop.
struct WindowProbe {
    /// What a window used.
    struct Reading: Codable, Sendable, Equatable {
        var usage: ResourceUsage
        var sentByteCount: Int
        var receivedByteCount: Int
        var connectionCount: Int
        var requestCounts: [String: Int]
        /// Of each client the longest chain of requests that waited for one another, added up.
        var roundTripCount = 0
        /// How long each broker left requests without an answer, the longest first.
        var silences: [Standstill] = []
        /// Without gaps, which the load measures.
        var disturbances: Disturbances
    }

    private let metrics: ClientMetrics
    private let meter: ResourceMeter
    private let before: Counters
    /// What was left of a quota's `throttle_time_ms` when the window began.
    private let throttledAheadNs: UInt64

    private struct Counters {
        let sent: Int, received: Int, connections: Int, roundTrips: Int
        let lost: Int, failed: Int, unanswered: Int, retries: Int, splits: Int, throttled: Int
        let throttledNs: UInt64
        let requests: [String: Int]

        init(_ metrics: ClientMetrics) {
            sent = metrics.sentByteCount
            received = metrics.receivedByteCount
            connections = metrics.connectionCount
            roundTrips = metrics.roundTripCount
            lost = metrics.lostConnectionCount
            failed = metrics.failedConnectionCount
            unanswered = metrics.unansweredRequestCount
            retries = metrics.retryCount
            splits = metrics.splitCount
            throttled = metrics.throttledAnswerCount
            throttledNs = metrics.throttledNs
            requests = Dictionary(
                metrics.requestCounts.map { ($0.key.name, $0.value) }, uniquingKeysWith: { $0 + $1 })
        }
    }

    /// Marks the begin.
    init(metrics: ClientMetrics, brokerPid: Int32?) {
        self.metrics = metrics
        metrics.beginSilences()
        before = Counters(metrics)
        throttledAheadNs = metrics.throttledUntilNs.since(EventLoop.nowNs())
        meter = ResourceMeter(brokerPid: brokerPid)
    }

    /// Marks the end.
    func read() -> Reading {
        let usage = meter.usage()
        let after = Counters(metrics)
        return Reading(
            usage: usage, sentByteCount: after.sent - before.sent, receivedByteCount: after.received - before.received,
            connectionCount: after.connections - before.connections,
            requestCounts: after.requests.merging(before.requests) { $0 - $1 }.filter { $0.value > 0 },
            roundTripCount: after.roundTrips - before.roundTrips,
            silences: metrics.silences().map {
                Standstill(of: "broker \($0.broker)", longestNs: $0.longestNs, usualNs: $0.usualNs)
            }, disturbances: disturbances(after))
    }

    private func disturbances(_ after: Counters) -> Disturbances {
        Disturbances(
            lostConnections: Int64(after.lost - before.lost), failedConnections: Int64(after.failed - before.failed),
            unansweredRequests: Int64(after.unanswered - before.unanswered),
            retries: Int64(after.retries - before.retries), throttledAnswers: Int64(after.throttled - before.throttled),
            throttledNs: after.throttledNs.since(before.throttledNs) + throttledAheadNs,
            splitBatches: Int64(after.splits - before.splits))
    }
}
