import KafkaClient
import KafkaProtocol
import Measurement

/// What the client did and used between the two ends of a window; both ends are marked on the client's loop.
struct WindowProbe {
    /// What a window used.
    struct Reading {
        var usage: ResourceUsage
        var sentByteCount: Int
        var receivedByteCount: Int
        var connectionCount: Int
        var requestCounts: [String: Int]
        var retryCount: Int
    }

    private let metrics: ClientMetrics
    private let meter: ResourceMeter
    private let before: Counters

    private struct Counters {
        let sent: Int, received: Int, connections: Int, retries: Int
        let requests: [String: Int]

        init(_ metrics: ClientMetrics) {
            sent = metrics.sentByteCount
            received = metrics.receivedByteCount
            connections = metrics.connectionCount
            retries = metrics.retryCount
            requests = Dictionary(
                metrics.requestCounts.map { ($0.key.name, $0.value) }, uniquingKeysWith: { $0 + $1 })
        }
    }

    /// Marks the begin.
    init(metrics: ClientMetrics, brokerPid: Int32?) {
        self.metrics = metrics
        before = Counters(metrics)
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
            retryCount: after.retries - before.retries)
    }
}
