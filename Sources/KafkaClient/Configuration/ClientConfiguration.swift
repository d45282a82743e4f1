public import Networking

/// How to reach a cluster: Kafka's connection options, with the defaults of its Java client 4.3.
public struct ClientConfiguration: Sendable {
    /// `bootstrap.servers`: asked in turn until one answers.
    public var bootstrapServers: [SocketAddress]
    /// `client.id`: sent with every request.
    public var clientId: String
    /// `request.timeout.ms`: how long an answer may take as a whole, from the request to its last
    /// byte.
    public var requestTimeoutMs: Int
    /// `socket.connection.setup.timeout.ms`: how long name look-up and TCP handshake may take.
    public var connectTimeoutMs: Int
    /// `default.api.timeout.ms`: how long a call may take over all its attempts and waits.
    public var apiTimeoutMs: Int
    /// `retry.backoff.ms` and `retry.backoff.max.ms`: the wait before the same request is sent
    /// again.
    public var retryBackoff: Backoff
    /// `reconnect.backoff.ms` and `reconnect.backoff.max.ms`: the wait before the same broker is
    /// connected to again.
    public var reconnectBackoff: Backoff
    /// `metadata.max.age.ms`: when what is known of the cluster is asked for again without need.
    public var metadataMaxAgeMs: Int
    /// `receive.message.max.bytes` (librdkafka's name): a longer answer is refused before memory is
    /// taken.
    public var receiveByteCountMax: Int

    /// The options this type reads.
    public static let keys = [
        "bootstrap.servers", "client.id", "request.timeout.ms", "socket.connection.setup.timeout.ms",
        "default.api.timeout.ms", "retry.backoff.ms", "retry.backoff.max.ms", "reconnect.backoff.ms",
        "reconnect.backoff.max.ms", "metadata.max.age.ms", "receive.message.max.bytes", "security.protocol",
    ]

    /// The defaults, with the addresses given.
    public init(bootstrapServers: [SocketAddress]) {
        self.bootstrapServers = bootstrapServers
        clientId = "weir"
        requestTimeoutMs = 30_000
        connectTimeoutMs = 10_000
        apiTimeoutMs = 60_000
        retryBackoff = Backoff(baseMs: 100, maxMs: 1_000)
        reconnectBackoff = Backoff(baseMs: 50, maxMs: 1_000)
        metadataMaxAgeMs = 300_000
        receiveByteCountMax = 100_000_000
    }

    /// Reads Kafka's option names; every wrong or unknown one is reported at once.
    public init(properties: [String: String]) throws(ConfigurationError) {
        var reader = OptionReader(properties, known: Self.keys)
        self.init(bootstrapServers: Self.addresses(&reader))
        clientId = reader.text("client.id") ?? clientId
        requestTimeoutMs = reader.integer("request.timeout.ms", default: requestTimeoutMs, in: 1...Int(Int32.max))
        connectTimeoutMs = reader.integer(
            "socket.connection.setup.timeout.ms", default: connectTimeoutMs, in: 1...Int(Int32.max))
        apiTimeoutMs = reader.integer("default.api.timeout.ms", default: apiTimeoutMs, in: 1...Int(Int32.max))
        retryBackoff = Self.backoff(&reader, "retry.backoff", retryBackoff)
        reconnectBackoff = Self.backoff(&reader, "reconnect.backoff", reconnectBackoff)
        metadataMaxAgeMs = reader.integer("metadata.max.age.ms", default: metadataMaxAgeMs, in: 1...Int(Int32.max))
        receiveByteCountMax = reader.integer(
            "receive.message.max.bytes", default: receiveByteCountMax, in: 1_000...Int(Int32.max))
        reader.choice("security.protocol", default: (), [("plaintext", ())])
        try reader.finish()
    }

    private static func addresses(_ reader: inout OptionReader) -> [SocketAddress] {
        guard let text = reader.text("bootstrap.servers"), !text.isEmpty else {
            reader.reject("bootstrap.servers", "missing: write host:port, several separated by commas")
            return []
        }
        return text.split(separator: ",").compactMap { part in
            let part = trimmed(String(part))
            do throws(NetworkError) {
                return try SocketAddress(parsing: part)
            } catch {
                reader.reject("bootstrap.servers", error.description)
                return nil
            }
        }
    }

    private static func backoff(_ reader: inout OptionReader, _ name: String, _ standard: Backoff) -> Backoff {
        let baseMs = reader.integer("\(name).ms", default: standard.baseMs, in: 0...Int(Int32.max))
        let maxMs = reader.integer("\(name).max.ms", default: max(standard.maxMs, baseMs), in: 0...Int(Int32.max))
        return Backoff(baseMs: min(baseMs, maxMs), maxMs: maxMs)
    }
}
