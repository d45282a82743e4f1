import KafkaClient
import Scenario

/// Kafka's options for one client, parted into those of its connections and those of what it is.
struct ClientProperties {
    private let properties: [String: String]

    /// The options as a scenario resolved them.
    init(_ properties: [String: String]) { self.properties = properties }

    /// The connections' options over those of the target, which say where the cluster is and how to enter.
    func client(_ target: TargetSession) throws(ConfigurationError) -> ClientConfiguration {
        let own = properties.filter { ClientConfiguration.keys.contains($0.key) }
        return try ClientConfiguration(properties: own.merging(target.connectionProperties) { $1 })
    }

    /// What remains for a producer.
    func producer() throws(ConfigurationError) -> ProducerConfiguration {
        try ProducerConfiguration(properties: rest(ProducerConfiguration.keys))
    }

    /// What remains for a consumer.
    func consumer() throws(ConfigurationError) -> ConsumerConfiguration {
        try ConsumerConfiguration(properties: rest(ConsumerConfiguration.keys))
    }

    /// Those that are its own, and those that nobody knows: they are an error, not to be dropped.
    private func rest(_ own: [String]) -> [String: String] {
        properties.filter { own.contains($0.key) || !ClientConfiguration.keys.contains($0.key) }
    }
}
