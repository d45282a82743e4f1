import Bytes
import KafkaProtocol
import Networking

/// What all connections of a client share.
final class ConnectionEnvironment {
    let loop: EventLoop
    var pool: BufferPool { loop.pool }
    let configuration: ClientConfiguration
    let metrics: ClientMetrics
    /// Which of the clients that share the metrics this is, from 1.
    let clientNumber: Int
    /// What the brokers of this cluster served when last asked: assumed of a connection that has
    /// not said yet.
    var served = ServedVersions.assumed
    /// Whether requests go out before a broker has said what it serves; not for a while after that
    /// may have gone wrong.
    var assumesVersions = true
    /// How many answers, each to a request that was sent after the one before had come, were
    /// waited for.
    private(set) var roundTripCount = 0
    /// Whether the cluster has ever answered.
    var isReached = false
    /// Whether an address that the cluster gave out has ever led to a broker.
    var hasReachedNode = false

    init(loop: EventLoop, configuration: ClientConfiguration, metrics: ClientMetrics) {
        self.loop = loop
        self.configuration = configuration
        self.metrics = metrics
        metrics.clientCount += 1
        clientNumber = metrics.clientCount
    }

    /// An answer came to a request that was sent after so many round trips.
    func answered(sentAfter trips: Int) {
        guard trips >= roundTripCount else { return }
        metrics.roundTripCount += trips + 1 - roundTripCount
        roundTripCount = trips + 1
    }

    /// Traces a span that ends now, if its kind is traced.
    func trace(_ kind: ClientMetrics.SpanKind, from beginNs: UInt64, isSuccess: Bool) {
        guard metrics.isTraced(kind) else { return }
        metrics.record(
            ClientMetrics.Span(
                kind: kind, beginNs: beginNs, endNs: EventLoop.nowNs(), client: clientNumber, isSuccess: isSuccess))
    }
}
