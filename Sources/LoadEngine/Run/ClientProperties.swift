import KafkaClient
import Scenario

/// Kafka's options for one client, parted into those of its connections and those of what it is.
struct ClientProperties {
    private let own: [String: String]
    private let connections: [String: String]

    /// The options as a scenario resolved them: those of what it is, and those of its connections.
    init(_ properties: [String: String], client: [String: String]) {
        own = properties
        connections = client
    }

    /// The connections' options over those of the target, which say where the cluster is and how to enter.
    func client(_ target: TargetSession) throws(ConfigurationError) -> ClientConfiguration {
        try ClientConfiguration(properties: connections.merging(target.connectionProperties) { $1 })
    }

    /// The producer's own.
    func producer() throws(ConfigurationError) -> ProducerConfiguration {
        try ProducerConfiguration(properties: own)
    }

    /// The consumer's own.
    func consumer() throws(ConfigurationError) -> ConsumerConfiguration {
        try ConsumerConfiguration(properties: own)
    }
}
