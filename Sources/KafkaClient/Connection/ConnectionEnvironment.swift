import Bytes
import KafkaProtocol
import Networking

/// What all connections of a client share.
final class ConnectionEnvironment {
    let loop: EventLoop
    var pool: BufferPool { loop.pool }
    let configuration: ClientConfiguration
    let metrics: ClientMetrics
    /// What the brokers of this cluster served when last asked: assumed of a connection that has not said yet.
    var served = ServedVersions.assumed
    /// Whether requests go out before a broker has said what it serves; not for a while after that may have gone wrong.
    var assumesVersions = true

    init(loop: EventLoop, configuration: ClientConfiguration, metrics: ClientMetrics) {
        self.loop = loop
        self.configuration = configuration
        self.metrics = metrics
    }
}
