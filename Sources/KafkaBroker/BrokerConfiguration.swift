import KafkaProtocol

/// What a broker is told: where it listens and keeps its data, and settings by Kafka's names.
public struct BrokerConfiguration: Sendable {
    /// The address that it listens at.
    public var host = "127.0.0.1"
    /// The port that it listens on; 0 takes a free one.
    public var port: UInt16 = 0
    /// The name and port that clients are told to connect to; the listening address unless set.
    public var advertised: (host: String, port: UInt16)?
    /// Where everything is kept; made if missing.
    public var dataDirectory: String
    /// `node.id`: the number of the only broker of its cluster.
    public var nodeId: Int32 = 1
    /// `auto.create.topics.enable`: whether asking for a topic's metadata makes it.
    public var autoCreateTopics = true
    /// `num.partitions`: the partitions of a topic whose creator does not say.
    public var partitionCount: Int32 = 1
    /// `log.segment.bytes`: the size at which a segment is closed and the next begun.
    public var segmentByteCount = 1 << 30
    /// `message.max.bytes`: the largest batch that is accepted.
    public var messageByteCountMax = 1_048_588
    /// `log.message.timestamp.type`: whether records keep their producer's time.
    var timestampType = TimestampType.createTime
    /// `socket.send.buffer.bytes`: what the kernel takes ahead of a client (Kafka's default is 100
    /// KiB); nil leaves that to the system.
    public var sendBufferByteCount: Int32? = 262_144
    /// `socket.request.max.bytes`: the largest request.
    public var requestByteCountMax = 104_857_600
    /// `queued.max.request.bytes`: requests that wait behind another of their connection, over all
    /// connections.
    public var queuedRequestByteCountMax = 256 << 20
    /// `max.connections`: the clients served at a time; the next wait until one leaves.
    public var connectionCountMax = 10_000
    /// `connections.max.idle.ms`: how long a client may be silent.
    public var connectionIdleMsMax: Int64 = 600_000
    /// `fetch.max.bytes`: the most that one fetch is answered with, but for a single larger batch.
    public var fetchByteCountMax = 57_671_680
    /// `offset.metadata.max.bytes`: the longest text beside a committed offset.
    public var offsetMetadataByteCountMax = 4096
    /// `producer.id.expiration.ms`: how long a silent idempotent producer is remembered.
    public var producerExpirationMs: Int64 = 86_400_000
    /// `group.…`: what the group coordinator goes by.
    var groups = GroupSettings()
    /// `weir.request.…`: how requests are slowed down on purpose.
    var slowing = SlowingSettings()
    /// `producer_byte_rate`, `consumer_byte_rate` and what they are counted over.
    var quotas = QuotaSettings()

    /// A broker with Kafka's defaults, where not said otherwise, on a free loopback port.
    public init(dataDirectory: String) { self.dataDirectory = dataDirectory }

    /// The defaults, changed by settings under Kafka's names; an unknown name or a value out of
    /// bounds is an error.
    public init(dataDirectory: String, properties: [String: String]) throws(BrokerError) {
        self.init(dataDirectory: dataDirectory)
        for (name, value) in properties.sorted(by: { $0.key < $1.key }) { try set(name, value) }
    }

    /// The names that `set` knows, sorted.
    public static var propertyNames: [String] { BrokerProperty.all.keys.sorted() }

    /// Changes one setting by Kafka's name for it.
    public mutating func set(_ name: String, _ value: String) throws(BrokerError) {
        guard let property = BrokerProperty.all[name] else {
            throw BrokerError(
                .invalidConfiguration,
                "unknown broker property '\(name)'; known are \(Self.propertyNames.joined(separator: ", "))")
        }
        do throws(BrokerProperty.Refusal) {
            try property.apply(&self, value)
        } catch {
            throw BrokerError(.invalidConfiguration, "broker property \(name)=\(value): \(error.reason)")
        }
    }

    /// Throws unless its settings agree with each other and clients can be told where the broker
    /// is.
    func validate() throws(BrokerError) {
        if let fault = slowing.fault ?? groups.fault { throw BrokerError(.invalidConfiguration, fault) }
        guard advertised == nil, host == "0.0.0.0" || host == "::" else { return }
        throw BrokerError(
            .invalidConfiguration,
            "a broker that listens on all addresses (\(host)) must be told what clients connect to: "
                + "set advertised.listeners=PLAINTEXT://HOST:PORT")
    }
}
