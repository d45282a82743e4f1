public import KafkaProtocol

/// A record to be sent.
public struct ProducerRecord: Sendable {
    /// The topic it goes to.
    public var topic: String
    /// The partition it goes to; nil lets the partitioner choose.
    public var partition: Int32?
    /// The key.
    public var key: [UInt8]?
    /// The value.
    public var value: [UInt8]?
    /// Names with values, in order.
    public var headers: [RecordHeader]
    /// Milliseconds since 1970; nil is the time of `send`.
    public var timestampMs: Int64?

    /// A record for a topic.
    public init(
        topic: String, partition: Int32? = nil, key: [UInt8]? = nil, value: [UInt8]?, headers: [RecordHeader] = [],
        timestampMs: Int64? = nil
    ) {
        self.topic = topic
        self.partition = partition
        self.key = key
        self.value = value
        self.headers = headers
        self.timestampMs = timestampMs
    }
}

/// Where an acknowledged record is stored.
public struct RecordMetadata: Sendable, Equatable {
    /// The partition.
    public let topicPartition: TopicPartition
    /// The offset; −1 with `acks=0`, and where the broker only said that it had the batch already.
    public let offset: Int64
    /// When the acknowledgement arrived, on the monotonic clock.
    public let ackNs: UInt64
}
